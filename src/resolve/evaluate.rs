//! Values: what each function makes of what is known.

use std::borrow::Cow;
use std::rc::Rc;

use super::Resolved;
use super::diagram::Formula;
use super::parameter::ParameterKind;
use super::resolution::{Call, Case, Element, Piece, Reason, Resolution, Symbol};
use super::text::{assembled, joined};
use crate::template::{Function, Intrinsic, Reference, Sub, SubPart, Value};

/// More ways in which one value can be are not told apart.
pub(super) const MOST_CASES: usize = 64;

/// What stands where nothing was written.
pub(super) static NOTHING: Value = Value::Null;

/// Ways in which several values can be together.
pub(super) type Combined<'a> = Vec<(Formula, Vec<Resolution<'a>>)>;

impl<'a> Resolved<'a> {
    /// What a value is, in each world in which `under` holds: cases that exclude each other and together are all of
    /// `under`.
    ///
    /// The members of a map stay as they are written: [`Resolved::look`] leads into them.
    pub fn value(&self, value: &'a Value, under: Formula) -> Vec<Case<'a>> {
        let mut cases = Vec::with_capacity(1);
        self.cases(value, under, &mut cases);
        cases
    }

    fn cases(&self, value: &'a Value, under: Formula, cases: &mut Vec<Case<'a>>) {
        let resolution = match value {
            Value::Null => Resolution::Null,
            Value::Bool(value) => Resolution::Bool(*value),
            Value::Number(number) => Resolution::Number(number.clone()),
            Value::String(text) => literal(text),
            Value::List(values) => Resolution::List(self.elements_of(values, under)),
            Value::Map(map) => Resolution::Map(map),
            Value::Intrinsic(Intrinsic::Reference(reference)) => self.reference(reference, value),
            Value::Intrinsic(Intrinsic::Sub(sub)) => return self.sub(sub, value, under, cases),
            Value::Intrinsic(Intrinsic::Call(Function::If, argument)) => {
                return self.branches(argument, value, under, cases);
            }
            Value::Intrinsic(Intrinsic::Call(function, argument)) => {
                return self.call(*function, argument, value, under, cases);
            }
        };
        cases.push(Case { when: under, value: resolution, source: value });
    }

    /// The elements of a list in each world.
    pub(super) fn elements_of(&self, values: &'a [Value], under: Formula) -> Vec<Element<'a>> {
        let mut elements = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let there = self.value(value, under).into_iter().filter(|case| !case.value.is_absent());
            elements.extend(there.map(|Case { when, value, source }| Element { index, when, value, source }));
        }
        elements
    }

    fn branches(&self, argument: &'a Value, source: &'a Value, under: Formula, cases: &mut Vec<Case<'a>>) {
        let Some([Value::String(condition), yes, no]) = argument.as_list() else {
            return cases.push(unknown(Reason::IllFormed, source, under));
        };
        let holds = self.condition(condition);
        for (side, branch) in [(holds, yes), (self.not(holds), no)] {
            let under = self.and(under, side);
            if self.is_possible(under) {
                self.cases(branch, under, cases);
            }
        }
    }

    /// What a reference by name is.
    pub(super) fn reference(&self, reference: &'a Reference, source: &'a Value) -> Resolution<'a> {
        match reference {
            Reference::Ref(name) if name == "AWS::NoValue" => Resolution::Absent,
            Reference::Ref(name) => self.named(name, source),
            Reference::GetAtt(resource, attribute) if self.may_exist(resource) => {
                Resolution::Symbol(Symbol::Reference { resource, attribute: Some(attribute) })
            }
            Reference::GetAtt(..) => Resolution::Symbol(Symbol::unknown(Reason::Undeclared, source)),
        }
    }

