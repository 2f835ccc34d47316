//! Letting a service invoke a function.

use super::function::Function;
use super::given_role::FunctionWithRole;
use crate::aws::lambda;
use crate::stack::{Arn, Bag, Construct, Handle, IntoValue, Value};

/// A function's own permission for someone else to invoke it: what a service that calls it needs. A principal of the same
/// account needs none of it: `stack.grant(role, function.invoke())` serves.
///
/// Say from where, with [`from_arn`](Self::from_arn) or [`from_account`](Self::from_account): the service works for every
/// account, and would call the function for any of them.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html>
///
/// ```
/// use formwork::aws::attributes::*;
/// use formwork::aws::events::Rule;
/// use formwork::prelude::*;
///
/// # let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Jobs", &environment);
/// let code = Code::inline("def handler(event, context): ...");
/// let worker = stack.add("Worker", Function::new(Runtime::Python313, code));
/// let nightly = stack.add("Nightly", Rule::new().schedule_expression("rate(1 day)"));
/// stack.add("AllowNightly", InvokePermission::new(worker, "events.amazonaws.com").from_arn(nightly.arn()));
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct InvokePermission(lambda::Permission);

/// What can be invoked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be invoked",
    label = "not a function",
    note = "functions can"
)]
pub trait Invoked: Construct {}

impl Invoked for Function {}

impl Invoked for FunctionWithRole {}

impl InvokePermission {
    /// Lets `principal`, such as `events.amazonaws.com`, invoke a function.
    #[track_caller]
    pub fn new<F: Invoked>(function: Handle<F>, principal: impl IntoValue<String>) -> Self {
        let arn: Value<String> = function.attribute("Arn");
        Self(lambda::Permission::new("lambda:InvokeFunction", arn, principal))
    }

    /// Only for this one of the service's resources.
    #[track_caller]
    pub fn from_arn(self, arn: impl IntoValue<Arn>) -> Self {
        Self(self.0.source_arn(arn))
    }

    /// Only for this account's resources: needed beside the ARN where that has no account in it, such as a bucket's.
    #[track_caller]
    pub fn from_account(self, account: impl IntoValue<String>) -> Self {
        Self(self.0.source_account(account))
    }
}

impl Construct for InvokePermission {
    fn bag(&mut self) -> &mut Bag {
        self.0.bag()
    }
}
