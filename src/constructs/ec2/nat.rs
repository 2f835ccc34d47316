//! The way out of private subnets.

use super::PublicSubnets;
use crate::stack::{Handle, IntoValue, Value};

/// How private subnets reach what is outside the VPC: not at all, or through NAT gateways, which let answers in and
/// nothing else.
///
/// Each NAT gateway costs by the hour and by the gigabyte, and so does traffic between zones.
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html>
///
/// Two tiers that name the same public subnets share the gateways there: a gateway belongs to its public subnet.
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// # let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let public = stack.add("Public", PublicSubnets::new(vpc));
/// let private = stack.add("Private", PrivateSubnets::new(vpc).nat(Nat::one_a_zone(public)));
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[derive(Clone, Debug)]
#[must_use = "it is a choice once `.nat(…)` takes it"]
pub struct Nat(pub(super) Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    None,
    One(Handle<PublicSubnets>),
    OneAZone(Handle<PublicSubnets>),
    Existing(Vec<Value<String>>),
}

impl Nat {
    /// No way out, which is what private subnets have unless said: AWS services are reached by endpoints.
    pub fn none() -> Self {
        Self(Kind::None)
    }

    /// One NAT gateway, in the first of the public subnets. When its zone fails, so does the way out of all.
    pub fn one(public: Handle<PublicSubnets>) -> Self {
        Self(Kind::One(public))
    }

    /// A NAT gateway in the same zone as each of the private subnets.
    pub fn one_a_zone(public: Handle<PublicSubnets>) -> Self {
        Self(Kind::OneAZone(public))
    }

    /// NAT gateways that exist, `nat-…`: one for all the subnets, or one for each.
    pub fn existing<I: IntoValue<String>>(ids: impl IntoIterator<Item = I>) -> Self {
        Self(Kind::Existing(ids.into_iter().map(IntoValue::into_value).collect()))
    }

    /// Where gateways are to be, and how many of the public subnets get one for so many private ones.
    pub(super) fn gateways(&self, private: usize) -> Option<(Handle<PublicSubnets>, usize)> {
        match self.0 {
            Kind::One(public) => Some((public, 1)),
            Kind::OneAZone(public) => Some((public, private)),
            Kind::None | Kind::Existing(_) => None,
        }
    }
}
