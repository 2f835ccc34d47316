//! How a client proves itself to a proxy, and the proxy to its database.

use super::DbUser;
use crate::aws::rds::db_proxy::AuthFormat;
use crate::constructs::secretsmanager::Secret;
use crate::stack::Handle;

/// How a client proves itself to the proxy, and the proxy to the database.
///
/// | | client to proxy | proxy to database |
/// |---|---|---|
/// | [`password`](Self::password) | the secret's user and password | the secret |
/// | [`iam`](Self::iam) | an IAM token, over TLS | the secret |
/// | [`mixed`](Self::mixed) | either; SQL Server only | the secret |
/// | [`end_to_end`](Self::end_to_end) | an IAM token, over TLS | an IAM token, over TLS |
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_UserAuthConfig.html>,
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-iam-setup.html>
#[derive(Clone, Debug)]
#[must_use = "a way to log in belongs to a proxy"]
pub struct ProxyAuth {
    pub(super) mode: Mode,
    pub(super) secrets: Vec<Handle<Secret>>,
    pub(super) users: Vec<DbUser>,
}

/// Which of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Password,
    Iam,
    Mixed,
    EndToEnd,
}

impl ProxyAuth {
    /// Clients give the user and password that the secret holds.
    pub fn password(secret: Handle<Secret>) -> Self {
        Self::with(Mode::Password, secret)
    }

    /// Clients give an IAM token; the proxy logs in with the secret.
    pub fn iam(secret: Handle<Secret>) -> Self {
        Self::with(Mode::Iam, secret)
    }

    /// Clients give either. SQL Server only.
    pub fn mixed(secret: Handle<Secret>) -> Self {
        Self::with(Mode::Mixed, secret)
    }

    /// IAM tokens all the way; no secret. The database must have IAM authentication on, and the user be mapped to it.
    pub fn end_to_end(user: DbUser) -> Self {
        Self { mode: Mode::EndToEnd, secrets: Vec::new(), users: vec![user] }
    }

    fn with(mode: Mode, secret: Handle<Secret>) -> Self {
        Self { mode, secrets: vec![secret], users: Vec::new() }
    }

    /// The secret of a further database user: a proxy takes one secret for each, at most 200.
    pub fn and(mut self, secret: Handle<Secret>) -> Self {
        self.secrets.push(secret);
        self
    }

    /// The property `Auth`: nothing for IAM tokens all the way.
    pub(super) fn entries(&self) -> Option<Vec<AuthFormat>> {
        let iam = match self.mode {
            Mode::Password => "DISABLED",
            Mode::Iam => "REQUIRED",
            Mode::Mixed => "ENABLED",
            Mode::EndToEnd => return None,
        };
        let entry = AuthFormat::new().auth_scheme("SECRETS").iam_auth(iam);
        Some(self.secrets.iter().map(|secret| entry.clone().secret_arn(secret.arn())).collect())
    }

    /// The property `DefaultAuthScheme`: only for IAM tokens all the way.
    pub(super) fn default_scheme(&self) -> Option<&'static str> {
        (self.mode == Mode::EndToEnd).then_some("IAM_AUTH")
    }
}
