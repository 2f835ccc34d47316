//! Interface endpoints: AWS services by private addresses in a VPC.

use super::{PrivateSubnets, SecurityGroup, Service};
use crate::aws::ec2::VpcEndpoint;
use crate::stack::{
    AnyHandle, Bag, Construct, Existing, Handle, IntoValue, Json, Listener, Listening, Lowering, Stack, Term, Value,
    tcp,
};
use crate::template::{Function, Intrinsic, Sub, SubPart};

/// The port of every AWS service.
const HTTPS: i64 = 443;

/// An interface endpoint for an AWS service in private subnets.
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let private = stack.add("Private", PrivateSubnets::new(vpc));
/// let group = stack.add("SecretsSg", SecurityGroup::new(vpc, "Secrets Manager API"));
/// let endpoint = InterfaceEndpoint::new(Service::SecretsManager, private, group).private_dns(true);
/// stack.add("Secrets", endpoint);
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct InterfaceEndpoint {
    endpoint: VpcEndpoint,
    subnets: Option<Handle<PrivateSubnets>>,
    group: AnyHandle,
}

impl InterfaceEndpoint {
    /// An endpoint for `service`, with a network interface in each of the subnets, behind `group`.
    ///
    /// It has no private DNS unless asked for: in a VPC that has an endpoint for the service already, a second one with
    /// private DNS is refused. Without it clients name the endpoint: see [`url`](Handle::url).
    #[track_caller]
    pub fn new(service: Service, subnets: Handle<PrivateSubnets>, group: Handle<SecurityGroup>) -> Self {
        let endpoint = VpcEndpoint::new(Value::Absent)
            .service_name(service.endpoint_service())
            .vpc_endpoint_type("Interface")
            .subnet_ids(subnets.ids())
            .security_group_ids(group.only())
            .private_dns_enabled(false);
        Self { endpoint, subnets: Some(subnets), group: group.any() }
    }

    /// An endpoint that exists, behind `group`.
    pub fn existing(group: Handle<SecurityGroup>) -> Existing<Self> {
        Existing::new(Self { endpoint: VpcEndpoint::new(Value::Absent), subnets: None, group: group.any() })
    }

    /// Whether the service's own name leads to the endpoint, in the whole VPC. Needs DNS support and DNS host names
    /// there.
    #[track_caller]
    pub fn private_dns(mut self, on: impl IntoValue<bool>) -> Self {
        self.endpoint = self.endpoint.private_dns_enabled(on);
        self
    }

    /// The endpoint policy: who may ask what of the service through it. Left out, everything that is allowed otherwise.
    #[track_caller]
    pub fn policy(mut self, document: impl IntoValue<Json>) -> Self {
        self.endpoint = self.endpoint.policy_document(document);
        self
    }
}

impl Construct for InterfaceEndpoint {
    fn bag(&mut self) -> &mut Bag {
        self.endpoint.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let subnets = self.subnets.and_then(|subnets| lowering.noun::<PrivateSubnets>(subnets.any()));
        lowering.complete(VpcEndpoint::new(subnets.map(|subnets| subnets.vpc().id())));
    }
}

impl Listener for InterfaceEndpoint {
    fn listening(&self, _: &Stack) -> Vec<Listening> {
        vec![Listening::new(self.group, tcp(HTTPS))]
    }
}

impl Handle<InterfaceEndpoint> {
    /// The URL that clients use where private DNS is off, such as in `AWS_ENDPOINT_URL_RDS`, which the AWS SDKs read.
    ///
    /// The first of its names serves every zone; CloudFormation gives it after the hosted zone's id and a colon.
    /// Source: "Return values" of
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html>,
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
    pub fn url(self) -> Value<String> {
        let select = |n: i64, list: Term| Term::call_list(Function::Select, [Term::from(n), list]);
        let first = select(0, self.any().term("DnsEntries"));
        let name = select(1, Term::call_list(Function::Split, [Term::from(":"), first]));
        let mut url = Sub::new([SubPart::Text("https://".into())]);
        url.push_value("Name", name);
        Value::Intrinsic(Intrinsic::Sub(url))
    }
}
