//! Security groups.

use super::Vpc;
use crate::aws::ec2::{self, security_group::Egress};
use crate::stack::{
    AnyHandle, Bag, Caller, Construct, Existing, Handle, IntoValue, List, Listening, Lowering, Port, SecurityGroupId,
    Value,
};

/// A security group. Nothing is open unless `stack.allow` says so: no traffic in, none out.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct SecurityGroup {
    group: ec2::SecurityGroup,
    takes_rules: bool,
}

impl SecurityGroup {
    /// A new group in `vpc`. The description says whose it is; CloudFormation replaces the group when it changes.
    #[track_caller]
    pub fn new(vpc: Handle<Vpc>, description: impl IntoValue<String>) -> Self {
        let group = ec2::SecurityGroup::new(description).vpc_id(vpc.id());
        Self { group, takes_rules: true }
    }

    /// A group that exists. It gets the rules that `stack.allow` asks for; if the same rule exists in it already, the
    /// deployment fails, and `managed_elsewhere` is the answer.
    pub fn existing(id: impl IntoValue<SecurityGroupId>) -> Existing<Self> {
        let id = id.into_value();
        let noun = Self { group: ec2::SecurityGroup::new(Value::<String>::Absent), takes_rules: true };
        Existing::new(noun).given("GroupId", id.clone()).given("Ref", id)
    }
}

impl Existing<SecurityGroup> {
    /// This stack adds no rules to it: that it lets the traffic through is taken on trust.
    pub fn managed_elsewhere(mut self) -> Self {
        self.noun_mut().takes_rules = false;
        self
    }
}

impl Construct for SecurityGroup {
    fn bag(&mut self) -> &mut Bag {
        self.group.bag()
    }

    fn takes_rules(&self) -> bool {
        self.takes_rules
    }

    fn attribute(&self, own: &str, name: &str) -> crate::template::Value {
        match name {
            "Ref" => crate::template::Value::attribute_of(own, "GroupId"),
            attribute => crate::template::Value::attribute_of(own, attribute),
        }
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        lowering.add("", self.group.clone().security_group_egress([no_egress()]));
    }
}

/// EC2 gives a new group a rule that lets everything out. A rule that goes nowhere takes its place.
///
/// Source: "When you create a security group … we add an egress rule that allows all … specify an egress rule that
/// limits to 127.0.0.1/32" in
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html>
fn no_egress() -> Egress {
    Egress::new("-1").cidr_ip("127.0.0.1/32").description("nothing but what separate rules allow")
}

impl Caller for SecurityGroup {
    fn security_groups(&self, own: AnyHandle) -> Vec<AnyHandle> {
        vec![own]
    }
}

impl Handle<SecurityGroup> {
    /// Its id.
    pub fn id(self) -> Value<SecurityGroupId> {
        self.attribute("GroupId")
    }

    /// Its members listen on `port`: a far end for `stack.allow`.
    pub fn on(self, port: Port) -> Listening {
        Listening::new(self, port)
    }

    /// A list of just this group's id.
    pub(crate) fn only(self) -> Value<List<SecurityGroupId>> {
        [self.id()].into_value()
    }
}
