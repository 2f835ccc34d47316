//! A template in some of its worlds, in which each value is one: what policies are read from.

use std::cell::{Cell, RefCell};

use super::arn;
use super::matrix::Asked;
use crate::iam::{Charset, Shape, Text, Tree, TreeKind};
use crate::prove::Facts;
use crate::resolve::{Call, Formula, Piece, Resolution, Resolved, Symbol};
use crate::template::{Function, Intrinsic, Reference, SubPart, Value};

/// In no more worlds is a goal looked at.
const MOST_WORLDS: usize = 64;
/// Names are made of names no deeper than this.
const DEEPEST: usize = 12;

/// Some of the worlds of a template, and what is taken to be so in them.
pub struct World<'r, 'a> {
    /// The template.
    pub resolved: &'r Resolved<'a>,
    /// Which worlds.
    pub when: Formula,
    /// The partition, where it is known or taken to be so.
    pub partition: Option<String>,
    /// What is known of what exists.
    pub facts: &'r Facts,
    account: Option<String>,
    /// What was asked of roles here, if somebody wants to know.
    pub asked: RefCell<Option<Vec<Asked>>>,
    sources: RefCell<Vec<&'a Value>>,
    depth: Cell<usize>,
}

impl<'r, 'a> World<'r, 'a> {
    /// Some of the worlds.
    pub fn new(resolved: &'r Resolved<'a>, facts: &'r Facts, when: Formula, partition: Option<&str>) -> Self {
        let partition = resolved.environment().partition().or(partition).map(str::to_owned);
        let (asked, sources, depth) = (RefCell::default(), RefCell::default(), Cell::default());
        Self { resolved, when, partition, facts, account: None, asked, sources, depth }
    }

    /// The same in the account and partition of a role that exists there, by its ARN: what uses a role is in its account.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html>
    #[must_use]
    pub fn beside(mut self, role: Option<&str>) -> Self {
        let mut parts = role.into_iter().flat_map(|arn| arn.split(':')).skip(1);
        self.partition = self.partition.or(parts.next().map(str::to_owned));
        self.account = parts.nth(2).map(str::to_owned);
        self
    }

