//! Permissions: actions on a resource, under conditions. Plain values.

use std::fmt;
use std::sync::Arc as Shared;

use super::construct::Construct;
use super::link::Link;
use super::stack::Stack;
use super::types::Arn;
use super::value::IntoValue;
use crate::diagnostic::Diagnostic;
use crate::iam::Statement;

type Statements = dyn Fn(&Stack) -> Result<Vec<Statement<Link>>, Box<Diagnostic>> + Send + Sync;

/// Actions on a resource, under conditions.
///
/// One vocabulary serves `grant`, `require` and `assume`. Nouns have the usual ones: `secret.read()`, `proxy.connect()`,
/// `function.invoke()`.
///
/// ```
/// # use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
/// let arn = Arn::from("arn:aws:sqs:eu-west-1:111122223333:jobs");
/// let consume = Permission::new(["sqs:ReceiveMessage", "sqs:DeleteMessage"], arn);
/// let code = Code::inline("def handler(event, context): ...");
/// let handler = stack.add("Handler", Function::new(Runtime::Python313, code));
/// stack.grant(handler, consume);
/// stack.grant(handler, Permission::on_everything(["cloudwatch:PutMetricData"]));
/// ```
#[derive(Clone)]
#[must_use = "a permission does nothing until it is granted, required or assumed"]
pub struct Permission {
    name: String,
    statements: Shared<Statements>,
}

impl Permission {
    /// Allows `actions` on one resource.
    pub fn new<const N: usize>(actions: [&str; N], on: impl IntoValue<Arn>) -> Self {
        let statement = Statement::allow(actions, [on.into_value().into_term_or_no_value()]);
        Self::of(actions.join(", "), vec![statement])
    }

    /// Allows `actions` that know no resource: on `*`.
    ///
    /// Source: the "resource types" column of
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
    pub fn on_everything<const N: usize>(actions: [&str; N]) -> Self {
        Self::of(actions.join(", "), vec![Statement::allow(actions, ["*".into()])])
    }

    /// The given statements.
    pub fn of(name: impl Into<String>, statements: Vec<Statement<Link>>) -> Self {
        Self { name: name.into(), statements: Shared::new(move |_| Ok(statements.clone())) }
    }

    /// Statements that depend on what else is in the stack, such as the key of a secret.
    pub(crate) fn derived(
        name: impl Into<String>,
        statements: impl Fn(&Stack) -> Result<Vec<Statement<Link>>, Box<Diagnostic>> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), statements: Shared::new(statements) }
    }

    /// The statements in a stack; the finding says what is missing.
    pub fn statements(&self, stack: &Stack) -> Result<Vec<Statement<Link>>, Box<Diagnostic>> {
        (self.statements)(stack)
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permission({})", self.name)
    }
}

/// Whoever can be asked what it may do.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no principal: it asks for nothing",
    label = "has no role",
    note = "functions, proxies and roles are principals"
)]
pub trait Principal: Construct {}

/// A principal whose role this stack owns.
#[diagnostic::on_unimplemented(
    message = "this stack cannot grant anything to `{Self}`",
    label = "no role that this stack owns",
    note = "if it has the permission by other means, say so: `stack.assume(role.can(…), \"why\")`"
)]
pub trait Grantee: Principal {
    /// The logical id of its role, where its main resource has the logical id `own`.
    fn role_id(own: &str) -> String {
        format!("{own}Role")
    }
}
