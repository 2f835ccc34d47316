//! Address families: who listens and who calls by IPv4, by IPv6, or by both.

use super::{Interface, Judged, Kind, Model, Placed, Term};
use crate::resolve::{Case, Formula, Resolution};

/// The worlds in which something has addresses of each family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Families {
    /// Where it has IPv4.
    pub v4: Formula,
    /// Where it has IPv6.
    pub v6: Formula,
}

impl Families {
    /// IPv4 everywhere, and no IPv6.
    pub const V4: Self = Self { v4: Formula::TRUE, v6: Formula::FALSE };
    /// Both everywhere.
    pub const BOTH: Self = Self { v4: Formula::TRUE, v6: Formula::TRUE };
}

/// A property that says by which families something is reached, and its values that say so: of IPv6 alone, of both. Any
/// other value, and none, is of IPv4 alone.
struct Says {
    property: &'static str,
    v6: &'static str,
    both: &'static str,
}

/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html>
const PROXY: Says = Says { property: "EndpointNetworkType", v6: "IPV6", both: "DUAL" };
/// A database has IPv4 in any case.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>, `NetworkType`
const DATABASE: Says = Says { property: "NetworkType", v6: "", both: "DUAL" };
/// Source: <https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html>
const CACHE: Says = Says { property: "NetworkType", v6: "ipv6", both: "dual_stack" };
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html>
const ENDPOINT: Says = Says { property: "IpAddressType", v6: "ipv6", both: "dualstack" };

impl<'a> Model<'a> {
    /// By which families something is reached.
    pub fn listens_by(&self, interface: &Interface<'a>) -> Families {
        let id = self.cluster_of(interface.id).unwrap_or(interface.id);
        match (interface.kind, self.kind(id)) {
            (Kind::Proxy | Kind::ProxyEndpoint, _) => self.said(id, &PROXY),
            (Kind::Database | Kind::Cluster, _) => self.said(id, &DATABASE),
            (Kind::Store, kind) if kind.starts_with("AWS::ElastiCache::") => self.said(id, &CACHE),
            (Kind::Store, "AWS::DocDB::DBCluster" | "AWS::Neptune::DBCluster") => self.said(id, &DATABASE),
            (Kind::Endpoint, _) => self.by_records(id, self.said(id, &ENDPOINT)),
            _ => Families::V4,
        }
    }

    /// Whether anything here is reached by IPv6.
    pub fn speaks_v6(&self) -> bool {
        *self.speaks_v6.get_or_init(|| self.all_interfaces().iter().any(|one| self.listens_by(one) != Families::V4))
    }

    /// By which families something opens connections.
    ///
    /// A function does so by IPv6 only if it is told to; what rotates a secret for Secrets Manager cannot be told. A proxy
    /// has one family towards its targets.
    ///
    /// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_VpcConfig.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html>
    pub fn calls_by(&self, interface: &Interface<'a>) -> Families {
        match interface.kind {
            Kind::Function => {
                let allowed = self.where_is(interface.id, "VpcConfig/Ipv6AllowedForDualStack", "true");
                Families { v4: Formula::TRUE, v6: allowed }
            }
            Kind::Proxy => {
                let v6 = self.where_is(interface.id, "TargetConnectionNetworkType", "IPV6");
                Families { v4: self.resolved.not(v6), v6 }
            }
            _ => Families::V4,
        }
    }

    /// Whether the interfaces in a subnet have addresses of a family. A subnet of the template has a range of IPv6 by a
    /// property of its own or by another resource, and one of IPv4 unless it is of IPv6 alone.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-ip-address-range.html>
    pub fn has_family(&self, subnet: &Placed<'a>, v6: bool) -> Judged {
        let Some(id) = subnet.term.own().filter(|id| self.kind(id) == "AWS::EC2::Subnet") else {
            let known = subnet.term.id().and_then(|id| self.facts.subnet(id));
            return match known {
                _ if !v6 => Judged::ALWAYS,
                Some(known) if known.block_v6.is_some() => Judged::ALWAYS,
                Some(_) => Judged::NEVER,
                None => Judged::benign(Formula::TRUE),
            };
        };
        if !v6 {
            return Judged::fact(self.resolved.not(self.where_is(id, "Ipv6Native", "true")));
        }
        let mut has =
            Judged::fact(self.resolved.or(self.is_set(id, "Ipv6CidrBlock"), self.is_set(id, "Ipv6IpamPoolId")));
        for added in self.ranges_added_to(id) {
            has = has.or(Judged::fact(self.resolved.exists(added)), self.resolved);
        }
        if self.toucher(&subnet.term).is_some() {
            has = has.or(Judged::foreign(Formula::TRUE), self.resolved);
        }
        let vpc = self.vpcs_of_subnet(&subnet.term);
        vpc.iter().fold(has, |all, vpc| all.and(self.vpc_has_v6(vpc), self.resolved))
    }

