//! Properties as they are once the conditions are decided.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::template::{below, is_macro, pointer};

/// Values of the conditions that properties name, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World(pub BTreeMap<String, bool>);

/// With more conditions than this, not every combination is looked at.
const EXHAUSTIVE: usize = 8;

/// The worlds of conditions of which nothing is known: all; where those would be too many, all conditions true, all false,
/// and each alone true and alone false, so that every branch is seen.
pub fn worlds(properties: &Value) -> Vec<World> {
    let names = conditions(properties);
    let count = names.len();
    let world = |holds: &dyn Fn(usize) -> bool| {
        World(names.iter().enumerate().map(|(index, name)| ((*name).to_owned(), holds(index))).collect())
    };
    if count <= EXHAUSTIVE {
        return (0..1_usize << count).rev().map(|bits| world(&|index| bits >> index & 1 == 1)).collect();
    }
    let alone =
        (0..count).flat_map(|chosen| [world(&move |index| index == chosen), world(&move |index| index != chosen)]);
    [world(&|_| true), world(&|_| false)].into_iter().chain(alone).collect()
}

/// The conditions that `Fn::If` goes by in properties.
pub fn conditions(properties: &Value) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    each_condition(properties, &mut names);
    names
}

fn each_condition<'a>(value: &'a Value, names: &mut BTreeSet<&'a str>) {
    if let Some((name, branches)) = as_if(value) {
        names.insert(name);
        branches.iter().for_each(|branch| each_condition(branch, names));
        return;
    }
    match value {
        Value::Object(members) if !is_function(value) => {
            members.values().for_each(|member| each_condition(member, names))
        }
        Value::Array(elements) => elements.iter().for_each(|element| each_condition(element, names)),
        _ => {}
    }
}

/// The condition and the two branches of a well-formed `Fn::If`.
fn as_if(value: &Value) -> Option<(&str, &[Value])> {
    let members = value.as_object().filter(|members| members.len() == 1)?;
    match members.get("Fn::If")?.as_array()?.as_slice() {
        [Value::String(name), branches @ ..] if branches.len() == 2 => Some((name, branches)),
        _ => None,
    }
}

/// Whether a value is an intrinsic function: what it gives is not known here.
pub fn is_function(value: &Value) -> bool {
    let Some(members) = value.as_object().filter(|members| members.len() == 1) else {
        return false;
    };
    members.keys().all(|key| key == "Ref" || key == "Condition" || key.starts_with("Fn::"))
}

/// Whether a text holds a dynamic reference, which CloudFormation resolves: it is as unknown as what a function gives.
fn is_dynamic(text: &str) -> bool {
    text.split_once("{{").is_some_and(|(_, rest)| rest.trim_start().starts_with("resolve:"))
}

/// Whether a value is the same in every world, with nothing in it that a function or a macro stands for.
fn is_decided(value: &Value) -> bool {
    match value {
        Value::Object(members) if is_function(value) => {
            !members.contains_key("Fn::If") && members.get("Ref").is_none_or(|name| name != "AWS::NoValue")
        }
        Value::Object(members) => members.iter().all(|(key, member)| !is_macro(key) && is_decided(member)),
        Value::Array(elements) => elements.iter().all(is_decided),
        Value::String(text) => !is_dynamic(text),
        _ => true,
    }
}

/// Properties in a world, and the way back to where each part stood.
#[derive(Default)]
pub struct Decided<'v> {
    /// Without `Fn::If` and `AWS::NoValue`; none if nothing is left.
    pub value: Option<Cow<'v, Value>>,
    /// Pointers of objects that a macro adds to.
    pub open: BTreeSet<String>,
    /// Where a pointer, and what lies below it, came from, if not from the same pointer.
    origins: Vec<(String, String)>,
}

impl<'v> Decided<'v> {
    /// Decides the conditions of `properties`.
    pub fn new(properties: &'v Value, world: &World) -> Self {
        let mut decided = Decided::default();
        decided.value = match is_decided(properties) {
            true => Some(Cow::Borrowed(properties)),
            false => decided.decide(properties, world, "", "").map(Cow::Owned),
        };
        decided
    }

    /// The pointer into the properties as they were given.
    pub fn origin(&self, pointer: &str) -> String {
        let covering = self.origins.iter().filter_map(|(place, origin)| Some((origin, below(pointer, place)?)));
        let nearest = covering.max_by_key(|(origin, rest)| (Reverse(rest.len()), origin.len()));
        nearest.map_or(pointer.to_owned(), |(origin, rest)| format!("{origin}{rest}"))
    }

