//! Security groups.

use super::Vpc;
use crate::stack::{
    AnyHandle, Bag, Caller, Construct, Existing, Fields, Handle, IntoValue, List, Listening, Lowering, Port,
    SecurityGroupId, Value,
};

/// A security group. Nothing is open unless `stack.allow` says so: no traffic in, none out.
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct SecurityGroup {
    bag: Bag,
    takes_rules: bool,
}

impl SecurityGroup {
    /// A new group in `vpc`. The description says whose it is; CloudFormation replaces the group when it changes.
    #[track_caller]
    pub fn new(vpc: Handle<Vpc>, description: impl IntoValue<String>) -> Self {
        let bag = Bag::new("AWS::EC2::SecurityGroup")
            .with("GroupDescription", description.into_value())
            .with("VpcId", vpc.id());
        Self { bag, takes_rules: true }
    }

    /// A group that exists. It gets the rules that `stack.allow` asks for; if the same rule exists in it already, the
    /// deployment fails, and `managed_elsewhere` is the answer.
    pub fn existing(id: impl IntoValue<SecurityGroupId>) -> Existing<Self> {
        let id = id.into_value();
        let noun = Self { bag: Bag::new("AWS::EC2::SecurityGroup"), takes_rules: true };
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
        &mut self.bag
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
        let mut bag = lowering.bag();
        bag.set("SecurityGroupEgress", vec![no_egress()].into_value());
        lowering.add("", bag);
    }
}

/// EC2 gives a new group a rule that lets everything out. A rule that goes nowhere takes its place.
///
/// Source: "When you create a security group … we add an egress rule that allows all … specify an egress rule that
/// limits to 127.0.0.1/32" in
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html>
fn no_egress() -> Fields {
    Fields::new()
        .with::<String>("CidrIp", "127.0.0.1/32".into_value())
        .with::<String>("Description", "nothing but what separate rules allow".into_value())
        .with::<String>("IpProtocol", "-1".into_value())
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
