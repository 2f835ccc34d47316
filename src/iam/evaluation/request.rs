//! Requests.

use super::context::Context;
use crate::iam::Text;
use crate::iam::glob::{Compiled, Reading};

/// Who asks.
#[derive(Clone, Debug)]
pub enum Requester {
    /// A service, by its name: `rds.amazonaws.com`.
    Service(Text),
    /// A role's session, or a user.
    Identity {
        /// The account.
        account: Text,
        /// The ARN of the role or user.
        arn: Text,
        /// The ARN of the role's session.
        session: Option<Text>,
        /// Whether it is a role.
        is_role: bool,
    },
}

impl Requester {
    /// A session of a role, whose account is taken from its ARN.
    pub fn role(arn: impl Into<Text>) -> Self {
        let arn = arn.into();
        Self::Identity { account: account_of(&arn), arn, session: None, is_role: true }
    }

    /// A user, whose account is taken from its ARN.
    pub fn user(arn: impl Into<Text>) -> Self {
        let arn = arn.into();
        Self::Identity { account: account_of(&arn), arn, session: None, is_role: false }
    }

    /// A service.
    pub fn service(name: impl Into<Text>) -> Self {
        Self::Service(name.into())
    }

    /// The same as a session of its own.
    #[must_use]
    pub fn in_session(mut self, arn: impl Into<Text>) -> Self {
        if let Self::Identity { session, .. } = &mut self {
            *session = Some(arn.into());
        }
        self
    }

    /// The name of the service, if it is one whose name is known.
    pub fn service_name(&self) -> Option<&str> {
        match self {
            Self::Service(name) => name.known(),
            Self::Identity { .. } => None,
        }
    }

    /// Its account; a service has none.
    pub fn account(&self) -> Option<&Text> {
        match self {
            Self::Service(_) => None,
            Self::Identity { account, .. } => Some(account),
        }
    }
}

/// The account in an ARN.
fn account_of(arn: &Text) -> Text {
    arn.split(':', 6).and_then(|segments| segments.get(4).cloned()).unwrap_or_default()
}

/// A request to do something with a resource.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asks.
    pub requester: Requester,
    /// For what, such as `rds-db:connect`.
    pub action: String,
    /// On what, by its ARN; `*` for an action that has no resource.
    pub resource: Text,
    /// The account of that; none: that of whoever asks.
    pub resource_account: Option<Text>,
    /// The keys that come with it.
    pub context: Context,
    pub(super) compiled_action: Compiled,
    pub(super) compiled_resource: Compiled,
}

impl Request {
    /// A request within one account.
    pub fn new(requester: Requester, action: &str, resource: impl Into<Text>, context: Context) -> Self {
        let resource = resource.into();
        let compiled_action = Compiled::new(&action.into(), Reading::FOLDED);
        let compiled_resource = Compiled::new(&resource, Reading::PLAIN);
        Self {
            requester,
            action: action.into(),
            resource,
            resource_account: None,
            context,
            compiled_action,
            compiled_resource,
        }
    }

    /// The same for a resource of that account.
    #[must_use]
    pub fn of_account(mut self, account: impl Into<Text>) -> Self {
        self.resource_account = Some(account.into());
        self
    }

    /// Whether a policy of the resource has to allow it, whatever else does: those of keys and the trust of roles.
    ///
    /// Sources: <https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    pub fn needs_resource_policy(&self) -> bool {
        let action = self.action.to_ascii_lowercase();
        let is_key = || match self.resource.split(':', 6).as_deref() {
            Some([_, _, service, _, _, rest]) => service.known() == Some("kms") && rest.to_string().starts_with("key/"),
            Some(_) => false,
            // Of an ARN of which nothing is known the action tells.
            None => true,
        };
        action.starts_with("sts:assumerole") || (action.starts_with("kms:") && is_key())
    }
}
