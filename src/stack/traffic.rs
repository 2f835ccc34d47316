//! Traffic: who calls, who listens, and on which port.

use super::construct::Construct;
use super::handle::{AnyHandle, Handle};
use super::link::{Link, Term};
use super::stack::Stack;
use super::value::{IntoValue, Value};
use crate::network::{Cidr, PortRange, Protocol};
use crate::template;

/// Whoever opens connections, by its security groups.
#[diagnostic::on_unimplemented(
    message = "`{Self}` opens no connections",
    label = "no security group, or it only listens",
    note = "`allow(from, to)` goes from the one that calls to the one that listens: are the two swapped?",
    note = "functions, proxies and security groups open connections"
)]
pub trait Caller: Construct {
    /// Its security groups; `own` is its handle. None: it is outside any VPC.
    fn security_groups(&self, own: AnyHandle) -> Vec<AnyHandle>;
}

/// Whoever accepts connections, by its security groups and its port.
#[diagnostic::on_unimplemented(
    message = "`{Self}` accepts no connections",
    label = "listens on no port",
    note = "`allow(from, to)` goes from the one that calls to the one that listens: are the two swapped?",
    note = "a security group listens on a port that you name: `group.on(tcp(5432))`"
)]
pub trait Listener: Construct {
    /// Where it listens.
    fn listening(&self, stack: &Stack) -> Vec<Listening>;
}

/// A port of a protocol.
#[derive(Clone, Debug, PartialEq)]
pub struct Port {
    pub(super) protocol: Protocol,
    pub(super) from: Value<i64>,
    pub(super) to: Value<i64>,
}

/// A TCP port: a literal, or a parameter for the deployer to fill in.
///
/// ```
/// # use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
/// let group = stack.import("DatabaseSg", SecurityGroup::existing("sg-09d2a1b2c3d4e5f60"));
/// let port = stack.parameter("Port", Parameter::number().default(5432).between(1, 65_535));
/// stack.allow(cidr("10.0.0.0/16"), group.on(tcp(port)));
/// stack.allow(cidr("10.0.0.0/16"), group.on(tcp(443)));
/// ```
pub fn tcp(port: impl IntoValue<i64>) -> Port {
    let port = port.into_value();
    Port { protocol: Protocol::Tcp, from: port.clone(), to: port }
}

/// A UDP port: a literal, or a parameter.
///
/// ```
/// # use formwork::prelude::*;
/// let dns = udp(53);
/// ```
pub fn udp(port: impl IntoValue<i64>) -> Port {
    let port = port.into_value();
    Port { protocol: Protocol::Udp, from: port.clone(), to: port }
}

/// Consecutive TCP ports, the last one included.
///
/// ```
/// # use formwork::prelude::*;
/// let passive = tcp_range(49_152..=65_535);
/// ```
pub fn tcp_range(ports: std::ops::RangeInclusive<u16>) -> Port {
    let (from, to) = (Value::Literal(i64::from(*ports.start())), Value::Literal(i64::from(*ports.end())));
    Port { protocol: Protocol::Tcp, from, to }
}

/// The ports from which clients of every kind open connections, and on which they so await the answers: a network ACL,
/// which knows no connections, has to name them. TCP 1024 to 65535: the range of Lambda functions, NAT gateways and load
/// balancers; many Linux kernels use 32768 to 61000 of it.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html>
pub fn ephemeral() -> Port {
    tcp_range(1024..=65535)
}

impl Port {
    /// The protocol.
    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The first and the last port.
    pub(crate) fn ends(&self) -> [Value<i64>; 2] {
        [self.from.clone(), self.to.clone()]
    }

    /// Protocol and ports, where they are known now.
    pub(crate) fn literal(&self) -> Option<(Protocol, PortRange)> {
        let end = |end: &Value<i64>| end.literal().and_then(|port| u16::try_from(*port).ok());
        Some((self.protocol, PortRange { from: end(&self.from)?, to: end(&self.to)? }))
    }

    /// Whether it is known only where the stack is deployed.
    fn is_computed(&self) -> bool {
        [&self.from, &self.to].iter().any(|end| matches!(end, Value::Intrinsic(_)))
    }

    /// The part of a logical id that tells ports apart.
    pub(super) fn id(&self) -> String {
        let ends = [&self.from, &self.to].map(|end| match end {
            Value::Literal(port) => port.to_string(),
            Value::Intrinsic(template::Intrinsic::Reference(Link::Name(name))) => name.replace("::", ""),
            Value::Intrinsic(_) | Value::Absent => "Port".to_owned(),
        });
        let protocol = if self.protocol == Protocol::Udp { "Udp" } else { "" };
        if ends[0] == ends[1] {
            format!("{protocol}{}", ends[0])
        } else {
            format!("{protocol}{}to{}", ends[0], ends[1])
        }
    }
}

/// A far end and a port there: the members of a security group, addresses, or those of a prefix list.
#[derive(Clone, Debug, PartialEq)]
pub struct Listening {
    pub(super) end: End,
    pub(super) port: Port,
}

impl Listening {
    /// The members of `group` listen on `port`.
    pub fn new(group: impl Into<AnyHandle>, port: Port) -> Self {
        Self { end: End::Group(group.into()), port }
    }

