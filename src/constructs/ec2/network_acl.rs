//! Network ACLs: a second wall, around subnets.

use std::collections::BTreeMap;

use super::codes;
use super::tier::{AnyTier, Tier};
use crate::aws::ec2::{self, NetworkAclEntry, SubnetNetworkAclAssociation, network_acl_entry::PortRange};
use crate::diagnostic::Diagnostic;
use crate::network::{Cidr, Protocol};
use crate::stack::{Bag, Construct, Handle, IntoValue, Lowering, Port, SubnetId, Value};

/// The numbers that a rule may have.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html>
const NUMBERS: std::ops::RangeInclusive<i64> = 1..=32766;

/// What a network ACL does with some packets.
///
/// ```
/// use formwork::prelude::*;
/// let rules = [
///     AclRule::allow(cidr("10.20.0.0/16"), tcp(5432)),
///     AclRule::allow(cidr("10.20.0.0/16"), ephemeral()),
///     AclRule::deny_all(cidr("0.0.0.0/0")),
/// ];
/// ```
#[derive(Clone, Debug)]
#[must_use = "a rule holds once `inbound` or `outbound` takes it"]
pub struct AclRule {
    allows: bool,
    range: Value<Cidr>,
    /// None: every protocol and port.
    port: Option<Port>,
}

impl AclRule {
    /// Lets packets from (or to) the addresses through where they are for `port`.
    pub fn allow(range: impl IntoValue<Cidr>, port: Port) -> Self {
        Self { allows: true, range: range.into_value(), port: Some(port) }
    }

    /// Drops packets from (or to) the addresses where they are for `port`.
    pub fn deny(range: impl IntoValue<Cidr>, port: Port) -> Self {
        Self { allows: false, ..Self::allow(range, port) }
    }

    /// Lets every packet from (or to) the addresses through.
    pub fn allow_all(range: impl IntoValue<Cidr>) -> Self {
        Self { allows: true, range: range.into_value(), port: None }
    }

    /// Drops every packet from (or to) the addresses.
    pub fn deny_all(range: impl IntoValue<Cidr>) -> Self {
        Self { allows: false, ..Self::allow_all(range) }
    }

    fn entry(&self, acl: Value<String>, number: i64) -> NetworkAclEntry {
        let action = if self.allows { "allow" } else { "deny" };
        let entry = NetworkAclEntry::new(acl, self.protocol(), action, number);
        let entry = match self.range.literal() {
            Some(range) if range.is_v6() => entry.ipv6_cidr_block(self.range.clone()),
            _ => entry.cidr_block(self.range.clone()),
        };
        let Some([from, to]) = self.port.as_ref().map(Port::ends) else { return entry };
        entry.port_range(PortRange::new().from(from).to(to))
    }

    /// The number of the protocol.
    ///
    /// Source: <https://www.iana.org/assignments/protocol-numbers/protocol-numbers.xhtml>
    fn protocol(&self) -> i64 {
        match self.port.as_ref().map(Port::protocol) {
            None => -1,
            Some(Protocol::Tcp) => 6,
            Some(Protocol::Udp) => 17,
        }
    }

    /// Whether it may let answers to connections through that `other` lets through the other way. What is not known
    /// now may.
    fn answers(&self, other: &Self) -> bool {
        let apart = match (self.range.literal(), other.range.literal()) {
            (Some(own), Some(others)) => !own.overlaps(others),
            _ => false,
        };
        self.allows && !apart && self.port.as_ref().is_none_or(is_ephemeral)
    }

    /// Whether it lets connections through, not only answers.
    fn opens(&self) -> bool {
        self.allows && self.port.as_ref().is_some_and(|port| port.protocol() == Protocol::Tcp && !is_ephemeral(port))
    }
}

/// Whether ports are such as clients open connections from: more than a few beyond 1024. What is not known now may be.
fn is_ephemeral(port: &Port) -> bool {
    let Some((protocol, ports)) = port.literal() else { return true };
    protocol == Protocol::Tcp && ports.to > 1024 && ports.to - ports.from > 1000
}

/// A network ACL for the subnets of a tier: numbered rules for the packets that enter, and for those that leave. The
/// first rule that fits a packet, by number, decides; a packet that fits none is dropped.
///
/// It knows no connections: whoever lets a call in has to let the answer out, to the client's [`ephemeral`](crate::stack::ephemeral) ports, and
/// the other way round. Traffic within a subnet does not pass it. Security groups do what it does with less effort; it
/// is for what must never pass, whatever the groups say.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html>
///
/// ```
/// use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
/// let vpc = stack.add("Vpc", Vpc::new(cidr("10.20.0.0/16")));
/// let data = stack.add("Data", PrivateSubnets::new(vpc));
/// let acl = NetworkAcl::new(data)
///     .inbound(100, AclRule::allow(vpc.range(), tcp(5432)))
///     .outbound(100, AclRule::allow(vpc.range(), ephemeral()));
/// stack.add("DataAcl", acl);
/// # assert!(stack.lower().diagnostics.is_empty());
/// ```
#[must_use = "nothing is created until `stack.add` takes it"]
pub struct NetworkAcl {
    acl: ec2::NetworkAcl,
    tier: AnyTier,
    rules: [BTreeMap<i64, AclRule>; 2],
    repeated: Vec<(usize, i64)>,
}

