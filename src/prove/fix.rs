//! Changes of a template that mend a broken hop.

use super::model::{Direction, Model, Placed, Port, Term};
use crate::template::{Map, Resource, Template, Value};

/// A change of a template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// Resources that are added.
    pub added: Vec<(String, Resource)>,
    /// Properties that are set: resource, property, value.
    pub set: Vec<(String, String, Value)>,
    /// The parts of those that are new, by their pointers, where a property is changed in its depth: what people want to
    /// see of it. A pointer that ends in `/-` is that of one element more.
    pub parts: Vec<(String, Value)>,
}

impl Patch {
    /// Sets a property.
    pub fn set(resource: &str, property: &str, value: Value) -> Self {
        Self { set: vec![(resource.to_owned(), property.to_owned(), value)], ..Self::default() }
    }

    fn add(id: String, resource: Resource) -> Self {
        Self { added: vec![(id, resource)], ..Self::default() }
    }

    /// Adds a resource, under an id that the template does not have.
    pub fn create(template: &Template, id: &str, resource: Resource) -> Self {
        let is_free = |id: &String| !template.resources.contains_key(id);
        let id = letters(id);
        let numbered = (2..).map(|n| format!("{id}{n}"));
        let free = std::iter::once(id.clone()).chain(numbered).find(is_free);
        Self::add(free.unwrap_or_else(|| id.clone()), resource)
    }

