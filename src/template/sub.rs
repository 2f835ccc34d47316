//! `Fn::Sub`, taken apart.

use super::value::{Intrinsic, Map, Reference, Value};

/// A substitution: text with gaps, and values for the gaps that are no reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Sub<R = Reference> {
    /// The text, piece by piece.
    pub parts: Vec<SubPart<R>>,
    /// The values that the second argument gives, by name.
    pub variables: Map<R>,
}

/// One piece of a substitution.
#[derive(Clone, Debug, PartialEq)]
pub enum SubPart<R = Reference> {
    /// Text as it stands, escapes resolved: `${!Name}` is the text `${Name}`.
    Text(String),
    /// `${Name}` or `${Name.Attribute}`.
    Reference(R),
    /// `${Name}`, where the second argument gives `Name`.
    Variable(String),
}

impl<R> Sub<R> {
    /// A substitution without values of its own.
    pub fn new(parts: impl IntoIterator<Item = SubPart<R>>) -> Self {
        Self { parts: parts.into_iter().collect(), variables: Map::default() }
    }

    /// The same substitution with each reference replaced. One that becomes literal text is merged into the text
    /// around it; if nothing but text remains, so is the result.
    pub(super) fn substitute<S: Clone>(&self, replace: &mut dyn FnMut(&R) -> Value<S>) -> Value<S> {
        let mut built = Sub { parts: Vec::new(), variables: Map::default() };
        for part in &self.parts {
            match part {
                SubPart::Text(text) => built.push_text(text),
                SubPart::Variable(name) => match self.variables.get(name) {
                    Some(value) => built.push_value(name, value.substitute(replace)),
                    None => built.parts.push(SubPart::Variable(name.clone())),
                },
                SubPart::Reference(reference) => built.push_value("Value", replace(reference)),
            }
        }
        built.simplified()
    }

    /// Adds literal text at the end.
    pub fn push_text(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(SubPart::Text(last)) => last.push_str(text),
            _ => self.parts.push(SubPart::Text(text.to_owned())),
        }
    }

    /// Adds a value at the end: as text, as a reference, or as a variable named after `name`.
    pub fn push_value(&mut self, name: &str, value: Value<R>)
    where
        R: Clone,
    {
        match value {
            Value::String(text) => self.push_text(&text),
            Value::Bool(value) => self.push_text(&value.to_string()),
            Value::Number(number) => self.push_text(&number.to_string()),
            Value::Intrinsic(Intrinsic::Reference(reference)) => self.parts.push(SubPart::Reference(reference)),
            Value::Intrinsic(Intrinsic::Sub(sub)) if sub.variables.is_empty() => {
                for part in sub.parts {
                    match part {
                        SubPart::Text(text) => self.push_text(&text),
                        other => self.parts.push(other),
                    }
                }
            }
            other => {
                let name = self.free_name(name);
                self.parts.push(SubPart::Variable(name.clone()));
                self.variables.insert(name, other);
            }
        }
    }

    fn free_name(&self, name: &str) -> String {
        if !self.variables.contains_key(name) {
            return name.to_owned();
        }
        (2..).map(|n| format!("{name}{n}")).find(|name| !self.variables.contains_key(name)).unwrap_or_default()
    }

    /// Literal text where nothing else is left, a bare reference where that is all there is.
    pub fn simplified(mut self) -> Value<R> {
        match self.parts.as_slice() {
            [] => Value::String(String::new()),
            [SubPart::Text(_)] => match self.parts.pop() {
                Some(SubPart::Text(text)) => Value::String(text),
                _ => unreachable!("the one part was text"),
            },
            [SubPart::Reference(_)] => match self.parts.pop() {
                Some(SubPart::Reference(reference)) => Value::reference(reference),
                _ => unreachable!("the one part was a reference"),
            },
            _ => Value::Intrinsic(Intrinsic::Sub(self)),
        }
    }

    /// The references in its text, in order.
    pub fn references(&self) -> impl Iterator<Item = &R> {
        self.parts.iter().filter_map(|part| match part {
            SubPart::Reference(reference) => Some(reference),
            SubPart::Text(_) | SubPart::Variable(_) => None,
        })
    }
}