    fn decide(&mut self, value: &Value, world: &World, place: &str, origin: &str) -> Option<Value> {
        if let Some((name, branches)) = as_if(value) {
            let index = usize::from(!world.0.get(name).copied().unwrap_or_default());
            let origin = format!("{origin}/Fn::If/{}", index + 1);
            self.origins.push((place.to_owned(), origin.clone()));
            return self.decide(&branches[index], world, place, &origin);
        }
        match value {
            Value::Object(members) if members.get("Ref").is_some_and(|name| name == "AWS::NoValue") => None,
            Value::Object(members) if !is_function(value) => {
                let decided = members.iter().filter_map(|(key, member)| {
                    if is_macro(key) {
                        self.open.insert(place.to_owned());
                        return None;
                    }
                    let step = pointer([key]);
                    let decided = self.decide(member, world, &format!("{place}{step}"), &format!("{origin}{step}"))?;
                    Some((key.clone(), decided))
                });
                Some(Value::Object(decided.collect()))
            }
            Value::Array(elements) => Some(Value::Array(self.elements(elements, world, place, origin))),
            Value::String(text) if is_dynamic(text) => Some(json!({ "Fn::DynamicReference": text })),
            other => Some(other.clone()),
        }
    }

    /// The elements that are there; one that is not there moves those behind it.
    fn elements(&mut self, elements: &[Value], world: &World, place: &str, origin: &str) -> Vec<Value> {
        let mut decided = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            let (place, origin) = (format!("{place}/{}", decided.len()), format!("{origin}/{index}"));
            let known = self.origins.len();
            if decided.len() != index {
                self.origins.push((place.clone(), origin.clone()));
            }
            match self.decide(element, world, &place, &origin) {
                Some(element) => decided.push(element),
                None => self.origins.truncate(known),
            }
        }
        decided
    }
}

#[cfg(test)]
mod tests {
    use super::{Decided, World, worlds};
    use serde_json::{Value, json};

    fn decide<'v>(properties: &'v Value, conditions: &[(&str, bool)]) -> Decided<'v> {
        Decided::new(properties, &World(conditions.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()))
    }

    #[test]
    fn branches_are_taken_and_their_origin_is_known() {
        let properties =
            json!({ "A": { "Fn::If": ["C", { "B": { "Fn::If": ["D", 1, { "Ref": "AWS::NoValue" }] } }, 2] } });
        let decided = decide(&properties, &[("C", true), ("D", true)]);
        assert_eq!(decided.value.as_deref(), Some(&json!({ "A": { "B": 1 } })));
        assert_eq!(decided.origin("/A/B"), "/A/Fn::If/1/B/Fn::If/1");
        assert_eq!(decided.origin("/A/X"), "/A/Fn::If/1/X");
        assert_eq!(decide(&properties, &[("C", true), ("D", false)]).value.as_deref(), Some(&json!({ "A": {} })));
        assert_eq!(decide(&properties, &[("C", false), ("D", false)]).value.as_deref(), Some(&json!({ "A": 2 })));
    }

    #[test]
    fn elements_behind_an_absent_one_keep_their_origin() {
        let properties = json!({ "L": [{ "Fn::If": ["C", "a", { "Ref": "AWS::NoValue" }] }, "b"] });
        let decided = decide(&properties, &[("C", false)]);
        assert_eq!(decided.value.as_deref(), Some(&json!({ "L": ["b"] })));
        assert_eq!(decided.origin("/L/0"), "/L/1");
        assert_eq!(decide(&properties, &[("C", true)]).origin("/L/1"), "/L/1");
    }

    #[test]
    fn every_branch_is_seen_however_many_conditions_there_are() {
        let branch = |index: usize| json!({ "Fn::If": [format!("C{index}"), 1, 2] });
        let properties = |count: usize| Value::Array((0..count).map(branch).collect());
        assert_eq!(worlds(&json!({})).len(), 1);
        assert_eq!(worlds(&properties(3)).len(), 8);
        let many = worlds(&properties(20));
        assert_eq!(many.len(), 42);
        assert!((0..20).all(|index| {
            [true, false].iter().all(|value| many.iter().any(|world| world.0[&format!("C{index}")] == *value))
        }));
    }
}
