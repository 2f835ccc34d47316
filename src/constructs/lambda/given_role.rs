//! Functions that run as a role of someone else's.

use super::function::Function;
use super::lower::{self, LOG_ARN};
use crate::constructs::iam::{Role, UnownedRole};
use crate::goal::{Assumption, Taken};
use crate::iam::Effect;
use crate::stack::{AnyHandle, Arn, Bag, Caller, Construct, Handle, Lowering, Permission, Principal, Value};
use crate::template;

/// A Lambda function that runs as a given role: [`Function::role`].
///
/// Grants go to the role. What the function itself needs is a permission too, [`needs`](Handle::<Self>::needs): granted
/// to a role of this stack, taken on trust of one that exists.
///
/// ```
/// use formwork::prelude::*;
///
/// # let environment = Environment::new("uat", "111122223333", Region::ApSoutheast2);
/// let mut stack = Stack::new("Jobs", &environment);
/// let role = stack.add("Workers", Role::assumed_by("lambda.amazonaws.com"));
/// let code = Code::inline("def handler(event, context): ...");
/// let worker = stack.add("Worker", Function::new(Runtime::Python313, code).role(role));
/// stack.grant(role, worker.needs());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct FunctionWithRole {
    function: Function,
    role: Value<Arn>,
    owned: bool,
}

/// A role that a function can run as.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no role that a function can run as",
    label = "not a role",
    note = "`stack.add(name, Role::assumed_by(\"lambda.amazonaws.com\"))` and `stack.import(name, Role::existing(arn))` give one"
)]
pub trait ExecutionRole {
    /// Whether this stack creates it.
    const OWNED: bool;

    /// Its ARN.
    fn role_arn(self) -> Value<Arn>;
}

impl ExecutionRole for Handle<Role> {
    const OWNED: bool = true;

    fn role_arn(self) -> Value<Arn> {
        self.arn()
    }
}

impl ExecutionRole for Handle<UnownedRole> {
    const OWNED: bool = false;

    fn role_arn(self) -> Value<Arn> {
        self.arn()
    }
}

impl FunctionWithRole {
    #[track_caller]
    pub(super) fn new<R: ExecutionRole>(mut function: Function, role: R) -> Self {
        let role = role.role_arn();
        function.bag().set("Role", role.clone());
        Self { function, role, owned: R::OWNED }
    }
}

impl Construct for FunctionWithRole {
    fn bag(&mut self) -> &mut Bag {
        self.function.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        self.function.lower_with(lowering, self.role.clone());
    }

    fn attribute(&self, own: &str, name: &str) -> template::Value {
        lower::attribute(own, name)
    }

    fn taken_on_trust(&self, own: &str) -> Vec<Assumption> {
        let policies = self.function.policies("*".into(), &[]);
        let statements = policies.into_iter().flat_map(|(_, statements)| statements);
        let allowed = statements.filter(|statement| statement.effect == Effect::Allow);
        let actions: Vec<String> = allowed.flat_map(|allowed| allowed.actions).collect();
        let assumption = Assumption {
            what: Taken::Fact(format!("the role of {own} may do what the function needs: {}", actions.join(", "))),
            reason: "the role exists outside this stack".into(),
        };
        if self.owned { Vec::new() } else { vec![assumption] }
    }
}

impl Caller for FunctionWithRole {
    fn security_groups(&self, own: AnyHandle) -> Vec<AnyHandle> {
        self.function.security_groups(own)
    }
}

impl Principal for FunctionWithRole {}

impl Handle<FunctionWithRole> {
    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("Arn")
    }

    /// Its name.
    pub fn name(self) -> Value<String> {
        self.attribute("Ref")
    }

    /// The name of its log group.
    pub fn log_group(self) -> Value<String> {
        self.attribute(lower::LOG_GROUP)
    }

    /// Invoking it.
    pub fn invoke(self) -> Permission {
        Permission::new(["lambda:InvokeFunction"], self.arn())
    }

    /// What its role must allow for it to run: writing its log and, as far as it was told so, keeping network
    /// interfaces, sending traces, writing to its dead-letter queue, decrypting its environment. The code of whatever
    /// functions run as the role is denied what Lambda alone needs in order to keep network interfaces.
    pub fn needs(self) -> Permission {
        Permission::derived("what a function needs", move |stack| {
            let policies = stack.noun(self).map(|noun| noun.function.policies(self.any().term(LOG_ARN), &[]));
            Ok(policies.unwrap_or_default().into_iter().flat_map(|(_, statements)| statements).collect())
        })
    }
}
