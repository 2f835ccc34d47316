//! Names that block replacement.
//!
//! Some types want a name that cannot change in place, beside other properties that cannot either. CloudFormation
//! creates the replacement before it deletes the old one, and refuses, since the name is taken: "cannot update a stack
//! when a custom-named resource requires replacing". So the name is derived from whatever would cause a replacement:
//! the literals among it enter as a digest, ids that come as parameters enter by intrinsic functions, and a piece of
//! the stack's id tells two stacks apart.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html>

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::codes;
use super::lower::Lowered;
use super::parameter::RANGE;
use crate::diagnostic::Diagnostic;
use crate::registry;
use crate::template::{Function, Intrinsic, PSEUDO_PARAMETERS, Reference, Sub, Template, Value, pointer};

/// The longest name of a proxy, and of a proxy endpoint.
///
/// Source: `DBProxyName` in <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html>
const MAX_LENGTH: usize = 63;

/// The digits of the digest: 32 bits. Two designs of one construct in one stack have to differ, no more.
const DIGEST_LENGTH: usize = 8;

/// The first group of the stack's UUID.
const STACK_LENGTH: usize = 8;

/// The longest that the part of an id after its hyphen gets, as in `subnet-0a41d2c3b4e5f6071`.
const ID_LENGTH: usize = 17;

/// The longest range with hyphens, as in `192-168-100-208-28`.
const RANGE_LENGTH: usize = 18;

/// Parameter types whose values are ids of the form `word-digits`.
const ID_TYPES: &[&str] =
    &["AWS::EC2::VPC::Id", "AWS::EC2::Subnet::Id", "AWS::EC2::SecurityGroup::Id", "List<AWS::EC2::Subnet::Id>"];

/// How many elements of a list of ids enter. What else may be in the list cannot be known.
const LIST_ELEMENTS: i64 = 2;

/// Fills the properties that take a derived name, `(logical id, property)`, where none was given.
pub(super) fn derive(lowered: &mut Lowered, wanted: &[(String, &str)]) {
    for (id, property) in wanted {
        if lowered.template.resources.get(id).is_some_and(|resource| resource.properties.contains_key(*property)) {
            continue;
        }
        match name(&lowered.template, id) {
            Ok(name) => {
                if let Some(resource) = lowered.template.resources.get_mut(id) {
                    resource.properties.insert((*property).to_owned(), name);
                    resource.properties.sort_keys();
                }
            }
            Err(fault) => {
                let place = lowered.places.nearest(&pointer(["Resources", id]));
                let mut diagnostic =
                    Diagnostic::error(codes::LONG_NAME, format!("no name can be derived for `{id}`: {fault}"))
                        .resource(id.as_str())
                        .help("give it one: `.name(…)`");
                diagnostic.source = place;
                lowered.diagnostics.push(diagnostic);
            }
        }
    }
}

fn name(template: &Template, id: &str) -> Result<Value, String> {
    let mut closure = Closure { template, text: String::new(), open: BTreeSet::new(), seen: BTreeSet::new() };
    closure.resource(id);
    let pieces = closure.pieces()?;
    let fixed = DIGEST_LENGTH + STACK_LENGTH + 2 + pieces.iter().map(|piece| piece.length + 1).sum::<usize>();
    let room = MAX_LENGTH.checked_sub(fixed).filter(|room| *room > 0);
    let room = room.ok_or_else(|| {
        format!("{} ids and ranges by parameter are too many for {MAX_LENGTH} characters", pieces.len())
    })?;
    let mut name = Sub { parts: Vec::new(), variables: Default::default() };
    name.push_text(&format!("{}-{}", prefix(id, room), closure.digest()));
    for Piece { variable, value, .. } in pieces {
        name.push_text("-");
        name.push_value(&variable, value);
    }
    name.push_text("-");
    name.push_value("Stack", stack_piece());
    Ok(name.simplified())
}

/// The logical id in lower case, a hyphen between its words, as much as there is room for.
fn prefix(id: &str, room: usize) -> String {
    let mut words = String::new();
    let mut previous_lower = false;
    for c in id.chars() {
        if c.is_ascii_uppercase() && previous_lower {
            words.push('-');
        }
        previous_lower = !c.is_ascii_uppercase();
        words.push(c.to_ascii_lowercase());
    }
    if !words.starts_with(|c: char| c.is_ascii_alphabetic()) {
        words.insert(0, 'p');
    }
    words.truncate(room);
    words.trim_end_matches('-').to_owned()
}

/// The first group of the UUID at the end of the stack's id, `arn:…:stack/name/uuid`. It never changes.
fn stack_piece() -> Value {
    let select = |n: i64, list| Value::call_list(Function::Select, [Value::from(n), list]);
    let split = |by: &str, text| Value::call_list(Function::Split, [Value::from(by), text]);
    select(0, split("-", select(2, split("/", Value::reference_to("AWS::StackId")))))
}

