//! Who has network interfaces: where they are, which groups they have, on which port they listen.

use std::rc::Rc;

use super::{Model, Placed, Port, Term};
use crate::resolve::{Formula, Resolution};

/// What has the interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function: it calls, nobody calls it here.
    Function,
    /// A proxy of databases: it is called, and calls its target.
    Proxy,
    /// A further endpoint of a proxy.
    ProxyEndpoint,
    /// A database instance.
    Database,
    /// A cluster of database instances.
    Cluster,
    /// Another store that listens on a port.
    Store,
    /// An interface endpoint.
    Endpoint,
    /// The function that Secrets Manager hosts to rotate a secret.
    Rotation,
}

/// The network interfaces of a resource.
#[derive(Clone, Debug)]
pub struct Interface<'a> {
    /// The resource.
    pub id: &'a str,
    /// What it is.
    pub kind: Kind,
    /// Where it exists.
    pub exists: Formula,
    /// In which worlds it is in no VPC.
    pub outside: Formula,
    /// Its subnets: an interface in each.
    pub subnets: Vec<Placed<'a>>,
    /// Its security groups.
    pub groups: Vec<Placed<'a>>,
    /// The VPC that it names itself.
    pub vpc: Vec<Placed<'a>>,
    /// The property that holds the groups.
    pub groups_at: &'static str,
    /// The property that holds the subnets.
    pub subnets_at: &'static str,
}

/// How a type says where it is.
struct Shape {
    kind: &'static str,
    is: Kind,
    subnets: &'static str,
    groups: &'static str,
    /// Whether `subnets` names a group of subnets, and of which property its subnets are.
    group_of_subnets: bool,
}

const fn shape(kind: &'static str, is: Kind, subnets: &'static str, groups: &'static str, by_group: bool) -> Shape {
    Shape { kind, is, subnets, groups, group_of_subnets: by_group }
}

const SHAPES: &[Shape] = &[
    shape("AWS::Lambda::Function", Kind::Function, "VpcConfig/SubnetIds", "VpcConfig/SecurityGroupIds", false),
    shape("AWS::Serverless::Function", Kind::Function, "VpcConfig/SubnetIds", "VpcConfig/SecurityGroupIds", false),
    shape("AWS::RDS::DBProxy", Kind::Proxy, "VpcSubnetIds", "VpcSecurityGroupIds", false),
    shape("AWS::RDS::DBProxyEndpoint", Kind::ProxyEndpoint, "VpcSubnetIds", "VpcSecurityGroupIds", false),
    shape("AWS::RDS::DBInstance", Kind::Database, "DBSubnetGroupName", "VPCSecurityGroups", true),
    shape("AWS::RDS::DBCluster", Kind::Cluster, "DBSubnetGroupName", "VpcSecurityGroupIds", true),
    shape("AWS::DocDB::DBCluster", Kind::Store, "DBSubnetGroupName", "VpcSecurityGroupIds", true),
    shape("AWS::Neptune::DBCluster", Kind::Store, "DBSubnetGroupName", "VpcSecurityGroupIds", true),
    shape("AWS::ElastiCache::ReplicationGroup", Kind::Store, "CacheSubnetGroupName", "SecurityGroupIds", true),
    shape("AWS::ElastiCache::CacheCluster", Kind::Store, "CacheSubnetGroupName", "VpcSecurityGroupIds", true),
    shape("AWS::Redshift::Cluster", Kind::Store, "ClusterSubnetGroupName", "VpcSecurityGroupIds", true),
    shape(
        "AWS::SecretsManager::RotationSchedule",
        Kind::Rotation,
        "HostedRotationLambda/VpcSubnetIds",
        "HostedRotationLambda/VpcSecurityGroupIds",
        false,
    ),
    shape("AWS::EC2::VPCEndpoint", Kind::Endpoint, "SubnetIds", "SecurityGroupIds", false),
];

