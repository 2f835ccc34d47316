//! What is known of things that exist: the JSON that the AWS CLI prints.

mod access;
mod asked;

use std::collections::HashMap;

pub use access::Role;
use serde_json::Value as Json;

/// Facts of an account, gathered from what `aws ec2 describe-…`, `aws rds describe-…`, `aws iam get-role` and the like
/// print. What is not in them stays an assumption.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    subnets: HashMap<String, Subnet>,
    vpcs: HashMap<String, Vpc>,
    groups: HashMap<String, Group>,
    tables: Vec<Table>,
    acls: HashMap<String, Acl>,
    endpoints: Vec<Endpoint>,
    databases: HashMap<String, Listener>,
    proxies: HashMap<String, Listener>,
    peerings: Vec<Peering>,
    subnet_groups: HashMap<String, Vec<String>>,
    access: access::Access,
}

/// Why a file tells no facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    /// The pointer to the part of it that is wrong.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// The way out, where there is a particular one.
    pub help: Option<String>,
}

impl Unfit {
    fn new(path: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: message.into(), help: None }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// An existing subnet.
#[derive(Clone, Debug)]
pub struct Subnet {
    /// The VPC that it is in.
    pub vpc: String,
    /// Its IPv4 block; empty if it has none.
    pub block: String,
    /// Its IPv6 block, if it has one.
    pub block_v6: Option<String>,
}

/// An existing VPC.
#[derive(Clone, Debug, Default)]
pub struct Vpc {
    /// Its IPv4 blocks.
    pub blocks: Vec<String>,
    /// Whether its resolver answers; none if that is not known.
    pub dns_support: Option<bool>,
    /// Whether interfaces get names, which private DNS needs; none if that is not known.
    pub dns_hostnames: Option<bool>,
}

/// An existing security group.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// The VPC that it serves.
    pub vpc: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    egress: bool,
    protocol: String,
    ports: Option<(u16, u16)>,
    peer: Far,
}

#[derive(Clone, Debug)]
enum Far {
    Group(String),
    Range(String),
    Prefixes(String),
}

#[derive(Clone, Debug)]
struct Table {
    vpc: String,
    subnets: Vec<String>,
    id: String,
    is_main: bool,
    routes: Vec<Route>,
}

#[derive(Clone, Debug)]
struct Route {
    range: String,
    outward: Outward,
}

/// An existing peering of VPCs that is active.
#[derive(Clone, Debug)]
struct Peering {
    id: String,
    vpcs: [String; 2],
}

#[derive(Clone, Debug)]
enum Outward {
    Nat(String),
    Internet,
    Peering(String),
    Beyond(&'static str),
}

#[derive(Clone, Debug, Default)]
struct Acl {
    subnets: Vec<String>,
    entries: Vec<AclEntry>,
}

#[derive(Clone, Debug)]
struct AclEntry {
    number: i64,
    allows: bool,
    egress: bool,
    tcp: bool,
    range: String,
    ports: Option<(u16, u16)>,
}

/// An existing interface or gateway endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its id.
    pub id: String,
    /// The VPC that it is in.
    pub vpc: String,
    /// The service, such as `secretsmanager`.
    pub service: String,
    /// Whether the names of the service lead to it.
    pub private_dns: bool,
    /// Its security groups; none of a gateway.
    pub groups: Vec<String>,
    /// Its subnets; none of a gateway.
    pub subnets: Vec<String>,
}

/// An existing database or proxy.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The port on which it listens.
    pub port: Option<u16>,
    /// Its security groups.
    pub groups: Vec<String>,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// The VPC that it is in, where that is said.
    pub vpc: Option<String>,
    /// The host names by which it is called.
    pub addresses: Vec<String>,
}

