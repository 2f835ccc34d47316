//! Resources and their properties, by their paths.

use std::collections::HashMap;

use super::Resolved;
use super::diagram::Formula;
use super::evaluate::NOTHING;
use super::resolution::{Case, Element, Reason, Resolution};
use super::transform;
use crate::template::{Intrinsic, Path, Value, is_macro};

/// The function of SAM, which takes what it has not itself from `Globals`.
const SERVERLESS_FUNCTION: &str = "AWS::Serverless::Function";

impl<'a> Resolved<'a> {
    /// In which worlds a resource exists: those of its condition. Nowhere, if it is not declared, unless a macro may make it:
    /// then it is not known.
    pub fn exists(&self, resource: &str) -> Formula {
        match self.template.resources.get(resource) {
            Some(declared) => declared.condition.as_deref().map_or(Formula::TRUE, |name| self.condition(name)),
            None if self.may_exist(resource) => Formula::UNKNOWN,
            None => Formula::FALSE,
        }
    }

    /// Whether there may be a resource of this name: it is declared, or a macro or a loop that was not run may make it.
    pub fn may_exist(&self, resource: &str) -> bool {
        self.template.resources.contains_key(resource) || transform::may_make(self.template, resource)
    }

    /// Whether there may be a condition of this name: it is declared, or a macro or a loop that was not run may make it.
    pub fn may_be_condition(&self, name: &str) -> bool {
        self.template.conditions.contains_key(name) || transform::may_make_condition(self.template)
    }

