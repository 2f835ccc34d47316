//! Roles.

use crate::aws::iam::{self, role::Policy};
use crate::iam::{PolicyDocument, Statement};
use crate::stack::{
    Arn, Bag, Construct, Existing, Grantee, Handle, IntoValue, Json, Link, Lowering, Permission, Principal, Value,
};

/// A role that this stack creates.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Role {
    role: iam::Role,
    policies: Vec<(String, Permission)>,
}

/// A role that exists: nothing can be granted to it here.
pub struct UnownedRole(iam::Role);

impl Role {
    /// A role that an AWS service assumes, such as `lambda.amazonaws.com`.
    #[track_caller]
    pub fn assumed_by(service: &str) -> Self {
        Self { role: assumed_by(service), policies: Vec::new() }
    }

    /// A role that exists.
    pub fn existing(arn: impl IntoValue<Arn>) -> Existing<UnownedRole> {
        Existing::new(UnownedRole(iam::Role::new(Value::<Json>::Absent))).given("Arn", arn.into_value())
    }

    /// An inline policy of its own, by name. What the stack grants comes beside it.
    pub fn policy(mut self, name: impl Into<String>, permission: Permission) -> Self {
        self.policies.push((name.into(), permission));
        self
    }

    /// The permissions boundary: what it can never exceed.
    #[track_caller]
    pub fn boundary(mut self, policy: impl IntoValue<Arn>) -> Self {
        self.role = self.role.permissions_boundary(policy.into_value());
        self
    }
}

impl Construct for Role {
    fn bag(&mut self) -> &mut Bag {
        self.role.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let mut policies = Vec::new();
        for (name, permission) in &self.policies {
            match permission.statements(lowering.stack()) {
                Ok(statements) => policies.push((name.as_str(), statements)),
                Err(diagnostic) => lowering.report(*diagnostic),
            }
        }
        lowering.add("", with_policies(self.role.clone(), policies));
    }
}

impl Construct for UnownedRole {
    fn bag(&mut self) -> &mut Bag {
        self.0.bag()
    }
}

impl Principal for Role {}

impl Principal for UnownedRole {}

impl Grantee for Role {
    fn role_id(own: &str) -> String {
        own.to_owned()
    }
}

impl Handle<Role> {
    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("Arn")
    }
}

impl Handle<UnownedRole> {
    /// Its ARN.
    pub fn arn(self) -> Value<Arn> {
        self.attribute("Arn")
    }
}

/// A role that `service` assumes, with inline policies by name.
pub(crate) fn service_role(service: &str, policies: Vec<(&str, Vec<Statement<Link>>)>) -> iam::Role {
    with_policies(assumed_by(service), policies)
}

/// A role with a trust statement of its own.
pub(crate) fn role_with(trust: Statement<Link>, policies: Vec<(&str, Vec<Statement<Link>>)>) -> iam::Role {
    with_policies(iam::Role::new(document([trust])), policies)
}

#[track_caller]
fn assumed_by(service: &str) -> iam::Role {
    iam::Role::new(document([Statement::trust(service)]))
}

fn with_policies(role: iam::Role, policies: Vec<(&str, Vec<Statement<Link>>)>) -> iam::Role {
    let policies = policies.into_iter().map(|(name, statements)| Policy::new(document(statements), name));
    role.policies(policies.collect::<Vec<_>>().into_value().unless_empty())
}

fn document(statements: impl IntoIterator<Item = Statement<Link>>) -> Json {
    Json(PolicyDocument::new(statements).to_value())
}