    /// The addresses of a prefix list listen on `port`.
    pub(crate) fn prefix_list(list: AnyHandle, port: Port) -> Self {
        Self { end: End::PrefixList(list), port }
    }
}

impl Cidr {
    /// These addresses listen on `port`: a far end for `stack.allow`, which then adds the rule that lets traffic out to
    /// them. Nothing here says that something listens there, nor that a route leads there.
    ///
    /// ```
    /// use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("uat", "111122223333", Region::ApSoutheast2));
    /// # let vpc = stack.import("Vpc", Vpc::existing("vpc-0c1e37a9d4b85f620"));
    /// # let group = stack.add("Group", SecurityGroup::new(vpc, "functions"));
    /// stack.allow(group, cidr("10.0.0.0/8").on(tcp(443)));
    /// stack.allow(group, cidr("2001:db8::/32").on(tcp(443)));
    /// ```
    pub fn on(self, port: Port) -> Listening {
        Listening { end: End::Range(self), port }
    }
}

/// One end of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// The members of a security group.
    Group(AnyHandle),
    /// Addresses.
    Range(Cidr),
    /// The addresses of a prefix list.
    PrefixList(AnyHandle),
}

impl End {
    /// The security group, if it is one.
    pub(super) fn group(&self) -> Option<AnyHandle> {
        match self {
            Self::Group(group) => Some(*group),
            Self::Range(_) | Self::PrefixList(_) => None,
        }
    }

    /// The construct that it is.
    pub(super) fn handle(&self) -> Option<AnyHandle> {
        match self {
            Self::Group(handle) | Self::PrefixList(handle) => Some(*handle),
            Self::Range(_) => None,
        }
    }

    /// The same with the construct that it is replaced.
    pub(super) fn map(self, replace: impl FnOnce(AnyHandle) -> AnyHandle) -> Self {
        match self {
            Self::Group(handle) => Self::Group(replace(handle)),
            Self::Range(range) => Self::Range(range),
            Self::PrefixList(handle) => Self::PrefixList(replace(handle)),
        }
    }
}

/// The near end of traffic.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no source of traffic",
    label = "opens no connections",
    note = "functions, proxies, security groups, prefix lists and address ranges (`cidr(\"10.0.0.0/16\")`) are"
)]
pub trait Source {
    #[doc(hidden)]
    fn ends(self, stack: &mut Stack) -> Ends;
}

/// The far end of traffic.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no destination of traffic",
    label = "accepts no connections",
    note = "databases, proxies, endpoints and `group.on(tcp(5432))` are, so is `cidr(\"10.0.0.0/8\").on(tcp(443))`"
)]
pub trait Destination {
    #[doc(hidden)]
    fn listening(self, stack: &mut Stack) -> Listeners;
}

/// What a source comes down to.
#[derive(Debug)]
pub struct Ends(pub(super) Vec<End>);

/// What a destination comes down to.
#[derive(Debug)]
pub struct Listeners(pub(super) Vec<Listening>);

impl Ends {
    /// The addresses of a prefix list.
    pub(crate) fn prefix_list(list: AnyHandle) -> Self {
        Self(vec![End::PrefixList(list)])
    }
}

impl<T: Caller> Source for Handle<T> {
    #[track_caller]
    fn ends(self, stack: &mut Stack) -> Ends {
        stack.check_known(self.any());
        let groups = stack.noun(self).map(|noun| noun.security_groups(self.any()));
        if groups.as_ref().is_some_and(Vec::is_empty) {
            stack.report_no_group(self.any());
        }
        Ends(groups.unwrap_or_default().into_iter().map(End::Group).collect())
    }
}

impl Source for Cidr {
    fn ends(self, _: &mut Stack) -> Ends {
        Ends(vec![End::Range(self)])
    }
}

impl<T: Listener> Destination for Handle<T> {
    #[track_caller]
    fn listening(self, stack: &mut Stack) -> Listeners {
        stack.check_known(self.any());
        let listening = stack.noun(self).map_or_else(Vec::new, |noun| noun.listening(stack));
        if listening.iter().any(|listening| listening.port.is_computed()) {
            stack.check_own_port(self.any());
        }
        Listeners(listening)
    }
}

impl Destination for Listening {
    fn listening(self, _: &mut Stack) -> Listeners {
        Listeners(vec![self])
    }
}

/// Traffic that a stack lets through.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Flow {
    pub(super) from: End,
    pub(super) to: Listening,
    pub(super) location: &'static std::panic::Location<'static>,
}

/// A range of addresses.
///
/// ```
/// # use formwork::prelude::*;
/// let network = cidr("10.20.0.0/16");
/// let one = cidr("10.20.3.4/32");
/// ```
///
/// # Panics
///
/// If the text is no range of addresses. A range from outside the program is read with `text.parse::<Cidr>()`, which
/// returns the fault instead.
#[track_caller]
pub fn cidr(block: &str) -> Cidr {
    match block.parse() {
        Ok(cidr) => cidr,
        Err(fault) => panic!("{fault}"),
    }
}

pub(super) fn port_term(value: &Value<i64>) -> Term {
    value.clone().into_term_or_no_value()
}
