//! Roles.

use crate::iam::{PolicyDocument, Statement};
use crate::stack::{
    Arn, Bag, Construct, Existing, Fields, Grantee, Handle, IntoValue, Json, Link, Lowering, Permission, Principal,
    Value,
};

/// A role that this stack creates.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct Role {
    bag: Bag,
    policies: Vec<(String, Permission)>,
}

/// A role that exists: nothing can be granted to it here.
pub struct UnownedRole(Bag);

impl Role {
    /// A role that an AWS service assumes, such as `lambda.amazonaws.com`.
    #[track_caller]
    pub fn assumed_by(service: &str) -> Self {
        Self { bag: role_bag(service), policies: Vec::new() }
    }

    /// A role that exists.
    pub fn existing(arn: impl IntoValue<Arn>) -> Existing<UnownedRole> {
        Existing::new(UnownedRole(Bag::new("AWS::IAM::Role"))).given("Arn", arn.into_value())
    }

    /// An inline policy of its own, by name. What the stack grants comes beside it.
    pub fn policy(mut self, name: impl Into<String>, permission: Permission) -> Self {
        self.policies.push((name.into(), permission));
        self
    }

    /// The permissions boundary: what it can never exceed.
    #[track_caller]
    pub fn boundary(mut self, policy: impl IntoValue<Arn>) -> Self {
        self.bag.set("PermissionsBoundary", policy.into_value());
        self
    }
}

impl Construct for Role {
    fn bag(&mut self) -> &mut Bag {
        &mut self.bag
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let mut policies = Vec::new();
        for (name, permission) in &self.policies {
            match permission.statements(lowering.stack()) {
                Ok(statements) => policies.push((name.as_str(), statements)),
                Err(diagnostic) => lowering.report(*diagnostic),
            }
        }
        let bag = with_policies(lowering.bag(), policies);
        lowering.add("", bag);
    }
}

impl Construct for UnownedRole {
    fn bag(&mut self) -> &mut Bag {
        &mut self.0
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
pub(crate) fn service_role(service: &str, policies: Vec<(&str, Vec<Statement<Link>>)>) -> Bag {
    with_policies(role_bag(service), policies)
}

#[track_caller]
fn role_bag(service: &str) -> Bag {
    let trust = PolicyDocument::new([Statement::trust(service)]);
    Bag::new("AWS::IAM::Role").with("AssumeRolePolicyDocument", Json(trust.to_value()).into_value())
}

fn with_policies(bag: Bag, policies: Vec<(&str, Vec<Statement<Link>>)>) -> Bag {
    let inline = |(name, statements): (&str, Vec<Statement<Link>>)| {
        Fields::new()
            .with::<String>("PolicyName", name.into_value())
            .with("PolicyDocument", Json(PolicyDocument::new(statements).to_value()).into_value())
    };
    let policies: Vec<Fields> = policies.into_iter().map(inline).collect();
    if policies.is_empty() { bag } else { bag.with("Policies", policies.into_value()) }
}