    /// What a property of a resource is, in the worlds in which the resource exists. `path` names it from the outside in:
    /// `VpcConfig/SubnetIds`; a number is an index. Absent where it is not there.
    pub fn property(&self, resource: &str, path: &str) -> Vec<Case<'a>> {
        let under = self.exists(resource);
        match self.template.resources.get(resource) {
            Some(declared) if self.is_possible(under) => {
                let mut steps = path.split('/').filter(|step| !step.is_empty());
                let Some(first) = steps.next() else { return Vec::new() };
                let steps = steps.collect::<Vec<_>>();
                let global = || self.global(&declared.kind, first);
                match declared.properties.get(first).or_else(global) {
                    Some(value) => {
                        let own = self.look(value, &steps, under);
                        // What is a map in both places is made of both.
                        match global().filter(|_| own.iter().all(|case| case.value.is_absent())) {
                            Some(global) => self.look(global, &steps, under),
                            None => own,
                        }
                    }
                    None if declared.properties.keys().any(|key| is_macro(key)) => {
                        vec![super::evaluate::unknown(Reason::Macro, &NOTHING, under)]
                    }
                    None => vec![absent(under)],
                }
            }
            _ => Vec::new(),
        }
    }

    /// What `Globals` of a SAM template gives every function, for a property that it has not itself, or as a map.
    ///
    /// Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>
    pub fn global(&self, kind: &str, property: &str) -> Option<&'a Value> {
        let of_all = self.template.other.get("Globals").filter(|_| kind == SERVERLESS_FUNCTION)?;
        of_all.as_map()?.get("Function")?.as_map()?.get(property)
    }

    /// What lies in a value at the end of a path, in the worlds in which `under` holds.
    pub fn look(&self, value: &'a Value, path: &[&str], under: Formula) -> Vec<Case<'a>> {
        let mut cases = Vec::with_capacity(1);
        self.look_into(value, path, under, &mut cases);
        cases
    }

    fn look_into(&self, value: &'a Value, path: &[&str], under: Formula, cases: &mut Vec<Case<'a>>) {
        let Some((step, rest)) = path.split_first() else { return cases.extend(self.value(value, under)) };
        if let Value::Map(map) = value {
            return match map.get(*step) {
                Some(member) => self.look_into(member, rest, under, cases),
                None if map.keys().any(|key| is_macro(key)) => {
                    cases.push(super::evaluate::unknown(Reason::Macro, value, under));
                }
                None => cases.push(absent(under)),
            };
        }
        for case in self.value(value, under) {
            match &case.value {
                Resolution::Map(_) if !std::ptr::eq(case.source, value) => {
                    self.look_into(case.source, path, case.when, cases);
                }
                Resolution::List(elements) => self.look_at(elements, step, rest, case.when, cases),
                // A symbol is not looked into: what it is made of says more than that it is unknown.
                Resolution::Symbol(_) => cases.push(case),
                _ => cases.push(absent(case.when)),
            }
        }
    }

    fn look_at(&self, elements: &[Element<'a>], step: &str, rest: &[&str], under: Formula, cases: &mut Vec<Case<'a>>) {
        let Ok(at) = step.parse::<usize>() else { return cases.push(absent(under)) };
        let Some(ways) = self.arrangements(elements, under, at.saturating_add(1)) else {
            return cases.push(super::evaluate::unknown(Reason::TooManyCases, &NOTHING, under));
        };
        for (when, elements) in ways {
            match elements.get(at) {
                None => cases.push(absent(when)),
                Some(element) if rest.is_empty() => {
                    cases.push(Case { when, value: element.value.clone(), source: element.source });
                }
                Some(element) => self.look_into(element.source, rest, when, cases),
            }
        }
    }

    /// The elements of a list property, each with the worlds in which it is there: `Fn::If` around the list, around an
    /// element and `AWS::NoValue` are taken into account. A property that is one value is a list of it, as CloudFormation
    /// has it; a list that is not known one by one is one element, which is a symbol.
    pub fn elements(&self, resource: &str, path: &str) -> Vec<Element<'a>> {
        flat(self.property(resource, path))
    }

    /// Likewise, of a list that lies in a value.
    pub fn elements_in(&self, value: &'a Value, path: &[&str], under: Formula) -> Vec<Element<'a>> {
        flat(self.look(value, path, under))
    }

    /// The pointer of a part of a resource: of the source of a case or an element. That of the resource, if it stands
    /// elsewhere.
    pub fn place(&self, resource: &str, source: &Value) -> String {
        self.place_in(resource, source).unwrap_or_else(|| Path::Start.key("Resources").key(resource).to_string())
    }

    /// The resource in which a value stands.
    fn owner_of(&self, source: &Value) -> Option<&'a str> {
        let address = |value: &Value| std::ptr::from_ref(value).addr();
        let owners = self.owners.get_or_init(|| {
            let mut owners = HashMap::new();
            for (id, resource) in &self.template.resources {
                resource.walk(&Path::Start, &mut |_, value| _ = owners.insert(address(value), id.as_str()));
            }
            owners
        });
        owners.get(&address(source)).copied()
    }

    /// Likewise; none if it stands elsewhere. Whoever knows the resource need not look through the whole template.
    pub fn place_in(&self, resource: &str, source: &Value) -> Option<String> {
        let path = Path::Start.key("Resources");
        let path = path.key(resource);
        let mut found = None;
        let mut visit = |path: &Path<'_>, value: &Value| {
            if found.is_none() && std::ptr::eq(value, source) {
                found = Some(path.to_string());
            }
        };
        if let Some(declared) = self.template.resources.get(resource) {
            declared.walk(&path, &mut visit);
            if let Some(globals) = self.template.other.get("Globals").filter(|_| declared.kind == SERVERLESS_FUNCTION) {
                globals.walk(&Path::Start.key("Globals"), &mut visit);
            }
        }
        found
    }

    /// The pointer of any part of the template.
    pub fn place_of(&self, source: &Value) -> Option<String> {
        if let Some(owner) = self.owner_of(source) {
            return self.place_in(owner, source);
        }
        let mut found = None;
        self.template.walk(&mut |path, value| {
            if found.is_none() && std::ptr::eq(value, source) {
                found = Some(path.to_string());
            }
        });
        found
    }

    /// What a resource refers to, by `Ref`, `Fn::GetAtt`, `Fn::Sub` or `DependsOn`, and in which worlds; branches that are
    /// never taken are not looked at.
    pub fn each_reference(&self, resource: &str, visit: &mut dyn FnMut(&'a str, Option<&'a str>, Formula, &'a Value)) {
        let Some(declared) = self.template.resources.get(resource) else { return };
        let under = self.exists(resource);
        let values = declared.properties.values().chain(declared.metadata.values()).chain(declared.other.values());
        let policies = [&declared.creation_policy, &declared.update_policy, &declared.deletion_policy];
        let policies = policies.into_iter().chain([&declared.update_replace_policy]).flatten();
        values.chain(policies).for_each(|value| self.references_in(value, under, visit));
    }

    /// Likewise, of a value.
    pub fn references_in(
        &self,
        value: &'a Value,
        under: Formula,
        visit: &mut dyn FnMut(&'a str, Option<&'a str>, Formula, &'a Value),
    ) {
        use crate::template::{Function, Reference};
        let mut name = |reference: &'a Reference| match reference {
            Reference::Ref(name) => visit(name, None, under, value),
            Reference::GetAtt(name, attribute) => visit(name, Some(attribute), under, value),
        };
        match value {
            Value::List(values) => values.iter().for_each(|value| self.references_in(value, under, visit)),
            Value::Map(map) => map.values().for_each(|value| self.references_in(value, under, visit)),
            Value::Intrinsic(Intrinsic::Reference(reference)) => name(reference),
            Value::Intrinsic(Intrinsic::Sub(sub)) => {
                sub.references().for_each(&mut name);
                sub.variables.values().for_each(|value| self.references_in(value, under, visit));
            }
            Value::Intrinsic(Intrinsic::Call(function, argument)) => match (function, argument.as_list()) {
                (Function::If, Some([Value::String(condition), yes, no])) => {
                    let holds = self.condition(condition);
                    for (side, branch) in [(holds, yes), (self.not(holds), no)] {
                        let under = self.and(under, side);
                        if self.is_possible(under) {
                            self.references_in(branch, under, visit);
                        }
                    }
                }
                _ => self.references_in(argument, under, visit),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn absent<'a>(when: Formula) -> Case<'a> {
    Case { when, value: Resolution::Absent, source: &NOTHING }
}

fn flat(cases: Vec<Case<'_>>) -> Vec<Element<'_>> {
    let mut elements = Vec::new();
    for (index, case) in cases.into_iter().enumerate() {
        match case.value {
            Resolution::Absent => {}
            Resolution::List(inner) => elements.extend(inner),
            value => elements.push(Element { index, when: case.when, value, source: case.source }),
        }
    }
    elements
}
