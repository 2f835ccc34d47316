//! The network that a template describes, read from it when it is first asked for.
//!
//! Groups, subnets and VPCs are symbols: their ids and addresses do not exist yet. Where two of them are the same, or a
//! range covers a subnet, is a question with the answers of [`Judged`].

mod acl;
mod address;
mod family;
mod group;
mod interface;
mod judged;
mod port;
mod quick;
mod routing;
mod rule;
mod term;
mod touch;
mod union;
mod vpc;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use super::facts::Facts;
use super::flow::End;
use crate::resolve::{Element, Formula, Piece, Resolution, Resolved};
use crate::template::{Resource, Value};

pub use acl::{Acl, EPHEMERAL, Entry, Far, Passage, Side};
pub use address::loose;
pub use family::Families;
pub use group::{Grounds, Reason};
pub use interface::{Interface, Kind, port_of_family};
pub use judged::Judged;
pub use port::{Port, Ports};
pub use routing::Way;
pub use rule::{Direction, GroupRule, Peer};
pub use term::{Placed, Term, named};

/// What is looked up millions of times, by ids of the template, which nobody chooses to make collide.
type HashMap<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;

/// Whether a range covers a subnet, by IPv6 or not.
type Covered<'a> = HashMap<(Cow<'a, str>, &'a str, bool), Judged>;

/// A template as a network.
pub struct Model<'a> {
    /// What the template means.
    pub resolved: &'a Resolved<'a>,
    /// What is known of things that exist.
    pub facts: &'a Facts,
    kinds: HashMap<&'a str, Vec<&'a str>>,
    interfaces: RefCell<HashMap<&'a str, Option<Rc<Interface<'a>>>>>,
    rules: OnceCell<rule::Rules<'a>>,
    touched: OnceCell<HashMap<&'a str, &'a str>>,
    users: OnceCell<HashMap<&'a str, Vec<&'a str>>>,
    settling: RefCell<Vec<&'a str>>,
    speaks_v6: OnceCell<bool>,
    known: quick::Known<'a>,
    covered: RefCell<Covered<'a>>,
    ends: OnceCell<Vec<End<'a>>>,
}

impl<'a> Model<'a> {
    /// The network of a template.
    pub fn new(resolved: &'a Resolved<'a>, facts: &'a Facts) -> Self {
        let mut kinds: HashMap<&str, Vec<&str>> = HashMap::default();
        for (id, resource) in &resolved.template().resources {
            kinds.entry(resource.kind.as_str()).or_default().push(id);
        }
        Self {
            resolved,
            facts,
            kinds,
            interfaces: RefCell::default(),
            rules: OnceCell::new(),
            touched: OnceCell::new(),
            users: OnceCell::new(),
            settling: RefCell::default(),
            speaks_v6: OnceCell::new(),
            known: RefCell::default(),
            covered: RefCell::default(),
            ends: OnceCell::new(),
        }
    }

    /// A resource.
    pub fn resource(&self, id: &str) -> Option<&'a Resource> {
        self.resolved.template().resources.get(id)
    }

    /// The type of a resource; empty if there is none of this name.
    pub fn kind(&self, id: &str) -> &'a str {
        self.resource(id).map_or("", |resource| resource.kind.as_str())
    }

    /// The resources of a type, in the order of the template.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.kinds.get(kind).cloned().unwrap_or_default().into_iter()
    }

    /// What a property names, which is one term or a list of them.
    pub fn terms(&self, id: &str, path: &str) -> Vec<Placed<'a>> {
        let elements = self.resolved.elements(id, path).into_iter().filter(|element| !element.value.is_absent());
        let placed = |element: Element<'a>| {
            let Element { when, value, source, .. } = element;
            let values = listed(value).into_iter();
            values.map(move |value| Placed { when, term: Term::of(self.resolved, &value), source: Some(source) })
        };
        elements.flat_map(placed).collect()
    }

    /// What is known of an existing group.
    pub fn group_facts(&self, group: &Term<'a>) -> Option<&'a super::facts::Group> {
        match group {
            Term::Given(value) => self.facts.group(value.text()?),
            _ => None,
        }
    }

    /// The resources that name another one, in the order of the template: who uses a group is asked once a rule, so that
    /// all are looked through once.
    pub fn users(&self, id: &str) -> &[&'a str] {
        let users = self.users.get_or_init(|| {
            let mut users: HashMap<&'a str, Vec<&'a str>> = HashMap::default();
            for user in self.resolved.template().resources.keys() {
                self.resolved.each_reference(user, &mut |name, _, _, _| {
                    let known = users.entry(name).or_default();
                    if known.last() != Some(&user.as_str()) {
                        known.push(user);
                    }
                });
            }
            users
        });
        users.get(id).map_or(&[], Vec::as_slice)
    }

    /// Every resource that has interfaces as one end of a flow, in the order of the template.
    pub fn ends(&self) -> &[End<'a>] {
        self.ends.get_or_init(|| self.all_interfaces().into_iter().map(|one| End::of(self, one)).collect())
    }

    /// The worlds in which any of these stands there.
    pub fn any_of(&self, placed: &[Placed<'a>]) -> Formula {
        placed.iter().fold(Formula::FALSE, |any, placed| self.resolved.or(any, placed.when))
    }

    /// Where the first holds and the second does not.
    pub fn without(&self, one: Formula, other: Formula) -> Formula {
        self.resolved.and(one, self.resolved.not(other))
    }

    /// The pointer of a part of a resource.
    pub fn place(&self, id: &str, source: Option<&Value>) -> String {
        let whole = || crate::template::pointer(["Resources", id]);
        source.map_or_else(whole, |source| self.resolved.place(id, source))
    }
}

/// The parts of a text that has commas between them, as some properties take lists; any other value as it is.
fn listed(value: Resolution<'_>) -> Vec<Resolution<'_>> {
    match &value {
        Resolution::Mixed(pieces) => {
            let is_list = pieces.iter().all(|piece| match piece {
                Piece::Text(text) => text.starts_with(',') || text.ends_with(',') || text.contains(','),
                Piece::Symbol(_) => true,
            });
            if !is_list {
                return vec![value];
            }
            let part = |text: &str| Resolution::Text(text.trim().to_owned().into());
            let parts = pieces.iter().flat_map(|piece| match piece {
                Piece::Symbol(symbol) => vec![Resolution::Symbol(symbol.clone())],
                Piece::Text(text) => text.split(',').filter(|text| !text.trim().is_empty()).map(part).collect(),
            });
            parts.collect()
        }
        Resolution::Text(text) if text.contains(',') => {
            text.split(',').map(|part| Resolution::Text(part.trim().to_owned().into())).collect()
        }
        _ => vec![value],
    }
}

/// The text of a scalar.
pub fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