impl<'a> Model<'a> {
    /// The interfaces of a resource; none if it has none.
    pub fn interface(&self, id: &str) -> Option<Rc<Interface<'a>>> {
        if let Some(known) = self.interfaces.borrow().get(id) {
            return known.clone();
        }
        let (id, resource) = self.resolved.template().resources.get_key_value(id)?;
        let shape = SHAPES.iter().find(|shape| shape.kind == resource.kind);
        let made = shape.filter(|shape| self.has_interfaces(id, shape)).map(|shape| Rc::new(self.make(id, shape)));
        self.interfaces.borrow_mut().insert(id, made.clone());
        made
    }

    /// Every resource that has interfaces, in the order of the template.
    pub fn all_interfaces(&self) -> Vec<Rc<Interface<'a>>> {
        self.resolved.template().resources.keys().filter_map(|id| self.interface(id)).collect()
    }

    /// An endpoint has interfaces unless it is a gateway.
    fn has_interfaces(&self, id: &str, shape: &Shape) -> bool {
        if shape.is == Kind::Rotation {
            return !self.resolved.elements(id, "HostedRotationLambda").is_empty();
        }
        if shape.is != Kind::Endpoint {
            return true;
        }
        let kinds = self.resolved.property(id, "VpcEndpointType");
        kinds.iter().any(|case| {
            !case.value.is_absent() && !matches!(case.value.text(), Some("Gateway" | "GatewayLoadBalancer"))
        })
    }

    fn make(&self, id: &'a str, shape: &Shape) -> Interface<'a> {
        let exists = self.resolved.exists(id);
        let home = if shape.is == Kind::Database { self.cluster_of(id) } else { None };
        // The instances of a cluster have its groups and its subnets.
        let (home, shape) = match home {
            Some(cluster) => (cluster, SHAPES.iter().find(|shape| shape.is == Kind::Cluster).unwrap_or(shape)),
            None => (id, shape),
        };
        let subnets = self.subnets_of(home, shape);
        let mut groups = self.terms(home, shape.groups);
        // Groups of RDS's own, from before there were VPCs, are not looked into.
        let old = self.resolved.elements(home, "DBSecurityGroups").into_iter();
        groups.extend(old.map(|one| Placed { when: one.when, term: Term::Given(one.value), source: Some(one.source) }));
        let vpc = self.named_vpc(home, shape, &subnets);
        let inside = self.any_of(&subnets);
        let function = matches!(shape.is, Kind::Function | Kind::Rotation);
        let outside = if function { self.without(exists, inside) } else { Formula::FALSE };
        if !function {
            let rest = self.without(exists, self.any_of(&groups));
            if self.resolved.is_possible(rest) {
                groups.extend(self.default_groups(&vpc, &subnets, rest));
            }
        }
        let is = if self.kind(id) == "AWS::RDS::DBInstance" { Kind::Database } else { shape.is };
        Interface {
            id,
            kind: is,
            exists,
            outside,
            subnets,
            groups,
            vpc,
            groups_at: shape.groups,
            subnets_at: shape.subnets,
        }
    }

    fn subnets_of(&self, id: &'a str, shape: &Shape) -> Vec<Placed<'a>> {
        let named = self.terms(id, shape.subnets);
        if !shape.group_of_subnets {
            return named;
        }
        if named.is_empty()
            && let Some(source) = self.copied_from(id)
        {
            return self.subnets_of(source, shape);
        }
        let mut subnets = Vec::new();
        for group in named {
            match &group.term {
                Term::Own(own) => subnets.extend(self.terms(own, "SubnetIds").into_iter().map(|subnet| {
                    let when = self.resolved.and(group.when, subnet.when);
                    Placed { when, ..subnet }
                })),
                _ => {
                    let known = group.term.id().and_then(|name| self.facts.subnets_of_group(name));
                    match known {
                        Some(ids) => subnets.extend(ids.iter().map(|id| Placed {
                            when: group.when,
                            term: Term::Given(Resolution::Text(id.as_str().into())),
                            source: group.source,
                        })),
                        None => subnets.push(group),
                    }
                }
            }
        }
        subnets
    }

    /// The VPC that follows from the resource itself: an endpoint names it, a database without subnets is in the default
    /// one.
    fn named_vpc(&self, id: &'a str, shape: &Shape, subnets: &[Placed<'a>]) -> Vec<Placed<'a>> {
        if shape.is == Kind::Endpoint {
            return self.terms(id, "VpcId");
        }
        if shape.group_of_subnets && subnets.is_empty() {
            return vec![Placed { when: self.resolved.exists(id), term: Term::DefaultVpc, source: None }];
        }
        Vec::new()
    }

    fn default_groups(&self, vpc: &[Placed<'a>], subnets: &[Placed<'a>], rest: Formula) -> Vec<Placed<'a>> {
        let mut vpcs = vpc.to_vec();
        for subnet in subnets {
            vpcs.extend(
                self.vpcs_of_subnet(&subnet.term)
                    .into_iter()
                    .filter(|found| vpcs.iter().all(|known| known.term != found.term))
                    .collect::<Vec<_>>(),
            );
        }
        let unknown = || subnets.first().map_or(Term::DefaultVpc, |subnet| subnet.term.clone());
        if vpcs.is_empty() {
            vpcs.push(Placed { when: Formula::TRUE, term: unknown(), source: None });
        }
        let placed = |vpc: Placed<'a>| Placed {
            when: self.resolved.and(rest, vpc.when),
            term: Term::DefaultGroup(Box::new(vpc.term)),
            source: None,
        };
        vpcs.into_iter().map(placed).collect()
    }

    /// The database of the template, in the same region, of which another one is a replica: without a subnet group of its own
    /// that is in the other's.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html>
    fn copied_from(&self, id: &str) -> Option<&'a str> {
        let is_near = self.resolved.property(id, "SourceRegion").iter().all(|case| case.value.is_absent());
        let named = if is_near { self.terms(id, "SourceDBInstanceIdentifier") } else { Vec::new() };
        let source = named.iter().find_map(|placed| self.own_database(&placed.term));
        // A replica of a replica is where that is; of what copies itself nothing is made.
        source.filter(|source| *source != id && self.terms(source, "SourceDBInstanceIdentifier").is_empty())
    }

    /// The cluster of the template that a database instance is part of.
    pub fn cluster_of(&self, id: &str) -> Option<&'a str> {
        let named = self.terms(id, "DBClusterIdentifier");
        named
            .iter()
            .find_map(|placed| self.own_database(&placed.term))
            .filter(|of| self.kind(of).ends_with("::DBCluster"))
    }

    /// The database of the template that a term names: by reference, or by the name that it is given.
    pub fn own_database(&self, term: &Term<'a>) -> Option<&'a str> {
        if let Some(id) = term.own() {
            return Some(id);
        }
        let name = match term {
            Term::Given(value) => value,
            _ => return None,
        };
        let kinds = [("AWS::RDS::DBInstance", "DBInstanceIdentifier"), ("AWS::RDS::DBCluster", "DBClusterIdentifier")];
        kinds.into_iter().find_map(|(kind, property)| {
            self.of_kind(kind).find(|id| {
                let own = self.resolved.property(id, property);
                own.iter().any(|case| !case.value.is_absent() && self.resolved.same(&case.value, name) == Some(true))
            })
        })
    }

    /// The ports on which a resource listens, each with its worlds; none if that is not known.
    pub fn listening(&self, id: &str) -> Vec<Port<'a>> {
        match self.kind(id) {
            "AWS::RDS::DBProxy" => self.by_family(id),
            "AWS::RDS::DBProxyEndpoint" => {
                let proxies = self.terms(id, "DBProxyName");
                proxies
                    .iter()
                    .filter_map(|proxy| self.own_proxy(&proxy.term))
                    .flat_map(|id| self.by_family(id))
                    .collect()
            }
            "AWS::RDS::DBInstance" => match self.cluster_of(id) {
                Some(cluster) => self.own_port(cluster),
                None => match self.own_port(id) {
                    // A replica has the engine and the port of what it copies.
                    ports if ports.is_empty() => self.copied_from(id).map_or(ports, |source| self.own_port(source)),
                    ports => ports,
                },
            },
            "AWS::EC2::VPCEndpoint" => vec![Port::known(443, self.resolved.exists(id))],
            _ => self.own_port(id),
        }
    }

    /// The proxy of the template that a term names.
    pub fn own_proxy(&self, term: &Term<'a>) -> Option<&'a str> {
        match term {
            Term::Own(id) if self.kind(id) == "AWS::RDS::DBProxy" => Some(id),
            Term::Given(name) => self.of_kind("AWS::RDS::DBProxy").find(|id| {
                let own = self.resolved.property(id, "DBProxyName");
                own.iter().any(|case| !case.value.is_absent() && self.resolved.same(&case.value, name) == Some(true))
            }),
            _ => None,
        }
    }

    /// Whether a name is for sure not that of a proxy of the template.
    pub fn is_other_proxy(&self, proxy: &str, name: &Term<'a>) -> bool {
        let Term::Given(name) = name else { return true };
        let own = self.resolved.property(proxy, "DBProxyName");
        own.iter().all(|case| self.resolved.same(&case.value, name) == Some(false))
    }

    /// Every proxy of a family listens on its port, whatever that of its database is.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connecting.html>
    fn by_family(&self, proxy: &str) -> Vec<Port<'a>> {
        let families = self.resolved.property(proxy, "EngineFamily").into_iter();
        let families = families.flat_map(|case| self.resolved.spread(case));
        families.filter_map(|case| Some(Port::known(port_of_family(case.value.text()?)?, case.when))).collect()
    }

    fn own_port(&self, id: &str) -> Vec<Port<'a>> {
        let mut ports = Vec::new();
        for case in self.resolved.property(id, "Port") {
            if case.value.is_absent() {
                ports.extend(self.engine_ports(id, case.when));
            } else {
                ports.push(Port::of(self.settled_port(case.value), case.when, Some(case.source)));
            }
        }
        ports
    }

    fn engine_ports(&self, id: &str, under: Formula) -> Vec<Port<'a>> {
        let fixed = match self.kind(id) {
            "AWS::DocDB::DBCluster" => Some(27017),
            "AWS::Neptune::DBCluster" => Some(8182),
            "AWS::Redshift::Cluster" => Some(5439),
            "AWS::ElastiCache::ReplicationGroup" => Some(6379),
            _ => None,
        };
        if let Some(port) = fixed {
            return vec![Port::known(port, under)];
        }
        let engines = self.resolved.property(id, "Engine").into_iter().flat_map(|case| self.resolved.spread(case));
        let port = |case: crate::resolve::Case<'a>| {
            Some(Port::known(default_port(case.value.text()?)?, self.resolved.and(under, case.when)))
        };
        engines.filter_map(port).collect()
    }
}

/// The port on which the proxies of a family listen.
pub fn port_of_family(family: &str) -> Option<u16> {
    match family {
        "MYSQL" => Some(3306),
        "POSTGRESQL" => Some(5432),
        "SQLSERVER" => Some(1433),
        _ => None,
    }
}

/// The port on which an engine listens unless it is given another one.
///
/// Source: <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>, `Port`
fn default_port(engine: &str) -> Option<u16> {
    // RDS takes the names of engines in any spelling: `MySQL` is `mysql`.
    let engine = engine.to_ascii_lowercase();
    match engine.as_str() {
        "mysql" | "mariadb" | "aurora" | "aurora-mysql" => Some(3306),
        "postgres" | "aurora-postgresql" => Some(5432),
        "redis" | "valkey" => Some(6379),
        "memcached" => Some(11211),
        _ if engine.starts_with("oracle-") || engine.starts_with("custom-oracle-") => Some(1521),
        _ if engine.starts_with("sqlserver-") || engine.starts_with("custom-sqlserver-") => Some(1433),
        _ if engine.starts_with("db2-") => Some(50000),
        _ => None,
    }
}