impl Facts {
    /// Nothing is known.
    pub fn none() -> &'static Self {
        static NONE: std::sync::OnceLock<Facts> = std::sync::OnceLock::new();
        NONE.get_or_init(Self::default)
    }

    /// Adds what one command printed. What it is, its keys say; false if none of them is known.
    pub fn add(&mut self, printed: &Json) -> bool {
        self.read("", printed).is_ok()
    }

    /// Adds what one command printed into a file of this name, without its ending. What it is, its keys say; what it is of,
    /// where it does not say that itself, stands in the name behind the first dot: `get-key-policy.KEY-ID`.
    pub fn read(&mut self, name: &str, printed: &Json) -> Result<(), Unfit> {
        let of = name.split_once('.').map(|(_, of)| of).filter(|of| !of.is_empty());
        match self.access.add(of, printed)? || self.of_network(printed) {
            true => Ok(()),
            false => Err(Unfit::new("", "it holds nothing that is known here")),
        }
    }

    fn of_network(&mut self, printed: &Json) -> bool {
        let list = |key: &str| printed.get(key).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let known = [
            "Subnets",
            "Vpcs",
            "SecurityGroups",
            "SecurityGroupRules",
            "RouteTables",
            "NetworkAcls",
            "VpcEndpoints",
            "DBInstances",
            "DBClusters",
            "DBProxies",
            "DBSubnetGroups",
            "VpcPeeringConnections",
            "EnableDnsSupport",
            "EnableDnsHostnames",
        ];
        list("Subnets").iter().for_each(|subnet| self.subnet_of(subnet));
        list("Vpcs").iter().for_each(|vpc| self.vpc_of(vpc));
        list("SecurityGroups").iter().for_each(|group| self.group_of(group));
        self.separate_rules(list("SecurityGroupRules"));
        list("RouteTables").iter().for_each(|table| self.table_of(table));
        list("NetworkAcls").iter().for_each(|acl| self.acl_in(acl));
        list("VpcEndpoints").iter().for_each(|endpoint| self.endpoint_of(endpoint));
        list("DBInstances").iter().for_each(|one| self.database_of(one, "DBInstanceIdentifier"));
        list("DBClusters").iter().for_each(|one| self.database_of(one, "DBClusterIdentifier"));
        list("DBProxies").iter().for_each(|proxy| self.proxy_of(proxy));
        list("VpcPeeringConnections").iter().for_each(|peering| self.peering_of(peering));
        list("DBSubnetGroups").iter().for_each(|group| self.subnet_group(group));
        self.attribute(printed);
        known.iter().any(|key| printed.get(key).is_some())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.subnets.is_empty()
            && self.vpcs.is_empty()
            && self.groups.is_empty()
            && self.tables.is_empty()
            && self.acls.is_empty()
            && self.endpoints.is_empty()
            && self.databases.is_empty()
            && self.proxies.is_empty()
            && self.peerings.is_empty()
            && self.access.is_empty()
    }

    fn subnet_of(&mut self, json: &Json) {
        if let Some(id) = text(json, "SubnetId") {
            self.subnets.insert(
                id,
                Subnet {
                    vpc: text(json, "VpcId").unwrap_or_default(),
                    block: text(json, "CidrBlock").unwrap_or_default(),
                    block_v6: each(json, "Ipv6CidrBlockAssociationSet").find_map(|one| text(one, "Ipv6CidrBlock")),
                },
            );
        }
    }

    fn vpc_of(&mut self, json: &Json) {
        let Some(id) = text(json, "VpcId") else { return };
        let vpc = self.vpcs.entry(id).or_default();
        vpc.blocks = each(json, "CidrBlockAssociationSet").filter_map(|block| text(block, "CidrBlock")).collect();
        if vpc.blocks.is_empty() {
            vpc.blocks.extend(text(json, "CidrBlock"));
        }
    }

    fn attribute(&mut self, json: &Json) {
        let Some(id) = text(json, "VpcId") else { return };
        let value = |key: &str| json.get(key).and_then(|value| value.get("Value")).and_then(Json::as_bool);
        let (support, names) = (value("EnableDnsSupport"), value("EnableDnsHostnames"));
        if support.is_some() || names.is_some() {
            let vpc = self.vpcs.entry(id).or_default();
            vpc.dns_support = support.or(vpc.dns_support);
            vpc.dns_hostnames = names.or(vpc.dns_hostnames);
        }
    }

    fn group_of(&mut self, json: &Json) {
        let Some(id) = text(json, "GroupId") else { return };
        let mut rules = Vec::new();
        for (key, egress) in [("IpPermissions", false), ("IpPermissionsEgress", true)] {
            for permission in each(json, key) {
                let protocol = text(permission, "IpProtocol").unwrap_or_default();
                let ports = ports(permission);
                let groups =
                    each(permission, "UserIdGroupPairs").filter_map(|pair| text(pair, "GroupId")).map(Far::Group);
                let v4 = each(permission, "IpRanges").filter_map(|range| text(range, "CidrIp")).map(Far::Range);
                let v6 = each(permission, "Ipv6Ranges").filter_map(|range| text(range, "CidrIpv6")).map(Far::Range);
                let lists = each(permission, "PrefixListIds").filter_map(|list| text(list, "PrefixListId"));
                let peers = groups.chain(v4).chain(v6).chain(lists.map(Far::Prefixes));
                rules.extend(peers.map(|peer| Rule { egress, protocol: protocol.clone(), ports, peer }));
            }
        }
        self.groups.insert(id, Group { vpc: text(json, "VpcId").unwrap_or_default(), rules });
    }

    /// `describe-security-group-rules` tells rules only: what it tells of a group is all that the group has.
    fn separate_rules(&mut self, rules: &[Json]) {
        let mut fresh: HashMap<String, Vec<Rule>> = HashMap::new();
        for json in rules {
            let Some(id) = text(json, "GroupId") else { continue };
            let referenced = json.get("ReferencedGroupInfo").and_then(|group| text(group, "GroupId")).map(Far::Group);
            let range = text(json, "CidrIpv4").or_else(|| text(json, "CidrIpv6")).map(Far::Range);
            let peer = referenced.or(range).or_else(|| text(json, "PrefixListId").map(Far::Prefixes));
            let egress = json.get("IsEgress").and_then(Json::as_bool).unwrap_or_default();
            let protocol = text(json, "IpProtocol").unwrap_or_default();
            fresh.entry(id).or_default().extend(peer.map(|peer| Rule { egress, protocol, ports: ports(json), peer }));
        }
        for (id, rules) in fresh {
            self.groups.entry(id).or_default().rules = rules;
        }
    }

    fn table_of(&mut self, json: &Json) {
        let associations = || each(json, "Associations");
        let subnets = associations().filter_map(|one| text(one, "SubnetId")).collect();
        let is_main = associations().any(|one| one.get("Main").and_then(Json::as_bool) == Some(true));
        let routes = each(json, "Routes").filter(|route| text(route, "State").as_deref() != Some("blackhole"));
        let routes = routes.filter_map(|route| {
            let range = text(route, "DestinationCidrBlock").or_else(|| text(route, "DestinationIpv6CidrBlock"))?;
            // The local route is the VPC's own.
            let is_local = text(route, "GatewayId").as_deref() == Some("local");
            (!is_local).then(|| Route { range, outward: outward(route) })
        });
        let (id, vpc) = (text(json, "RouteTableId").unwrap_or_default(), text(json, "VpcId").unwrap_or_default());
        self.tables.push(Table { id, vpc, subnets, is_main, routes: routes.collect() });
    }

    fn peering_of(&mut self, json: &Json) {
        let is_active = json.get("Status").and_then(|status| text(status, "Code")).is_none_or(|code| code == "active");
        let vpc = |side: &str| json.get(side).and_then(|side| text(side, "VpcId"));
        if let (Some(id), Some(one), Some(other), true) =
            (text(json, "VpcPeeringConnectionId"), vpc("RequesterVpcInfo"), vpc("AccepterVpcInfo"), is_active)
        {
            self.peerings.push(Peering { id, vpcs: [one, other] });
        }
    }

    fn proxy_of(&mut self, json: &Json) {
        let Some(name) = text(json, "DBProxyName") else { return };
        let texts = |key: &str| each(json, key).filter_map(|one| one.as_str().map(str::to_owned)).collect();
        let proxy = Listener {
            port: text(json, "EngineFamily").and_then(|family| super::model::port_of_family(&family)),
            groups: texts("VpcSecurityGroupIds"),
            subnets: texts("VpcSubnetIds"),
            vpc: text(json, "VpcId"),
            addresses: text(json, "Endpoint").into_iter().collect(),
        };
        self.proxies.insert(name, proxy);
    }

    fn acl_in(&mut self, json: &Json) {
        let Some(id) = text(json, "NetworkAclId") else { return };
        let entry = |json: &Json| {
            let protocol = text(json, "Protocol").unwrap_or_default();
            let ports = json.get("PortRange").and_then(|range| Some((port(range, "From")?, port(range, "To")?)));
            Some(AclEntry {
                number: json.get("RuleNumber")?.as_i64()?,
                allows: text(json, "RuleAction")? == "allow",
                egress: json.get("Egress")?.as_bool()?,
                tcp: matches!(protocol.as_str(), "-1" | "6"),
                range: text(json, "CidrBlock").or_else(|| text(json, "Ipv6CidrBlock"))?,
                ports: ports.filter(|_| protocol != "-1"),
            })
        };
        let subnets = each(json, "Associations").filter_map(|one| text(one, "SubnetId")).collect();
        self.acls.insert(id, Acl { subnets, entries: each(json, "Entries").filter_map(entry).collect() });
    }

    fn endpoint_of(&mut self, json: &Json) {
        let (Some(id), Some(vpc), Some(name)) =
            (text(json, "VpcEndpointId"), text(json, "VpcId"), text(json, "ServiceName"))
        else {
            return;
        };
        let texts = |key: &str| each(json, key).filter_map(|one| one.as_str().map(str::to_owned)).collect();
        self.endpoints.push(Endpoint {
            id,
            vpc,
            service: name.rsplit('.').next().unwrap_or_default().to_owned(),
            private_dns: json.get("PrivateDnsEnabled").and_then(Json::as_bool).unwrap_or_default(),
            groups: each(json, "Groups").filter_map(|group| text(group, "GroupId")).collect(),
            subnets: texts("SubnetIds"),
        });
    }

    fn database_of(&mut self, json: &Json, key: &str) {
        let Some(id) = text(json, key) else { return };
        let group = json.get("DBSubnetGroup");
        let subnets =
            group.into_iter().flat_map(|group| each(group, "Subnets")).filter_map(|one| text(one, "SubnetIdentifier"));
        let own = json.get("Endpoint").and_then(|endpoint| port(endpoint, "Port"));
        let named = json.get("Endpoint").and_then(|endpoint| text(endpoint, "Address"));
        let addresses =
            named.into_iter().chain(["Endpoint", "ReaderEndpoint"].iter().filter_map(|key| text(json, key)));
        let database = Listener {
            port: own.or_else(|| port(json, "Port")).or_else(|| port(json, "DbInstancePort")),
            groups: each(json, "VpcSecurityGroups").filter_map(|group| text(group, "VpcSecurityGroupId")).collect(),
            subnets: subnets.collect(),
            vpc: group.and_then(|group| text(group, "VpcId")),
            addresses: addresses.collect(),
        };
        self.databases.insert(id, database);
    }

    fn subnet_group(&mut self, json: &Json) {
        if let Some(name) = text(json, "DBSubnetGroupName") {
            let subnets = each(json, "Subnets").filter_map(|one| text(one, "SubnetIdentifier")).collect();
            self.subnet_groups.insert(name, subnets);
        }
    }
}

fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key).and_then(Json::as_str).map(str::to_owned)
}

fn each<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> + use<'j> {
    json.get(key).and_then(Json::as_array).into_iter().flatten()
}

fn port(json: &Json, key: &str) -> Option<u16> {
    json.get(key).and_then(Json::as_u64).and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0)
}

fn ports(json: &Json) -> Option<(u16, u16)> {
    let end = |key: &str| json.get(key).and_then(Json::as_u64).and_then(|port| u16::try_from(port).ok());
    Some((end("FromPort")?, end("ToPort")?))
}

/// Where a route leads.
fn outward(route: &Json) -> Outward {
    let gateway = text(route, "GatewayId");
    if let Some(nat) = text(route, "NatGatewayId") {
        return Outward::Nat(nat);
    }
    if let Some(peering) = text(route, "VpcPeeringConnectionId") {
        return Outward::Peering(peering);
    }
    match gateway {
        Some(gateway) if gateway.starts_with("igw-") => Outward::Internet,
        _ if route.get("TransitGatewayId").is_some() => Outward::Beyond("a transit gateway"),
        _ if route.get("NetworkInterfaceId").is_some() => Outward::Beyond("a network interface"),
        _ => Outward::Beyond("a gateway"),
    }
}
