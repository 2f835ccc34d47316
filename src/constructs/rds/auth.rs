//! How a client proves itself to a proxy, and the proxy to its database.

use super::{DbUser, NamesUser};
use crate::aws::rds::db_proxy::AuthFormat;
use crate::constructs::secretsmanager::{Credentials, HoldsCredentials};

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
    pub(super) secrets: Vec<Credentials>,
    client_password: Option<ClientPassword>,
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

/// How a client proves to the proxy that it knows a password.
///
/// Source: `ClientPasswordAuthType` in
/// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_UserAuthConfig.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientPassword {
    /// MySQL's SHA-256 with a cache: what MySQL has unless said.
    MySqlCachingSha2,
    /// MySQL's older way.
    MySqlNative,
    /// PostgreSQL's SCRAM-SHA-256: what PostgreSQL has unless said. Needs a client library of PostgreSQL 10 or later.
    PostgresScramSha256,
    /// PostgreSQL's older way, MD5.
    PostgresMd5,
    /// The only one that SQL Server has.
    SqlServer,
}

impl ClientPassword {
    fn name(self) -> &'static str {
        match self {
            Self::MySqlCachingSha2 => "MYSQL_CACHING_SHA2_PASSWORD",
            Self::MySqlNative => "MYSQL_NATIVE_PASSWORD",
            Self::PostgresScramSha256 => "POSTGRES_SCRAM_SHA_256",
            Self::PostgresMd5 => "POSTGRES_MD5",
            Self::SqlServer => "SQL_SERVER_AUTHENTICATION",
        }
    }
}

impl ProxyAuth {
    /// Clients give the user and password that the secret holds.
    pub fn password(secret: impl HoldsCredentials) -> Self {
        Self::with(Mode::Password, secret.credentials())
    }

    /// Clients give an IAM token; the proxy logs in with the secret.
    pub fn iam(secret: impl HoldsCredentials) -> Self {
        Self::with(Mode::Iam, secret.credentials())
    }

    /// Clients give either. SQL Server only.
    pub fn mixed(secret: impl HoldsCredentials) -> Self {
        Self::with(Mode::Mixed, secret.credentials())
    }

    /// IAM tokens all the way; no secret. The database must have IAM authentication on, and the user be mapped to it: a
    /// database of this stack has it on by itself, the user is a matter of SQL.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html>
    pub fn end_to_end(user: impl NamesUser) -> Self {
        Self { mode: Mode::EndToEnd, secrets: Vec::new(), users: vec![user.db_user()], client_password: None }
    }

    fn with(mode: Mode, secret: Credentials) -> Self {
        Self { mode, secrets: vec![secret], users: Vec::new(), client_password: None }
    }

    /// The secret of a further database user: a proxy takes one secret for each, at most 200.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # fn auth(orders: Handle<Secret>, reports: Handle<Secret>) -> ProxyAuth {
    /// ProxyAuth::iam(orders).and(reports)
    /// # }
    /// ```
    ///
    /// Each function is then granted its own user: `stack.grant(reporter, proxy.connect_as(user("reports")))`.
    pub fn and(mut self, secret: impl HoldsCredentials) -> Self {
        self.secrets.push(secret.credentials());
        self
    }

    /// A further database user, where IAM tokens go all the way.
    pub fn and_user(mut self, user: impl NamesUser) -> Self {
        self.users.push(user.db_user());
        self
    }

    /// How clients prove that they know the password; unless said, the newest way that their engine has.
    pub fn client_password(mut self, way: ClientPassword) -> Self {
        self.client_password = Some(way);
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
        let way = self.client_password.map(ClientPassword::name);
        let entry = AuthFormat::new().auth_scheme("SECRETS").iam_auth(iam).client_password_auth_type(way);
        Some(self.secrets.iter().map(|secret| entry.clone().secret_arn(secret.arn())).collect())
    }

    /// The property `DefaultAuthScheme`: only for IAM tokens all the way.
    pub(super) fn default_scheme(&self) -> Option<&'static str> {
        (self.mode == Mode::EndToEnd).then_some("IAM_AUTH")
    }
}
