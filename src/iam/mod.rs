//! Policy documents, as IAM says them; what they allow.

mod certainty;
pub mod evaluation;
mod glob;
mod text;
mod tree;

use crate::template::{Map, Reference, Value};

pub use certainty::Certainty;
pub use text::{Charset, Part, Shape, Symbol, Text};
pub use tree::{Tree, TreeKind};

/// The one version that every policy should name. Without it, policy variables are plain text.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
pub const POLICY_VERSION: &str = "2012-10-17";

/// A policy document.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDocument<R = Reference> {
    /// The statements, in order.
    pub statements: Vec<Statement<R>>,
}

/// What a statement does when it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Lets the request through, unless something denies it.
    Allow,
    /// Refuses the request, whatever allows it.
    Deny,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement<R = Reference> {
    /// `Sid`.
    pub sid: Option<String>,
    /// `Effect`.
    pub effect: Effect,
    /// `Principal`; identity policies have none.
    pub principal: Option<Principal<R>>,
    /// `Action`, such as `rds-db:connect`.
    pub actions: Vec<String>,
    /// `Resource`; trust policies have none.
    pub resources: Vec<Value<R>>,
    /// `Condition`.
    pub conditions: Vec<Condition<R>>,
}

/// Who makes the request.
#[derive(Clone, Debug, PartialEq)]
pub enum Principal<R = Reference> {
    /// Anyone.
    Anyone,
    /// AWS services, such as `rds.amazonaws.com`.
    Service(Vec<Value<R>>),
    /// Accounts, roles and users.
    Aws(Vec<Value<R>>),
}

/// One condition: an operator over a key of the request's context.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition<R = Reference> {
    /// The operator, such as `StringEquals`.
    pub operator: String,
    /// The key, such as `kms:ViaService`.
    pub key: String,
    /// The values, any of which may match.
    pub values: Vec<Value<R>>,
}

impl<R: Clone> Statement<R> {
    /// Allows `actions` on `resources`.
    pub fn allow<A: Into<String>>(
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = Value<R>>,
    ) -> Self {
        Self {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            actions: actions.into_iter().map(Into::into).collect(),
            resources: resources.into_iter().collect(),
            conditions: Vec::new(),
        }
    }

    /// Denies `actions` on `resources`, whatever allows them.
    pub fn deny<A: Into<String>>(
        actions: impl IntoIterator<Item = A>,
        resources: impl IntoIterator<Item = Value<R>>,
    ) -> Self {
        Self { effect: Effect::Deny, ..Self::allow(actions, resources) }
    }

    /// A trust statement: `service` may assume the role.
    ///
    /// Service principals end in `amazonaws.com` in every partition for the services in use here.
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    pub fn trust(service: &str) -> Self {
        Self { principal: Some(Principal::Service(vec![Value::from(service)])), ..Self::allow(["sts:AssumeRole"], []) }
    }

    /// The same, under a condition.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, value: Value<R>) -> Self {
        self.conditions.push(Condition { operator: operator.into(), key: key.into(), values: vec![value] });
        self
    }

    /// As a policy document has it.
    pub fn to_value(&self) -> Value<R> {
        let mut map = Map::default();
        if let Some(sid) = &self.sid {
            map.insert("Sid".into(), Value::from(sid.as_str()));
        }
        let effect = match self.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        map.insert("Effect".into(), Value::from(effect));
        if let Some(principal) = &self.principal {
            map.insert("Principal".into(), principal.to_value());
        }
        map.insert("Action".into(), one_or_many(self.actions.iter().map(|action| Value::from(action.as_str()))));
        if !self.resources.is_empty() {
            map.insert("Resource".into(), one_or_many(self.resources.iter().cloned()));
        }
        if !self.conditions.is_empty() {
            map.insert("Condition".into(), self.conditions_to_value());
        }
        Value::Map(map)
    }

    fn conditions_to_value(&self) -> Value<R> {
        let mut operators: Map<R> = Map::default();
        for condition in &self.conditions {
            let keys = operators.entry(condition.operator.clone()).or_insert_with(|| Value::Map(Map::default()));
            if let Value::Map(keys) = keys {
                keys.insert(condition.key.clone(), one_or_many(condition.values.iter().cloned()));
            }
        }
        Value::Map(operators)
    }
}

impl<R: Clone> Principal<R> {
    fn to_value(&self) -> Value<R> {
        match self {
            Self::Anyone => Value::from("*"),
            Self::Service(names) => Value::map([("Service", one_or_many(names.iter().cloned()))]),
            Self::Aws(names) => Value::map([("AWS", one_or_many(names.iter().cloned()))]),
        }
    }
}

impl<R: Clone> PolicyDocument<R> {
    /// A document of the given statements.
    pub fn new(statements: impl IntoIterator<Item = Statement<R>>) -> Self {
        Self { statements: statements.into_iter().collect() }
    }

    /// As a template has it.
    pub fn to_value(&self) -> Value<R> {
        Value::map([
            ("Version", Value::from(POLICY_VERSION)),
            ("Statement", Value::list(self.statements.iter().map(Statement::to_value))),
        ])
    }
}

fn one_or_many<R>(values: impl IntoIterator<Item = Value<R>>) -> Value<R> {
    let mut values: Vec<_> = values.into_iter().collect();
    if values.len() == 1 { values.swap_remove(0) } else { Value::List(values) }
}

/// Whether two texts are the same, as far as they are known.
pub fn same_text(one: &Text, other: &Text) -> Certainty {
    use glob::{Compiled, Reading};
    Compiled::new(one, Reading::PLAIN).matches(&Compiled::new(other, Reading::PLAIN))
}
