//! Gateway endpoints: S3 and DynamoDB by routes.

use super::Vpc;
use super::service::regional;
use super::subnets::other_vpc;
use super::tier::{AnyTier, Tier};
use crate::aws::ec2::VpcEndpoint;
use crate::diagnostic::Diagnostic;
use crate::stack::{self, Bag, Construct, Handle, IntoValue, Json, List, Lowering, Term, Value};

/// An AWS service with a gateway endpoint.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GatewayService {
    /// S3.
    S3,
    /// DynamoDB.
    DynamoDb,
}

impl GatewayService {
    /// The last part of its service name.
    pub fn name(self) -> &'static str {
        match self {
            Self::S3 => "s3",
            Self::DynamoDb => "dynamodb",
        }
    }
}

/// A gateway endpoint: routes from the tables of some subnets to S3 or DynamoDB in the same region, without the
/// internet and without cost.
///
/// It has no security group: whoever calls has to be allowed out to the service's own addresses, by their
/// [`PrefixList`](super::PrefixList).
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let private = stack.add("Private", PrivateSubnets::new(vpc));
/// let data = stack.add("Data", PrivateSubnets::new(vpc).slot(2));
/// stack.add("S3", GatewayEndpoint::new(GatewayService::S3, private).and(data));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct GatewayEndpoint {
    endpoint: VpcEndpoint,
    tiers: Vec<AnyTier>,
}

impl GatewayEndpoint {
    /// An endpoint for `service`, with a route in every route table of `subnets`. Subnets that exist say theirs where
    /// they are imported: `.route_tables(["rtb-…"])`.
    #[track_caller]
    pub fn new<T: Tier>(service: GatewayService, subnets: Handle<T>) -> Self {
        let endpoint =
            VpcEndpoint::new(Value::Absent).service_name(regional(service.name())).vpc_endpoint_type("Gateway");
        Self { endpoint, tiers: vec![AnyTier::of(subnets)] }
    }

    /// It serves these subnets too. A table has one endpoint of a service at most.
    pub fn and<T: Tier>(mut self, subnets: Handle<T>) -> Self {
        self.tiers.push(AnyTier::of(subnets));
        self
    }

    /// The endpoint policy: who may ask what of the service through it. Left out, everything that is allowed otherwise.
    #[track_caller]
    pub fn policy(mut self, document: impl IntoValue<Json>) -> Self {
        self.endpoint = self.endpoint.policy_document(document);
        self
    }

    /// The one VPC of all its tiers.
    fn vpc(&self, lowering: &mut Lowering<'_>) -> Option<Handle<Vpc>> {
        let mut found = None;
        for tier in &self.tiers {
            let (name, subnets) = tier.find(lowering)?;
            let vpc = subnets.subnets().vpc;
            let stack = lowering.stack();
            if stack.canonical(found.get_or_insert(vpc).any()) != stack.canonical(vpc.any()) {
                lowering.report(other_vpc(name));
            }
        }
        found
    }

    fn route_tables(&self, lowering: &mut Lowering<'_>) -> Value<List<String>> {
        let mut tables: Vec<Term> = self.tiers.iter().flat_map(|tier| tier.route_tables(lowering)).collect();
        let whole = |term: &Term| self.tiers.iter().any(|tier| is_list(term, tier));
        if tables.len() > 1 && tables.iter().any(whole) {
            lowering.report(inseparable());
        }
        match &tables[..] {
            [one] if whole(one) => Value::from_term(tables.remove(0)),
            _ => Value::Literal(List(tables.into_iter().map(text).collect())),
        }
    }
}

/// Whether a term stands for all the tables of a tier.
fn is_list(term: &Term, tier: &AnyTier) -> bool {
    *term == tier.handle.term("RouteTableIds")
}

fn text(term: Term) -> Value<String> {
    match term {
        Term::String(text) => Value::Literal(text),
        other => Value::from_term(other),
    }
}

fn inseparable() -> Diagnostic {
    let message = "route tables that come as a list of unknown length cannot be joined with others";
    let cure = "give each list an endpoint of its own, or name the tables one by one: `.route_tables([…])`";
    Diagnostic::error(stack::MISSING, message).help(cure)
}

impl Construct for GatewayEndpoint {
    fn bag(&mut self) -> &mut Bag {
        self.endpoint.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let Some(vpc) = self.vpc(lowering) else { return };
        let tables = self.route_tables(lowering);
        lowering.complete(VpcEndpoint::new(vpc.id()).route_table_ids(tables));
    }
}
