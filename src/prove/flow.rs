//! One flow: who opens connections, to whom, on which port.

use std::rc::Rc;

use super::model::{Interface, Kind, Model, Placed, Port, Side, Term};
use crate::resolve::{Formula, Resolution};

/// One end of a flow.
#[derive(Clone, Debug)]
pub struct End<'a> {
    /// As it is called.
    pub name: String,
    /// Its interfaces, if a resource of the template has them.
    pub interface: Option<Rc<Interface<'a>>>,
    /// Its security groups.
    pub groups: Vec<Placed<'a>>,
    /// Its subnets; none: they are not known.
    pub subnets: Vec<Placed<'a>>,
    /// Its VPCs; none: they are not known.
    pub vpcs: Vec<Placed<'a>>,
    /// In which worlds it is in no VPC.
    pub outside: Formula,
    /// Whether it exists already, so that its groups and subnets are not known.
    pub given: bool,
}

impl<'a> End<'a> {
    /// A resource with interfaces.
    pub fn of(model: &Model<'a>, interface: Rc<Interface<'a>>) -> Self {
        Self {
            name: interface.id.to_owned(),
            groups: interface.groups.clone(),
            subnets: interface.subnets.clone(),
            vpcs: model.vpcs_of(&interface),
            outside: interface.outside,
            given: false,
            interface: Some(interface),
        }
    }

    /// The members of a security group.
    pub fn of_group(model: &Model<'a>, id: &'a str) -> Self {
        let group = Placed { when: model.resolved.exists(id), term: Term::Own(id), source: None };
        let vpcs = model.vpcs_of_group(&group.term);
        let groups = vec![group];
        Self {
            name: id.to_owned(),
            interface: None,
            groups,
            subnets: Vec::new(),
            vpcs,
            outside: Formula::FALSE,
            given: false,
        }
    }

    /// A database or proxy that exists already, by its name: as the facts have it, if they do.
    pub fn of_existing(model: &Model<'a>, term: &Term<'a>) -> Self {
        let text = |id: &'a String| Resolution::Text(std::borrow::Cow::Borrowed(id.as_str()));
        let placed = |id: &'a String| Placed { when: Formula::TRUE, term: Term::Given(text(id)), source: None };
        let known = term.id().and_then(|id| model.facts.listener(id));
        Self {
            name: match term {
                Term::Given(value) => super::model::named(value),
                other => other.to_string().replace('`', ""),
            },
            interface: None,
            groups: known.into_iter().flat_map(|known| &known.groups).map(placed).collect(),
            subnets: known.into_iter().flat_map(|known| &known.subnets).map(placed).collect(),
            vpcs: known.and_then(|known| known.vpc.as_ref()).map(placed).into_iter().collect(),
            outside: Formula::FALSE,
            given: known.is_none(),
        }
    }

    /// As it is called in sentences.
    pub fn told(&self) -> String {
        format!("`{}`", self.name)
    }

    /// The resource, if the template has it.
    pub fn id(&self) -> Option<&'a str> {
        let by_group = || match (self.groups.as_slice(), self.subnets.is_empty()) {
            ([Placed { term: Term::Own(id), .. }], true) if *id == self.name => Some(*id),
            _ => None,
        };
        self.interface.as_ref().map(|interface| interface.id).or_else(by_group)
    }

    /// Its kind, if a resource of the template has interfaces.
    pub fn kind(&self) -> Option<Kind> {
        self.interface.as_ref().map(|interface| interface.kind)
    }

    /// It as the far end of rules, at each of its subnets.
    pub fn sides(&self, v6: bool) -> Vec<Side<'_, 'a>> {
        let side = |subnet| Side { groups: &self.groups, subnet, v6, given: self.given, beyond: &[] };
        match self.subnets.is_empty() {
            true => vec![side(None)],
            false => self.subnets.iter().map(|subnet| side(Some(subnet))).collect(),
        }
    }

    /// The pointer to the property that names its groups.
    pub fn groups_at(&self) -> Option<(&'a str, String)> {
        let interface = self.interface.as_ref()?;
        Some((
            interface.id,
            crate::template::pointer(
                ["Resources", interface.id, "Properties"].into_iter().chain(interface.groups_at.split('/')),
            ),
        ))
    }

    /// The pointer to the property that names its subnets.
    pub fn subnets_at(&self) -> Option<(&'a str, String)> {
        let interface = self.interface.as_ref()?;
        Some((
            interface.id,
            crate::template::pointer(
                ["Resources", interface.id, "Properties"].into_iter().chain(interface.subnets_at.split('/')),
            ),
        ))
    }
}

/// A flow, in the worlds that count.
#[derive(Clone, Debug)]
pub struct Flow<'a> {
    /// Who opens connections.
    pub from: End<'a>,
    /// Who listens.
    pub to: End<'a>,
    /// The worlds that count.
    pub under: Formula,
    /// Where the far end listens; none: that is not known.
    pub ports: Vec<Port<'a>>,
    /// Where the client connects, if it was told a port.
    pub client_ports: Vec<Port<'a>>,
    /// The API that is meant, where the far end is an endpoint of it.
    pub service: Option<String>,
    /// Whether it goes by IPv6.
    pub v6: bool,
}

impl<'a> Flow<'a> {
    /// The worlds that count in which the near end is in a VPC.
    pub fn inside(&self, model: &Model<'a>) -> Formula {
        model.without(self.under, self.from.outside)
    }

    /// It by its family, to be put behind a port: nothing where it goes by IPv4, as all does that says nothing else.
    pub fn told_family(&self) -> &'static str {
        if self.v6 { " by IPv6" } else { "" }
    }

    /// The ports as they are told: `tcp 5432`.
    pub fn told_port(&self) -> String {
        match self.ports.first() {
            Some(port) => port.told(),
            None => "its port".to_owned(),
        }
    }
}