    /// The part of the template that a tree was made of.
    pub fn source(&self, index: usize) -> Option<&'a Value> {
        self.sources.borrow().get(index).copied()
    }

    /// A value as a document that is one in these worlds.
    pub fn tree(&self, value: &'a Value) -> Tree {
        let source = {
            let mut sources = self.sources.borrow_mut();
            sources.push(value);
            sources.len() - 1
        };
        let kind = match value {
            Value::List(values) => self.list(values.iter()),
            Value::Map(map) => self.map(map),
            _ => match self.one(value) {
                Some((Resolution::Map(map), _)) => self.map(map),
                Some((Resolution::List(elements), _)) => {
                    let here = elements.iter().filter(|element| self.is_here(element.when));
                    TreeKind::List(here.map(|element| self.element(&element.value, element.source)).collect())
                }
                Some((resolution, _)) => self.scalar(&resolution),
                None => TreeKind::Open("it is not there".into()),
            },
        };
        Tree { kind, source }
    }

    fn element(&self, resolution: &Resolution<'a>, source: &'a Value) -> Tree {
        match resolution {
            Resolution::Map(_) | Resolution::List(_) => self.tree(source),
            other => Tree { kind: self.scalar(other), source: usize::MAX },
        }
    }

    fn list(&self, values: impl Iterator<Item = &'a Value>) -> TreeKind {
        let there = values.filter(|value| self.one(value).is_none_or(|(found, _)| !found.is_absent()));
        TreeKind::List(there.map(|value| self.tree(value)).collect())
    }

    fn map(&self, map: &'a crate::template::Map) -> TreeKind {
        if map.keys().any(|key| crate::template::is_macro(key)) {
            return TreeKind::Open("a macro makes a part of it".into());
        }
        let there = map.iter().filter(|(_, value)| self.one(value).is_none_or(|(found, _)| !found.is_absent()));
        TreeKind::Map(there.map(|(key, value)| (key.clone(), self.tree(value))).collect())
    }

    fn scalar(&self, resolution: &Resolution<'a>) -> TreeKind {
        match resolution {
            Resolution::Symbol(symbol) if is_list(symbol) => TreeKind::Open("a list that is not known".into()),
            other => match self.text(other) {
                Some(text) => TreeKind::Text(text),
                None => TreeKind::Open("it is not known".into()),
            },
        }
    }

    /// What a value is here: the first case that can be.
    pub fn one(&self, value: &'a Value) -> Option<(Resolution<'a>, &'a Value)> {
        let cases = self.resolved.value(value, self.when);
        cases.into_iter().find(|case| self.is_here(case.when)).map(|case| (case.value, case.source))
    }

    /// What a property is here; none if it is not there.
    pub fn property(&self, resource: &str, path: &str) -> Option<(Resolution<'a>, &'a Value)> {
        let cases = self.resolved.property(resource, path);
        let here = cases.into_iter().find(|case| self.is_here(case.when))?;
        (!here.value.is_absent()).then_some((here.value, here.source))
    }

    /// The elements of a list property here, with what says so.
    pub fn elements(&self, resource: &str, path: &str) -> Vec<(Resolution<'a>, &'a Value)> {
        let elements = self.resolved.elements(resource, path).into_iter();
        elements.filter(|element| self.is_here(element.when)).map(|element| (element.value, element.source)).collect()
    }

    /// Whether something that holds in some of the template's worlds can hold here.
    pub fn is_here(&self, when: Formula) -> bool {
        self.resolved.is_possible(self.resolved.and(self.when, when))
    }

    /// Whether a resource exists here.
    pub fn exists(&self, resource: &str) -> bool {
        self.is_here(self.resolved.exists(resource))
    }

    /// The ids of the resources of a type that exist here.
    pub fn of_type(&self, kind: &str) -> Vec<&'a str> {
        let all = self.resolved.template().resources.iter();
        let of_type = all.filter(|(_, resource)| resource.kind == kind).map(|(id, _)| id.as_str());
        of_type.filter(|id| self.exists(id)).collect()
    }

    /// The type of a resource.
    pub fn kind(&self, resource: &str) -> Option<&'a str> {
        self.resolved.template().resources.get(resource).map(|resource| resource.kind.as_str())
    }

    /// A value as text; none if it is none.
    pub fn text(&self, resolution: &Resolution<'a>) -> Option<Text> {
        let pieces = resolution.pieces()?;
        let mut text = Text::default();
        for piece in pieces.iter() {
            text = match piece {
                Piece::Text(known) => text.then(known.as_ref()),
                Piece::Symbol(Symbol::Reference { resource, attribute: None })
                    if text.to_string().ends_with(":dbuser:")
                        && self.kind(resource).is_some_and(|kind| kind.starts_with("AWS::RDS::")) =>
                {
                    text.then(arn::name_only(resource))
                }
                Piece::Symbol(symbol) => text.then(self.symbol(symbol)),
            };
        }
        Some(text)
    }

    /// A value that stands beside the template as text; none where it is none, or of a function that is not followed there.
    pub fn stated(&self, value: &Value) -> Option<Text> {
        let joined = |values: &[Value], between: &str| {
            let mut text = Text::default();
            for (index, value) in values.iter().enumerate() {
                let separator = if index > 0 { between } else { "" };
                text = text.then(separator).then(self.stated(value)?);
            }
            Some(text)
        };
        match value {
            Value::String(text) => Some(text.as_str().into()),
            Value::Intrinsic(Intrinsic::Reference(reference)) => Some(self.named(reference)),
            Value::Intrinsic(Intrinsic::Sub(sub)) => {
                let mut text = Text::default();
                for part in &sub.parts {
                    text = text.then(match part {
                        SubPart::Text(known) => known.as_str().into(),
                        SubPart::Reference(reference) => self.named(reference),
                        SubPart::Variable(name) => self.stated(sub.variables.get(name)?)?,
                    });
                }
                Some(text)
            }
            Value::Intrinsic(Intrinsic::Call(function, argument)) => match (function, argument.as_list()?) {
                (Function::Join, [Value::String(between), Value::List(values)]) => joined(values, between),
                (Function::Select, [at, Value::Intrinsic(Intrinsic::Call(Function::Split, split))]) => {
                    let [Value::String(between), of] = split.as_list()? else { return None };
                    let at: usize = match at {
                        Value::Number(number) => usize::try_from(number.as_u64()?).ok()?,
                        other => other.as_str()?.parse().ok()?,
                    };
                    let mut characters = between.chars();
                    let (Some(only), None) = (characters.next(), characters.next()) else { return None };
                    self.stated(of)?.split(only, usize::MAX)?.get(at).cloned()
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// What a reference that stands beside the template returns.
    fn named(&self, reference: &Reference) -> Text {
        let template = self.resolved.template();
        let name = reference.name();
        match (reference, template.resources.get_key_value(name)) {
            (Reference::Ref(_), Some((id, _))) => arn::of(self, id, None),
            (Reference::GetAtt(_, attribute), Some((id, _))) => arn::of(self, id, Some(attribute)),
            (_, None) if name.starts_with("AWS::") => self.pseudo(name),
            (_, None) => match self.resolved.environment().parameter(name) {
                Some(known) => known.into(),
                None => Text::symbol(name, Shape::ANY),
            },
        }
    }

    /// The resource of the template that a value beside it refers to as a whole.
    pub fn stated_reference(&self, value: &Value) -> Option<Resolution<'a>> {
        const ATTRIBUTES: [&str; 4] = ["Arn", "Id", "KeyId", "MasterUserSecret.SecretArn"];
        let Value::Intrinsic(Intrinsic::Reference(reference)) = value else { return None };
        let (resource, _) = self.resolved.template().resources.get_key_value(reference.name())?;
        let attribute = match reference {
            Reference::Ref(_) => None,
            Reference::GetAtt(_, attribute) => Some(*ATTRIBUTES.iter().find(|known| *known == attribute)?),
        };
        Some(Resolution::Symbol(Symbol::Reference { resource, attribute }))
    }

    /// A property as text.
    pub fn property_text(&self, resource: &str, path: &str) -> Option<Text> {
        let (value, _) = self.property(resource, path)?;
        self.text(&value)
    }

    fn symbol(&self, symbol: &Symbol<'a>) -> Text {
        if self.depth.get() >= DEEPEST {
            return Text::symbol("…", Shape::ANY);
        }
        self.depth.set(self.depth.get() + 1);
        let text = match symbol {
            Symbol::Pseudo(name) => self.pseudo(name),
            Symbol::Reference { resource, attribute } => arn::of(self, resource, *attribute),
            Symbol::Parameter { name, .. } => Text::symbol(name, Shape::ANY),
            Symbol::Dynamic(dynamic) => {
                let key = self.text(&dynamic.key).unwrap_or_default();
                Text::symbol(&format!("resolve:{}:{key}", dynamic.service), Shape::ANY)
            }
            Symbol::Call(call) => self.call(call),
            Symbol::Unknown(unknown) => {
                let place = self.resolved.place_of(unknown.source).unwrap_or_else(|| "…".into());
                Text::symbol(&place, Shape::ANY)
            }
        };
        self.depth.set(self.depth.get() - 1);
        text
    }

    /// A pseudo parameter.
    pub fn pseudo(&self, name: &str) -> Text {
        if let Some(known) = self.resolved.environment().pseudo(name) {
            return known.into();
        }
        const HOST: Charset = Charset::LOWER.or(Charset::of("-."));
        if let (Some(account), "AWS::AccountId") = (&self.account, name) {
            return account.as_str().into();
        }
        let shape = match (name, self.partition.as_deref()) {
            ("AWS::Partition", Some(partition)) => return partition.into(),
            ("AWS::URLSuffix", Some("aws" | "aws-us-gov")) => return "amazonaws.com".into(),
            ("AWS::Region" | "AWS::Partition", _) => Shape::some(Charset::LOWER.or(Charset::of("-"))),
            ("AWS::AccountId", _) => Shape::exactly(Charset::DIGITS, 12),
            ("AWS::URLSuffix", _) => Shape::some(HOST),
            ("AWS::StackName", _) => Shape::some(Charset::ALPHANUMERIC.or(Charset::of("-"))),
            ("AWS::StackId", _) => {
                let start = arn::start(self, "cloudformation", true).then("stack/").then(self.pseudo("AWS::StackName"));
                let id = Shape::exactly(Charset::LOWER.or(Charset::of("-")), 36);
                return start.then("/").then_symbol("AWS::StackId", id);
            }
            _ => Shape::ANY,
        };
        Text::symbol(name, shape)
    }

    fn call(&self, call: &Call<'a>) -> Text {
        if let (Function::Select, [at, Resolution::Symbol(Symbol::Call(split))]) =
            (call.function, call.arguments.as_slice())
            && let (Function::Split, [separator, of]) = (split.function, split.arguments.as_slice())
            && let Some(found) = self.part(at.integer(), separator, of)
        {
            return found;
        }
        let arguments: Vec<String> = call.arguments.iter().map(|argument| self.told(argument)).collect();
        Text::symbol(&format!("{} {}", call.function.tag(), arguments.join(" ")), Shape::ANY)
    }

    /// One of the texts between separators, as far as those before it are known.
    fn part(&self, at: Option<i64>, separator: &Resolution<'a>, of: &Resolution<'a>) -> Option<Text> {
        let at = usize::try_from(at?).ok()?;
        let mut separator = separator.text()?.chars();
        let (Some(only), None) = (separator.next(), separator.next()) else { return None };
        self.text(of)?.split(only, usize::MAX)?.get(at).cloned()
    }

    /// A value as an unknown is told by it: equal values are told alike, different ones differently.
    fn told(&self, value: &Resolution<'a>) -> String {
        match value {
            Resolution::List(elements) => {
                let each: Vec<String> = elements.iter().map(|element| self.told(&element.value)).collect();
                format!("[{}]", each.join(", "))
            }
            other => self.text(other).map_or_else(|| "…".into(), |text| text.to_string()),
        }
    }
}

fn is_list(symbol: &Symbol<'_>) -> bool {
    match symbol {
        Symbol::Parameter { parameter, .. } => crate::resolve::ParameterKind::of(parameter).is_list(),
        Symbol::Call(call) => matches!(call.function, Function::Split | Function::GetAzs | Function::Cidr),
        _ => false,
    }
}

/// Worlds that together are all of `under`, in each of which the given values are one each; none if those are too many.
pub fn apart<'a>(resolved: &Resolved<'a>, under: Formula, values: &[&'a Value]) -> Option<Vec<Formula>> {
    let mut splits = Vec::new();
    values.iter().for_each(|value| each_split(resolved, value, under, &mut splits));
    refined(resolved, vec![under], &splits)
}

/// Worlds, told apart further.
pub fn refined(resolved: &Resolved<'_>, mut worlds: Vec<Formula>, splits: &[Formula]) -> Option<Vec<Formula>> {
    for split in splits {
        let opposite = resolved.not(*split);
        let sides = worlds.iter().flat_map(|world| [resolved.and(*world, *split), resolved.and(*world, opposite)]);
        let next: Vec<Formula> = sides.filter(|world| resolved.is_possible(*world)).collect();
        worlds = next;
        if worlds.len() > MOST_WORLDS {
            return None;
        }
    }
    Some(worlds)
}

fn add(splits: &mut Vec<Formula>, when: Formula) {
    if when != Formula::TRUE && !splits.contains(&when) {
        splits.push(when);
    }
}

fn each_split<'a>(resolved: &Resolved<'a>, value: &'a Value, under: Formula, splits: &mut Vec<Formula>) {
    match value {
        Value::List(values) => values.iter().for_each(|value| each_split(resolved, value, under, splits)),
        Value::Map(map) => map.values().for_each(|value| each_split(resolved, value, under, splits)),
        _ => {
            let cases = resolved.value(value, under);
            for case in &cases {
                if cases.len() > 1 {
                    add(splits, case.when);
                }
                match &case.value {
                    Resolution::Map(map) => {
                        map.values().for_each(|value| each_split(resolved, value, case.when, splits));
                    }
                    Resolution::List(elements) => {
                        for element in elements {
                            add(splits, element.when);
                            if !std::ptr::eq(element.source, value) {
                                each_split(resolved, element.source, element.when, splits);
                            }
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}