    /// Whether a VPC has a range of IPv6: one of the template gets it by another resource.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpccidrblock.html>
    fn vpc_has_v6(&self, vpc: &Placed<'a>) -> Judged {
        let Some(id) = vpc.term.own().filter(|id| self.kind(id) == "AWS::EC2::VPC") else { return Judged::ALWAYS };
        let mut has = Judged::fact(self.resolved.not(vpc.when));
        for block in self.of_kind("AWS::EC2::VPCCidrBlock") {
            let of = self.terms(block, "VpcId").into_iter().filter(|placed| placed.term.own() == Some(id));
            let of = of.fold(Formula::FALSE, |any, placed| self.resolved.or(any, placed.when));
            let is_v4 = self.is_set(block, "CidrBlock");
            has = has.or(Judged::fact(self.without(of, is_v4)), self.resolved);
        }
        if self.toucher(&vpc.term).is_some() {
            has = has.or(Judged::foreign(Formula::TRUE), self.resolved);
        }
        has
    }

    /// The resources that add a range of IPv6 to a subnet.
    pub(super) fn ranges_added_to(&self, subnet: &str) -> Vec<&'a str> {
        let of = |id: &&'a str| self.terms(id, "SubnetId").iter().any(|placed| placed.term.own() == Some(subnet));
        self.of_kind("AWS::EC2::SubnetCidrBlock").filter(of).collect()
    }

    /// Where a property is there.
    fn is_set(&self, id: &str, property: &str) -> Formula {
        let set = self.resolved.property(id, property).into_iter().filter(|case| !case.value.is_absent());
        set.fold(Formula::FALSE, |any, case| self.resolved.or(any, case.when))
    }

    fn said(&self, id: &str, says: &Says) -> Families {
        let both = self.where_is(id, says.property, says.both);
        let only = if says.v6.is_empty() { Formula::FALSE } else { self.where_is(id, says.property, says.v6) };
        Families { v4: self.resolved.not(only), v6: self.resolved.or(only, both) }
    }

    /// The name of an endpoint has records of the families that it is told, whatever addresses there are.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DnsOptionsSpecification.html>
    fn by_records(&self, id: &str, families: Families) -> Families {
        let records = |kind: &str| self.where_is(id, "DnsOptions/DnsRecordIpType", kind);
        let both = self.resolved.and(families.v4, families.v6);
        Families {
            v4: self.without(families.v4, self.resolved.and(both, records("ipv6"))),
            v6: self.without(families.v6, self.resolved.and(both, records("ipv4"))),
        }
    }

    /// Where a property has a value; upper and lower case are the same.
    fn where_is(&self, id: &str, path: &str, wanted: &str) -> Formula {
        let is = |case: Case<'a>| match (case.value.spelled(), case.value.is_absent()) {
            (_, true) => Formula::FALSE,
            (Some(text), _) if text.eq_ignore_ascii_case(wanted) => case.when,
            (Some(_), _) => Formula::FALSE,
            (None, _) => {
                let equal = self.resolved.equal(&case.value, &Resolution::Text(wanted.to_owned().into()));
                self.resolved.and(case.when, equal)
            }
        };
        let cases = self.resolved.property(id, path).into_iter().flat_map(|case| self.resolved.spread(case));
        cases.map(is).fold(Formula::FALSE, |any, one| self.resolved.or(any, one))
    }

    /// The property by which something is reached by IPv6, with its value where that is written out.
    pub fn says_v6(&self, interface: &Interface<'a>) -> Option<(&'a str, &'static str, String)> {
        let id = self.cluster_of(interface.id).unwrap_or(interface.id);
        let property = match interface.kind {
            Kind::Function => "VpcConfig/Ipv6AllowedForDualStack",
            Kind::Proxy | Kind::ProxyEndpoint => PROXY.property,
            Kind::Database | Kind::Cluster | Kind::Store => DATABASE.property,
            Kind::Endpoint => ENDPOINT.property,
            Kind::Rotation => return None,
        };
        self.written(id, property)
    }

    /// A property with its value, where that is written out.
    pub fn written(&self, id: &'a str, property: &'static str) -> Option<(&'a str, &'static str, String)> {
        let value = self.resource(id)?.properties.get(property.split('/').next()?)?;
        let value = property.split('/').skip(1).try_fold(value, |value, step| match value {
            crate::template::Value::Map(map) => map.get(step),
            _ => None,
        });
        Some((id, property, super::spelled(value?)?))
    }
}

impl<'a> Term<'a> {
    /// The subnet of the template that it is, as pieces of evidence name it.
    pub fn own_subnet(&self, model: &Model<'a>) -> Option<&'a str> {
        self.own().filter(|id| model.kind(id) == "AWS::EC2::Subnet")
    }
}
