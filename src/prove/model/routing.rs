//! Route tables: where packets of a subnet go.

use super::{Judged, Model, Placed, Term, loose};
use crate::resolve::{Formula, Resolution};

/// Where a route leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Way<'a> {
    /// To a NAT gateway.
    Nat(Term<'a>),
    /// To an internet gateway, which serves interfaces with public addresses only.
    Internet,
    /// To an egress-only internet gateway, which serves IPv6 only.
    EgressOnly,
    /// To a peered VPC.
    Peering(Term<'a>),
    /// To something whose own routes are not looked into: a transit gateway, a VPN, an appliance.
    Beyond(&'static str),
    /// There is no route.
    Nowhere,
    /// The routes are not known: the subnet exists already.
    Unknown,
}

/// Where packets go, with the route that says so: worlds that exclude each other.
pub type Ways<'a> = Vec<(Formula, Way<'a>, Option<&'a str>)>;

/// The properties of a route that name its target, and what that is.
const TARGETS: &[(&str, &str)] = &[
    ("NatGatewayId", "nat"),
    ("GatewayId", "gateway"),
    ("VpcPeeringConnectionId", "peering"),
    ("TransitGatewayId", "a transit gateway"),
    ("VpcEndpointId", "a gateway load balancer endpoint"),
    ("NetworkInterfaceId", "a network interface"),
    ("InstanceId", "an instance"),
    ("EgressOnlyInternetGatewayId", "egress-only"),
    ("CarrierGatewayId", "a carrier gateway"),
    ("LocalGatewayId", "a local gateway"),
    ("CoreNetworkArn", "a core network"),
];

impl<'a> Model<'a> {
    /// The route tables that a subnet has, and where it has the main one of its VPC.
    pub fn tables_of(&self, subnet: &Term<'a>) -> (Vec<Placed<'a>>, Formula) {
        let mut tables = Vec::new();
        for id in self.of_kind("AWS::EC2::SubnetRouteTableAssociation") {
            let subnets = self.terms(id, "SubnetId");
            let here = subnets.iter().filter(|placed| placed.term.same(subnet, self.resolved) == Some(true));
            let when = here.fold(Formula::FALSE, |any, placed| self.resolved.or(any, placed.when));
            if self.resolved.is_possible(when) {
                tables.extend(
                    self.terms(id, "RouteTableId")
                        .into_iter()
                        .map(|table| Placed { when: self.resolved.and(when, table.when), ..table }),
                );
            }
        }
        let exists = subnet.own().map_or(Formula::TRUE, |id| self.resolved.exists(id));
        let rest = self.without(exists, self.any_of(&tables));
        (tables, rest)
    }

    /// Where packets of a subnet go that are for the internet.
    pub fn outward(&self, subnet: &Term<'a>) -> Ways<'a> {
        let (tables, rest) = self.tables_of(subnet);
        let mut ways = Vec::new();
        for table in &tables {
            self.default_routes(table, &mut ways);
        }
        if self.resolved.is_possible(rest) {
            let known = subnet.id().and_then(|id| self.facts.outward(id));
            let way = match (subnet, known) {
                (_, Some(way)) => way,
                (Term::Own(_), None) => Way::Nowhere,
                _ => Way::Unknown,
            };
            ways.push((rest, way, None));
        }
        ways
    }

    /// The route by which packets of IPv6 leave a subnet for the internet, if there is one: interfaces of a function have
    /// addresses of IPv6 that are known there.
    ///
    /// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html>
    pub fn outward_by_v6(&self, subnet: &Term<'a>) -> Option<&'a str> {
        let is_out = |route: &Route<'a>| {
            let six = route.six.as_ref().and_then(Resolution::text).and_then(loose);
            matches!(route.way, Way::Internet | Way::EgressOnly) && six.is_some_and(|six| six.prefix() == 0)
        };
        let tables = self.tables_of(subnet).0;
        tables.iter().find_map(|table| self.routes_of(&table.term).into_iter().find(is_out)).map(|route| route.id)
    }

    fn default_routes(&self, table: &Placed<'a>, ways: &mut Ways<'a>) {
        let mut left = table.when;
        let routes = self.routes_of(&table.term);
        for route in &routes {
            let is_default = route.range.as_ref().is_some_and(|range| match range.text() {
                Some(text) => loose(text).is_some_and(|range| range.prefix() == 0 && !range.is_v6()),
                None => true,
            });
            let when = self.resolved.and(left, route.when);
            if is_default && self.resolved.is_possible(when) {
                let is_certain = route.range.as_ref().is_some_and(|range| range.text().is_some());
                ways.push((when, if is_certain { route.way.clone() } else { Way::Unknown }, Some(route.id)));
                left = self.without(left, when);
            }
        }
        self.halves(&routes, &mut left, ways);
        self.lesser(&routes, &mut left, ways);
        if self.resolved.is_possible(left) {
            let is_open = table.term.own().is_none() || self.toucher(&table.term).is_some();
            // Endpoints may be shared from another network that some route leads to.
            let leads_on = |route: &Route<'a>| matches!(route.way, Way::Peering(_) | Way::Beyond(_) | Way::Unknown);
            let way = match (is_open, self.routes_of(&table.term).iter().any(leads_on)) {
                (true, _) => Way::Unknown,
                (false, true) => Way::Beyond("another network"),
                (false, false) => Way::Nowhere,
            };
            ways.push((left, way, None));
        }
    }

    /// Two routes that are a default route together.
    fn halves(&self, routes: &[Route<'a>], left: &mut Formula, ways: &mut Ways<'a>) {
        let is = |route: &Route<'a>, range: &str| route.range.as_ref().and_then(Resolution::text) == Some(range);
        for lower in routes.iter().filter(|route| is(route, "0.0.0.0/1")) {
            for upper in routes.iter().filter(|route| is(route, "128.0.0.0/1") && route.way == lower.way) {
                let when = self.resolved.and(*left, self.resolved.and(lower.when, upper.when));
                if self.resolved.is_possible(when) {
                    ways.push((when, lower.way.clone(), Some(lower.id)));
                    *left = self.without(*left, when);
                }
            }
        }
    }

    /// Without a default route: routes to some addresses of the internet, by IPv6, or to networks that may have endpoints
    /// for all that are linked with them.
    fn lesser(&self, routes: &[Route<'a>], left: &mut Formula, ways: &mut Ways<'a>) {
        for route in routes {
            let what = match (&route.way, route.range.as_ref().and_then(Resolution::text).and_then(loose)) {
                (Way::Beyond(what), _) => what,
                (Way::Peering(_), _) => "a peered VPC",
                (Way::Nat(_), None) => "addresses that are not known",
                (Way::Nat(_), Some(range)) if !is_private(&range) => "some addresses of the internet",
                _ => continue,
            };
            let when = self.resolved.and(*left, route.when);
            if self.resolved.is_possible(when) {
                ways.push((when, Way::Beyond(what), Some(route.id)));
                *left = self.without(*left, when);
            }
        }
    }

    fn routes_of(&self, table: &Term<'a>) -> Vec<Route<'a>> {
        let mut routes = Vec::new();
        for id in self.of_kind("AWS::EC2::Route") {
            let tables = self.terms(id, "RouteTableId");
            let here = tables.iter().filter(|placed| placed.term.same(table, self.resolved) == Some(true));
            let when = here.fold(Formula::FALSE, |any, placed| self.resolved.or(any, placed.when));
            if self.resolved.is_possible(when) {
                self.read_route(id, when, &mut routes);
            }
        }
        routes
    }

    /// What is known of the routes of a subnet that exists.
    fn known_routes(&self, subnet: &Term<'a>) -> Vec<Route<'a>> {
        let Some((id, routes)) = subnet.id().and_then(|id| self.facts.routes(id)) else { return Vec::new() };
        let route = |(range, way): (&'a str, Way<'a>)| {
            let is_six = loose(range).is_some_and(|range| range.is_v6());
            let range = Some(Resolution::Text(range.into()));
            let (range, six) = if is_six { (None, range) } else { (range, None) };
            Route { id, when: Formula::TRUE, range, six, way }
        };
        routes.into_iter().map(route).collect()
    }

    fn read_route(&self, id: &'a str, when: Formula, routes: &mut Vec<Route<'a>>) {
        let present = |property| {
            let cases = self.resolved.property(id, property).into_iter().filter(|case| !case.value.is_absent());
            cases.map(|case| (self.resolved.and(when, case.when), Some(case.value))).collect::<Vec<_>>()
        };
        let (fours, sixes) = (present("DestinationCidrBlock"), present("DestinationIpv6CidrBlock"));
        let is_six = fours.is_empty() && !sixes.is_empty();
        let mut ranges: Vec<_> = fours.into_iter().map(|(when, range)| (when, range, None)).collect();
        ranges.extend(sixes.into_iter().map(|(when, six)| (when, None, six)));
        if ranges.is_empty() {
            ranges.push((when, None, None));
        }
        // A NAT gateway leads packets of IPv4 on, or of IPv6 to IPv4 where there is no other.
        let targets = TARGETS.iter().filter(|(_, what)| !is_six || *what != "nat");
        for (property, what) in targets {
            for target in self.terms(id, property) {
                for (under, range, six) in &ranges {
                    let when = self.resolved.and(*under, target.when);
                    if self.resolved.is_possible(when) {
                        let (range, six) = (range.clone(), six.clone());
                        routes.push(Route { id, when, range, six, way: self.way(what, &target.term) });
                    }
                }
            }
        }
    }

    fn way(&self, what: &'static str, target: &Term<'a>) -> Way<'a> {
        match what {
            "nat" => Way::Nat(target.clone()),
            "egress-only" => Way::EgressOnly,
            "peering" => Way::Peering(target.clone()),
            "gateway" => match (target.own().map(|id| self.kind(id)), target.id()) {
                (Some("AWS::EC2::InternetGateway"), _) => Way::Internet,
                (_, Some(id)) if id.starts_with("igw-") => Way::Internet,
                (None, None) => Way::Unknown,
                _ => Way::Beyond("a gateway"),
            },
            what => Way::Beyond(what),
        }
    }

    /// Routes of a subnet that take packets for another subnet of the VPC elsewhere, since they are more specific than the
    /// local one.
    pub fn detours(&self, from: &Term<'a>, to: &Placed<'a>, v6: bool) -> Ways<'a> {
        let (tables, rest) = self.tables_of(from);
        let mut found = Vec::new();
        let known = Placed { when: rest, term: from.clone(), source: None };
        for (table, routes) in
            tables.iter().map(|table| (table, self.routes_of(&table.term))).chain([(&known, self.known_routes(from))])
        {
            for route in routes {
                let Some(range) = route.range_of(v6) else { continue };
                let is_default = range.text().and_then(loose).is_none_or(|range| range.prefix() == 0);
                let covers = self.covers(range, to, v6).fact;
                // Nothing that holds the whole VPC is more specific than the local route.
                let mut whole = if v6 { self.holds_a_vpc(range, to) } else { Formula::FALSE };
                for vpc in self.vpcs_of_subnet(&to.term).into_iter().filter(|_| !v6) {
                    let blocks = self.blocks_of_vpc(&vpc.term);
                    let held = |block| self.holds_whole(range, block).open;
                    whole = blocks.iter().fold(whole, |all, block| self.resolved.or(all, held(block)));
                    whole = if blocks.is_empty() { Formula::TRUE } else { whole };
                }
                let when = self.without(self.resolved.and(self.resolved.and(table.when, route.when), covers), whole);
                if !is_default && self.resolved.is_possible(when) {
                    found.push((when, route.way, Some(route.id)));
                }
            }
        }
        found
    }

    /// Where a subnet has a route by one of the peerings that covers another subnet.
    pub fn routed_by(&self, from: &Term<'a>, to: &Placed<'a>, peerings: &[(Formula, &'a str)], v6: bool) -> Judged {
        let (tables, rest) = self.tables_of(from);
        let mut all = Judged::NEVER;
        let mut ranges = Vec::new();
        for table in &tables {
            if table.term.own().is_none() || self.toucher(&table.term).is_some() {
                all = all.or(Judged::foreign(table.when), self.resolved);
            }
            for route in self.routes_of(&table.term) {
                let Way::Peering(peering) = &route.way else { continue };
                let is_one = peerings.iter().any(|(_, id)| peering.own() == Some(id));
                if let (true, Some(range)) = (is_one, route.range_of(v6)) {
                    let when = self.resolved.and(table.when, route.when);
                    all = all.or(self.covers(range, to, v6).within(when, self.resolved), self.resolved);
                    ranges.push((when, range.clone()));
                }
            }
        }
        for route in self.known_routes(from) {
            let is_one =
                matches!(&route.way, Way::Peering(peering) if peerings.iter().any(|(_, id)| peering.id() == Some(id)));
            if let (true, Some(range)) = (is_one, route.range_of(v6)) {
                all = all.or(self.covers(range, to, v6).within(rest, self.resolved), self.resolved);
                ranges.push((rest, range.clone()));
            }
        }
        if ranges.len() > 1 {
            all = all.or(Judged::fact(self.covered_by(&ranges, to, v6)), self.resolved);
        }
        if from.own().is_none() && from.id().is_none_or(|id| self.facts.routes(id).is_none()) {
            all = all.or(Judged::foreign(rest), self.resolved);
        }
        all
    }
}

/// One route.
struct Route<'a> {
    id: &'a str,
    when: Formula,
    /// The IPv4 addresses that it is for; none if it is for others.
    range: Option<Resolution<'a>>,
    /// The IPv6 addresses that it is for; none if it is for others.
    six: Option<Resolution<'a>>,
    way: Way<'a>,
}

impl<'a> Route<'a> {
    /// The addresses of a family that it is for; none if it is for others.
    fn range_of(&self, v6: bool) -> Option<&Resolution<'a>> {
        if v6 { self.six.as_ref() } else { self.range.as_ref() }
    }
}

/// The smallest range of IPv6 that a VPC has is a `/60`: what is narrower is a part of one.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
const SMALLEST_OF_VPC: u8 = 60;

impl<'a> Model<'a> {
    /// Where a range of IPv6 may hold all of a VPC, so that it is not more specific than the local route.
    fn holds_a_vpc(&self, range: &Resolution<'a>, subnet: &Placed<'a>) -> Formula {
        let is_narrow = range.text().and_then(loose).is_some_and(|range| range.prefix() > SMALLEST_OF_VPC);
        let is_of_subnet = self.blocks_of_subnet(&subnet.term, true).iter().any(|(_, block)| block == range);
        if is_narrow || is_of_subnet { Formula::FALSE } else { Formula::TRUE }
    }

    /// Whether the route tables of a subnet have a gateway endpoint of a service.
    pub fn has_gateway(&self, subnet: &Term<'a>, service: &str) -> bool {
        let (tables, _) = self.tables_of(subnet);
        let mut gateways =
            self.of_kind("AWS::EC2::VPCEndpoint").filter(|id| self.interface(id).is_none() && self.serves(id, service));
        gateways.any(|id| {
            let served = self.terms(id, "RouteTableIds");
            tables.iter().any(|table| served.iter().any(|one| one.term.same(&table.term, self.resolved) == Some(true)))
        })
    }

    /// Whether some endpoint of the template may be of a service, since the end of its service's name is not known.
    pub fn may_be_served(&self) -> bool {
        let is_unknown = |case: &crate::resolve::Case<'a>| {
            let pieces = case.value.pieces();
            pieces.is_some_and(|pieces| matches!(pieces.last(), Some(crate::resolve::Piece::Symbol(_))))
        };
        let mut endpoints = self.of_kind("AWS::EC2::VPCEndpoint");
        endpoints.any(|id| self.resolved.property(id, "ServiceName").iter().any(is_unknown))
    }

    /// Whether an endpoint is of a service: its name ends in that.
    pub fn serves(&self, endpoint: &str, service: &str) -> bool {
        let names = self.resolved.property(endpoint, "ServiceName");
        names.iter().any(|case| {
            let text = case.value.to_string();
            text.rsplit('.').next() == Some(service)
        })
    }
}

fn is_private(range: &crate::network::Cidr) -> bool {
    match range.address() {
        std::net::IpAddr::V4(address) => address.is_private(),
        std::net::IpAddr::V6(_) => false,
    }
}