impl Sub {
    /// Reads the text of `Fn::Sub`; `variables` is its second argument.
    pub fn parse(text: &str, variables: Map) -> Self {
        let mut sub = Self { parts: Vec::new(), variables };
        let mut rest = text;
        while let Some(start) = rest.find("${") {
            let Some(length) = rest[start..].find('}') else { break };
            sub.push_if_any(&rest[..start]);
            let name = &rest[start + 2..start + length];
            match name.trim_start().strip_prefix('!') {
                Some(escaped) => sub.push_text(&format!("${{{escaped}}}")),
                None => sub.push_name(name.trim()),
            }
            rest = &rest[start + length + 1..];
        }
        sub.push_if_any(rest);
        sub
    }

    fn push_if_any(&mut self, text: &str) {
        if !text.is_empty() {
            self.push_text(text);
        }
    }

    fn push_name(&mut self, name: &str) {
        let part = if self.variables.contains_key(name) {
            SubPart::Variable(name.to_owned())
        } else {
            SubPart::Reference(match name.split_once('.') {
                Some((resource, attribute)) => Reference::GetAtt(resource.to_owned(), attribute.to_owned()),
                None => Reference::Ref(name.to_owned()),
            })
        };
        self.parts.push(part);
    }

    /// The text as CloudFormation reads it, with escapes.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                SubPart::Text(part) => push_escaped(&mut text, part),
                SubPart::Variable(name) | SubPart::Reference(Reference::Ref(name)) => {
                    text.push_str(&format!("${{{name}}}"));
                }
                SubPart::Reference(Reference::GetAtt(name, attribute)) => {
                    text.push_str(&format!("${{{name}.{attribute}}}"));
                }
            }
        }
        text
    }
}

/// Adds literal text such that [`Sub::parse`] reads just it: what is no finished gap needs no escape.
fn push_escaped(text: &mut String, mut literal: &str) {
    while let Some(start) = literal.find("${") {
        let Some(length) = literal[start..].find('}') else { break };
        text.push_str(&literal[..start]);
        text.push_str("${!");
        text.push_str(&literal[start + 2..=start + length]);
        literal = &literal[start + length + 1..];
    }
    text.push_str(literal);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, parts: &[SubPart]) {
        let sub = Sub::parse(text, Map::default());
        assert_eq!(sub.parts, parts);
        assert_eq!(sub.text(), text);
    }

    #[test]
    fn references_and_text() {
        check(
            "arn:${AWS::Partition}:x:${Proxy.Endpoint}/a",
            &[
                SubPart::Text("arn:".into()),
                SubPart::Reference(Reference::Ref("AWS::Partition".into())),
                SubPart::Text(":x:".into()),
                SubPart::Reference(Reference::GetAtt("Proxy".into(), "Endpoint".into())),
                SubPart::Text("/a".into()),
            ],
        );
    }

    #[test]
    fn escapes_stay_text() {
        check("${!aws:username}", &[SubPart::Text("${aws:username}".into())]);
    }

    #[test]
    fn an_unfinished_gap_is_text() {
        check("a${b", &[SubPart::Text("a${b".into())]);
        check("${!a${b}", &[SubPart::Text("${a${b}".into())]);
    }

    #[test]
    fn what_becomes_text_is_merged() {
        let sub: Sub<u8> = Sub::new([SubPart::Text("a-".into()), SubPart::Reference(1), SubPart::Text("-b".into())]);
        let value: Value = Value::Intrinsic(Intrinsic::Sub(sub)).substitute(&mut |n| Value::from(n.to_string()));
        assert_eq!(value, Value::from("a-1-b"));
    }

    #[test]
    fn what_becomes_a_call_is_a_variable() {
        let sub: Sub<u8> = Sub::new([SubPart::Text("a-".into()), SubPart::Reference(1)]);
        let call = Value::call(crate::template::Function::GetAzs, Value::from(""));
        let value: Value = Value::Intrinsic(Intrinsic::Sub(sub)).substitute(&mut |_| call.clone());
        let Value::Intrinsic(Intrinsic::Sub(sub)) = value else { panic!("{value:?}") };
        assert_eq!(sub.text(), "a-${Value}");
        assert_eq!(sub.variables["Value"], call);
    }
}