/// The directions: how a finding names them, and a logical id.
const DIRECTIONS: [(&str, &str); 2] = [("inbound", "In"), ("outbound", "Out")];

impl NetworkAcl {
    /// A network ACL in the place of the one that the subnets have from their VPC, which lets everything through. It
    /// lets nothing through until rules say so. The subnets are new ones: those that exist have an ACL that someone
    /// wrote.
    #[track_caller]
    pub fn new<T: Tier>(subnets: Handle<T>) -> Self {
        let (tier, rules) = (AnyTier::of(subnets), Default::default());
        Self { acl: ec2::NetworkAcl::new(Value::Absent), tier, rules, repeated: Vec::new() }
    }

    /// A rule for packets that enter the subnets. Numbers are from 1 to 32766; leave room between them.
    pub fn inbound(self, number: i64, rule: AclRule) -> Self {
        self.rule(0, number, rule)
    }

    /// A rule for packets that leave the subnets.
    pub fn outbound(self, number: i64, rule: AclRule) -> Self {
        self.rule(1, number, rule)
    }

    fn rule(mut self, direction: usize, number: i64, rule: AclRule) -> Self {
        if self.rules[direction].insert(number, rule).is_some() {
            self.repeated.push((direction, number));
        }
        self
    }

    fn report_numbers(&self, lowering: &mut Lowering<'_>) {
        let error = |message| Diagnostic::error(codes::ACL, message);
        for (direction, number) in &self.repeated {
            let message = format!("two {} rules have the number {number}", DIRECTIONS[*direction].0);
            lowering.report(error(message).help("the lower number decides: give one of them another"));
        }
        for number in self.rules.iter().flat_map(BTreeMap::keys).filter(|number| !NUMBERS.contains(number)) {
            let message = format!("a rule of a network ACL cannot have the number {number}");
            lowering.report(error(message).help("numbers are from 1 to 32766"));
        }
    }

    /// Calls whose answers nothing lets through.
    fn report_unanswered(&self, lowering: &mut Lowering<'_>) {
        for direction in [0, 1] {
            let back = &self.rules[1 - direction];
            for (number, rule) in self.rules[direction].iter().filter(|(_, rule)| rule.opens()) {
                if !back.values().any(|other| other.answers(rule)) {
                    let [(there, _), (answer, _)] = [DIRECTIONS[direction], DIRECTIONS[1 - direction]];
                    let message = format!(
                        "{there} rule {number} lets calls through, and no {answer} rule lets the answers through"
                    );
                    let cure = format!("add `.{answer}({number}, AclRule::allow(…, ephemeral()))`");
                    lowering.report(Diagnostic::warning(codes::ACL, message).help(cure));
                }
            }
        }
    }

    /// The ACL before this one that has the same subnets.
    fn second(&self, lowering: &Lowering<'_>) -> Option<Diagnostic> {
        let (stack, own) = (lowering.stack(), lowering.handle());
        let created = stack.created::<Self>();
        let mut before = created.iter().take_while(|(handle, _)| handle.any() != own);
        let (other, _) = before.find(|(_, acl)| acl.tier.handle == self.tier.handle)?;
        let (tier, other) = (stack.name_of(self.tier.handle), stack.name_of(other.any()));
        let message = format!("`{tier}` has the network ACL `{other}` already, and a subnet has one");
        Some(Diagnostic::error(codes::ACL, message).help("put the rules of both into one"))
    }

    fn existing_subnets(&self, lowering: &Lowering<'_>) -> Option<Diagnostic> {
        let stack = lowering.stack();
        (!stack.creates(self.tier.handle)).then(|| {
            let message = format!("the subnets of `{}` exist, and have a network ACL", stack.name_of(self.tier.handle));
            Diagnostic::error(codes::ACL, message).help("whoever keeps them adds the rules: leave the ACL out here")
        })
    }

    fn add_rules(&self, lowering: &mut Lowering<'_>) {
        for (n, (_, suffix)) in DIRECTIONS.into_iter().enumerate() {
            for (number, rule) in &self.rules[n] {
                let entry = rule.entry(lowering.own("", "Id"), *number);
                lowering.add(&format!("{suffix}{number}"), entry.egress(n == 1));
            }
        }
    }
}

impl Construct for NetworkAcl {
    fn bag(&mut self) -> &mut Bag {
        self.acl.bag()
    }

    fn lower(&self, lowering: &mut Lowering<'_>) {
        let Some((name, tier)) = self.tier.find(lowering) else { return };
        if let Some(fault) = self.existing_subnets(lowering).or_else(|| self.second(lowering)) {
            return lowering.report(fault);
        }
        self.report_numbers(lowering);
        self.report_unanswered(lowering);
        let subnets = tier.subnets();
        lowering.complete(ec2::NetworkAcl::new(subnets.vpc.id()));
        self.add_rules(lowering);
        for n in 1..=subnets.count() {
            let subnet: Value<SubnetId> = super::tier::named(format!("{name}{n}"), "SubnetId");
            let acl: Value<String> = lowering.own("", "Id");
            lowering.add(&format!("{n}Association"), SubnetNetworkAclAssociation::new(acl, subnet));
        }
    }
}