    /// Puts a value at a pointer into a property of a resource, in place of what stands there; one element more of a list
    /// if the pointer ends in `/-`. None if the way there leads through a function, or nowhere.
    pub fn put(template: &Template, pointer: &str, value: Value) -> Option<Self> {
        let steps: Vec<String> = crate::template::steps(pointer).collect();
        let [resources, id, properties, property, deeper @ ..] = steps.as_slice() else { return None };
        if resources != "Resources" || properties != "Properties" {
            return None;
        }
        let known = template.resources.get(id)?;
        let Some((last, way)) = deeper.split_last() else { return Some(Self::set(id, property, value)) };
        let mut whole = known.properties.get(property)?.clone();
        let mut at = &mut whole;
        for step in way {
            at = match at {
                Value::Map(map) => map.get_mut(step)?,
                Value::List(list) => list.get_mut(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        match at {
            Value::Map(map) => drop(map.insert(last.clone(), value.clone())),
            Value::List(list) if last == "-" => list.push(value.clone()),
            Value::List(list) => *list.get_mut(last.parse::<usize>().ok()?)? = value.clone(),
            _ => return None,
        }
        Some(Self { parts: vec![(pointer.to_owned(), value)], ..Self::set(id, property, whole) })
    }

    /// A rule of one group for another, as a resource of its own.
    pub fn rule<'a>(
        model: &Model<'a>,
        direction: Direction,
        group: &Placed<'a>,
        far: &Placed<'a>,
        port: &Port<'a>,
    ) -> Option<Self> {
        let (own, peer, port_value) = (named(model, group)?, named(model, far)?, port_value(port)?);
        let (word, key) = match direction {
            Direction::Ingress => ("From", "SourceSecurityGroupId"),
            Direction::Egress => ("To", "DestinationSecurityGroupId"),
        };
        let id = format!("{}{word}{}{}", part(&group.term), part(&far.term), letters(&port.name()));
        let resource = Resource::new(direction.kind())
            .with("GroupId", own)
            .with("IpProtocol", "tcp")
            .with("FromPort", port_value.clone())
            .with("ToPort", port_value)
            .with(key, peer);
        Some(Self::add(free(model, id), resource))
    }

    /// Entries of a network ACL that come before all others and let a range of ports through, for the blocks of subnets.
    pub fn entry<'a>(
        model: &Model<'a>,
        acl: &str,
        egress: bool,
        far: &[Placed<'a>],
        (from, to): (u16, u16),
        v6: bool,
    ) -> Option<Self> {
        let block = if v6 { "Ipv6CidrBlock" } else { "CidrBlock" };
        let mut patch = Self::default();
        let way = if egress { "Out" } else { "In" };
        let first = model.lowest_number(acl).unwrap_or(100);
        for (at, subnet) in far.iter().enumerate() {
            let subnet = model.resource(subnet.term.own()?)?;
            let number = first.checked_sub(far.len() as i64 - at as i64).filter(|number| *number > 0)?;
            let ports = Value::map([("From", Value::from(i64::from(from))), ("To", Value::from(i64::from(to)))]);
            let entry = Resource::new("AWS::EC2::NetworkAclEntry")
                .with("NetworkAclId", Value::reference_to(acl))
                .with("RuleNumber", number)
                .with("Egress", egress)
                .with("RuleAction", "allow")
                .with("Protocol", 6)
                .with("PortRange", ports)
                .with(block, subnet.properties.get(block)?.clone());
            patch.added.push((free(model, format!("{acl}{way}{from}{}", at + 1)), entry));
        }
        (!patch.added.is_empty()).then_some(patch)
    }

    /// The template with the change.
    pub fn apply(&self, template: &Template) -> Template {
        let mut patched = template.clone();
        for (id, resource) in &self.added {
            patched.resources.insert(id.clone(), resource.clone());
        }
        let again = self.parts.iter().filter_map(|(pointer, value)| Self::put(template, pointer, value.clone()));
        let parts: Vec<Self> = again.collect();
        // What else of the property was changed meanwhile stays.
        let set = parts.iter().flat_map(|part| &part.set);
        let whole = if parts.is_empty() { self.set.as_slice() } else { &[] };
        for (id, property, value) in set.chain(whole) {
            if let Some(resource) = patched.resources.get_mut(id) {
                resource.properties.insert(property.clone(), value.clone());
            }
        }
        patched
    }

    /// What is to stand under `Resources` besides what stands there.
    pub fn to_value(&self) -> Value {
        let mut resources = Map::default();
        for (id, resource) in &self.added {
            let properties = Value::Map(resource.properties.clone());
            let map = Value::map([("Type", Value::from(resource.kind.as_str())), ("Properties", properties)]);
            resources.insert(id.clone(), map);
        }
        for (id, property, value) in &self.set {
            let map = Value::map([("Properties", Value::map([(property.as_str(), value.clone())]))]);
            resources.insert(id.clone(), map);
        }
        Value::Map(resources)
    }
}

/// How a template names a group.
fn named<'a>(model: &Model<'a>, placed: &Placed<'a>) -> Option<Value> {
    match &placed.term {
        Term::Own(id) => Some(Value::attribute_of(*id, "GroupId")),
        Term::DefaultGroup(vpc) => Some(Value::attribute_of(vpc.own()?, "DefaultSecurityGroup")),
        Term::DefaultVpc => None,
        Term::Given(value) => match value.parameter() {
            Some((_, parameter)) if crate::resolve::ParameterKind::of(parameter).is_list() => None,
            Some((name, _)) => Some(Value::reference_to(name)),
            None if value.text().is_some() => value.text().map(Value::from),
            None => placed.source.filter(|source| model.resolved.place_of(source).is_some()).cloned(),
        },
    }
}

fn port_value(port: &Port<'_>) -> Option<Value> {
    match port.number {
        Some(number) => Some(Value::from(i64::from(number))),
        None => port.value.parameter().map(|(name, _)| Value::reference_to(name)),
    }
}

fn part(term: &Term<'_>) -> String {
    letters(&term.to_string())
}

/// What of a text may stand in a logical id.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A logical id that the template does not have.
fn free(model: &Model<'_>, id: String) -> String {
    let is_free = |id: &String| model.resource(id).is_none();
    let numbered = (2..).map(|n| format!("{id}{n}"));
    std::iter::once(id.clone()).chain(numbered).find(is_free).unwrap_or(id)
}