    fn named(&self, name: &'a str, source: &'a Value) -> Resolution<'a> {
        if name.starts_with("AWS::") {
            return match self.environment.pseudo(name) {
                Some(known) => Resolution::Text(Cow::Borrowed(known)),
                None => Resolution::Symbol(Symbol::Pseudo(name)),
            };
        }
        if self.template.resources.contains_key(name) {
            return Resolution::Symbol(Symbol::Reference { resource: name, attribute: None });
        }
        if self.template.parameters.contains_key(name) {
            return self.parameter(name);
        }
        match self.may_exist(name) {
            true => Resolution::Symbol(Symbol::Reference { resource: name, attribute: None }),
            false => Resolution::Symbol(Symbol::unknown(Reason::Undeclared, source)),
        }
    }

    /// What `Ref` of a declared parameter is: its value, where that is given.
    fn parameter(&self, name: &'a str) -> Resolution<'a> {
        if let Some(known) = self.parameters.borrow().get(name) {
            return known.clone();
        }
        let parameter = &self.template.parameters[name];
        let kind = ParameterKind::of(parameter);
        let resolution = match self.environment.parameter(name).filter(|_| !kind.is_stored()) {
            Some(text) if kind.is_list() => Resolution::List(listed(text)),
            Some(text) => Resolution::Text(Cow::Borrowed(text)),
            None => Resolution::Symbol(Symbol::Parameter { name, parameter }),
        };
        self.parameters.borrow_mut().insert(name, resolution.clone());
        resolution
    }

    fn sub(&self, sub: &'a Sub, source: &'a Value, under: Formula, cases: &mut Vec<Case<'a>>) {
        let part = |part: &'a SubPart| match part {
            SubPart::Text(text) => Resolution::Text(Cow::Borrowed(text)),
            SubPart::Reference(reference) => self.reference(reference, source),
            // INVARIANT (variables are given): only a name that the second argument gives is read as one.
            SubPart::Variable(_) => Resolution::Absent,
        };
        if sub.variables.is_empty() {
            let values: Vec<_> = sub.parts.iter().map(part).collect();
            let value = joined(&values, &Resolution::Text(Cow::Borrowed("")), source);
            return cases.push(Case { when: under, value, source });
        }
        let parts: Vec<Vec<Case<'a>>> = sub
            .parts
            .iter()
            .map(|each| match each {
                SubPart::Variable(name) => self.value(sub.variables.get(name).unwrap_or(&NOTHING), under),
                other => vec![Case { when: under, value: part(other), source }],
            })
            .collect();
        self.made_of(&parts, source, under, cases, &|values| {
            joined(values, &Resolution::Text(Cow::Borrowed("")), source)
        });
    }

    /// The cases of what is made of several values, each way in which they can be together.
    pub(super) fn made_of(
        &self,
        parts: &[Vec<Case<'a>>],
        source: &'a Value,
        under: Formula,
        cases: &mut Vec<Case<'a>>,
        make: &dyn Fn(&[Resolution<'a>]) -> Resolution<'a>,
    ) {
        match self.combined(parts, under) {
            Some(ways) => {
                cases.extend(ways.into_iter().map(|(when, values)| Case { when, value: make(&values), source }))
            }
            None => cases.push(unknown(Reason::TooManyCases, source, under)),
        }
    }

    /// Every way in which values can be together; none if those are too many.
    pub(super) fn combined(&self, parts: &[Vec<Case<'a>>], under: Formula) -> Option<Combined<'a>> {
        let mut ways: Combined<'a> = vec![(under, Vec::with_capacity(parts.len()))];
        for part in parts {
            if let [only] = part.as_slice() {
                ways.iter_mut().for_each(|(_, values)| values.push(only.value.clone()));
                continue;
            }
            let mut next = Vec::new();
            for (when, values) in &ways {
                for case in part {
                    let both = self.and(*when, case.when);
                    if self.is_possible(both) {
                        let mut values = values.clone();
                        values.push(case.value.clone());
                        next.push((both, values));
                    }
                }
            }
            if next.len() > MOST_CASES {
                return None;
            }
            ways = next;
        }
        Some(ways)
    }

    fn call(
        &self,
        function: Function,
        argument: &'a Value,
        source: &'a Value,
        under: Formula,
        cases: &mut Vec<Case<'a>>,
    ) {
        match function {
            Function::Transform => cases.push(unknown(Reason::Macro, source, under)),
            Function::FindInMap => self.find_in_map(argument, source, under, cases),
            Function::Join | Function::Split | Function::Select | Function::Cidr => match argument.as_list() {
                Some(arguments) => {
                    let parts: Vec<_> = arguments.iter().map(|argument| self.value(argument, under)).collect();
                    self.of_list(function, &parts, source, under, cases);
                }
                None => cases.push(unknown(Reason::IllFormed, source, under)),
            },
            Function::GetAzs => {
                let of = self.value(argument, under);
                self.made_of(&[of], source, under, cases, &|values| {
                    let region = values.first().filter(|region| region.text() != Some("")).cloned();
                    let here = || self.named("AWS::Region", source);
                    symbol(function, vec![region.unwrap_or_else(here)])
                });
            }
            Function::ToJsonString if !argument.any(&|value| matches!(value, Value::Intrinsic(_))) => {
                let text = argument.to_json().to_string();
                cases.push(Case { when: under, value: Resolution::Text(Cow::Owned(text)), source });
            }
            Function::Length => {
                let of = self.value(argument, under);
                self.length(&of, source, cases);
            }
            Function::Base64 | Function::ImportValue | Function::GetStackOutput | Function::ToJsonString => {
                let of = self.value(argument, under);
                self.made_of(&[of], source, under, cases, &|values| symbol(function, values.to_vec()));
            }
            _ => cases.push(unknown(Reason::IllFormed, source, under)),
        }
    }
}

/// Text as it was written, dynamic references taken apart.
fn literal(text: &str) -> Resolution<'_> {
    match text.contains("{{resolve:") {
        true => assembled(vec![Piece::Text(Cow::Borrowed(text))]),
        false => Resolution::Text(Cow::Borrowed(text)),
    }
}

/// The elements of a list that is given as one text.
///
/// Empty text is a list of one empty text: <https://github.com/aws-cloudformation/cfn-language-discussion/issues/102>.
fn listed(text: &str) -> Vec<Element<'_>> {
    let element = |(index, text): (usize, &'_ str)| (index, Resolution::Text(Cow::Owned(text.trim().to_owned())));
    let elements = text.split(',').enumerate().map(element);
    elements.map(|(index, value)| Element { index, when: Formula::TRUE, value, source: &NOTHING }).collect()
}

pub(super) fn unknown<'a>(reason: Reason, source: &'a Value, when: Formula) -> Case<'a> {
    Case { when, value: Resolution::Symbol(Symbol::unknown(reason, source)), source }
}

/// What a function makes of arguments that are not known.
pub(super) fn symbol<'a>(function: Function, arguments: Vec<Resolution<'a>>) -> Resolution<'a> {
    Resolution::Symbol(Symbol::Call(Rc::new(Call { function, arguments })))
}