/// What a parameter contributes, under the name that it has in the substitution.
struct Piece {
    variable: String,
    value: Value,
    /// The most characters that it comes to.
    length: usize,
}

impl Piece {
    fn id(variable: String, id: Value) -> Self {
        Self { variable, value: digits(id), length: ID_LENGTH }
    }

    fn range(variable: &str, text: Value) -> Self {
        Self { variable: variable.to_owned(), value: range(text), length: RANGE_LENGTH }
    }
}

/// Everything whose change replaces a resource: its createOnly properties, and those of what they refer to.
struct Closure<'a> {
    template: &'a Template,
    /// The literals, in an order of their own.
    text: String,
    /// The parameters.
    open: BTreeSet<&'a str>,
    seen: BTreeSet<&'a str>,
}

impl<'a> Closure<'a> {
    fn resource(&mut self, id: &'a str) {
        let Some(resource) = self.template.resources.get(id) else { return };
        if !self.seen.insert(id) {
            return;
        }
        self.text.push_str(&format!("{}:", resource.kind));
        let Some(facts) = registry::facts(&resource.kind) else { return };
        let mut create_only: Vec<&str> =
            facts.create_only.iter().filter_map(|path| path.segments().first()).map(String::as_str).collect();
        create_only.sort_unstable();
        create_only.dedup();
        for property in create_only {
            if let Some(value) = resource.properties.get(property) {
                self.text.push_str(&format!("{property}={};", value.to_json()));
                self.references(value);
            }
        }
    }

    fn references(&mut self, value: &'a Value) {
        let mut names = Vec::new();
        value.each_reference(&mut |reference: &'a Reference| names.push(reference.name()));
        each_condition(value, &mut |condition| names.push(condition));
        for name in names {
            if self.template.parameters.contains_key(name) {
                self.open.insert(name);
            } else if let Some(formula) = self.template.conditions.get(name) {
                self.text.push_str(&format!("{name}={};", formula.to_json()));
            } else if !PSEUDO_PARAMETERS.contains(&name) {
                self.resource(name);
            }
        }
    }

    fn digest(&self) -> String {
        let digest = Sha256::digest(self.text.as_bytes());
        digest.iter().take(DIGEST_LENGTH / 2).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What the parameters contribute.
    fn pieces(&self) -> Result<Vec<Piece>, String> {
        let mut pieces = Vec::new();
        for name in &self.open {
            let parameter = &self.template.parameters[*name];
            if parameter.allowed_pattern.as_deref() == Some(RANGE) {
                pieces.push(Piece::range(name, Value::reference_to(*name)));
                continue;
            }
            let kind = &parameter.kind;
            if !ID_TYPES.contains(&kind.as_str()) {
                return Err(format!(
                    "the parameter `{name}` decides on its replacement, and is neither an id nor a range"
                ));
            }
            let reference = Value::reference_to(*name);
            if kind.starts_with("List<") {
                for n in 0..LIST_ELEMENTS {
                    let element = Value::call_list(Function::Select, [Value::from(n), reference.clone()]);
                    pieces.push(Piece::id(format!("{name}{n}"), element));
                }
            } else {
                pieces.push(Piece::id((*name).to_owned(), reference));
            }
        }
        Ok(pieces)
    }
}

/// A range with hyphens for its dots and its slash.
fn range(range: Value) -> Value {
    let replace = |mark: &str, text: Value| {
        let split = Value::call_list(Function::Split, [Value::from(mark), text]);
        Value::call_list(Function::Join, [Value::from("-"), split])
    };
    replace("/", replace(".", range))
}

/// What follows the hyphen of an id.
fn digits(id: Value) -> Value {
    let split = Value::call_list(Function::Split, [Value::from("-"), id]);
    Value::call_list(Function::Select, [Value::from(1), split])
}

/// Calls `visit` on the condition of every `Fn::If`.
fn each_condition<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a str)) {
    match value {
        Value::List(values) => values.iter().for_each(|value| each_condition(value, visit)),
        Value::Map(map) => map.values().for_each(|value| each_condition(value, visit)),
        Value::Intrinsic(Intrinsic::Call(function, argument)) => {
            if let (Function::If, Some([Value::String(condition), ..])) = (function, argument.as_list()) {
                visit(condition);
            }
            each_condition(argument, visit);
        }
        Value::Intrinsic(Intrinsic::Sub(sub)) => sub.variables.values().for_each(|value| each_condition(value, visit)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_kebab_case_and_never_end_in_a_hyphen() {
        assert_eq!(prefix("Proxy", 40), "proxy");
        assert_eq!(prefix("BillingProxy", 40), "billing-proxy");
        assert_eq!(prefix("BillingProxy", 8), "billing");
        assert_eq!(prefix("DBProxy", 40), "dbproxy");
        assert_eq!(prefix("2ndProxy", 40), "p2nd-proxy");
    }
}
