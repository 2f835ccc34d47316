//! Values from one stack to another: what is looked up here, and what is laid out there.

use std::panic::Location;

use super::super::bag::Bag;
use super::super::codes;
use super::super::construct::{Entry, Origin};
use super::super::handle::AnyHandle;
use super::super::import::{Found, Way};
use super::super::link::{Link, Term};
use super::super::output;
use super::context::{Draft, Lowering, unknown_attribute};
use crate::diagnostic::Diagnostic;
use crate::registry;
use crate::template::{
    self, Function, Intrinsic, Output, Parameter, Places, Reference, Sub, SubPart, Template, Value, pointer,
};

/// Between the elements of a list that travels as one text. No id has it.
const COMMA: &str = ",";

/// What one stack wants of another.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::stack) struct Need {
    /// The other stack.
    pub(in crate::stack) stack: u32,
    /// Its name.
    pub(in crate::stack) stack_name: String,
    /// The construct there.
    index: u32,
    attribute: String,
    way: Way,
    /// Whether it is a list.
    list: bool,
    /// Where the stack that wants it imports.
    pub(in crate::stack) location: &'static Location<'static>,
}

impl Need {
    /// Whether it asks for the same thing.
    pub(in crate::stack) fn is_same(&self, other: &Self) -> bool {
        (self.stack, self.index, &self.attribute, self.way) == (other.stack, other.index, &other.attribute, other.way)
    }
}

impl<'a> Lowering<'a> {
    /// An attribute of what another stack has, as this template gets it.
    pub(super) fn elsewhere(
        &mut self,
        handle: AnyHandle,
        attribute: &str,
        way: Option<Way>,
        location: &'static Location<'static>,
    ) -> Value {
        let stack = self.stack;
        let found = stack.neighbour(handle.stack);
        let entry = found.and_then(|found| found.known.neighbour.entries.get(handle.index as usize));
        let (Some(found), Some(entry)) = (found, entry) else {
            return self.unresolved(self.stranger(handle), location);
        };
        if let Origin::From(origin, _) = entry.origin {
            return self.elsewhere(origin, attribute, way, location);
        }
        match self.value_there(found, entry, attribute, location) {
            None => self.unresolved(unknown_attribute(entry, attribute), location),
            Some(value) if is_portable(&value) => value,
            Some(value) => {
                let list = is_list(&value, &|name| kind_there(found, name), entry.bag.kind());
                let way = way.unwrap_or(found.known.way);
                self.warn_of_condition(entry, location);
                self.bring(found, entry, Wanted { handle, attribute, way, list }, location)
            }
        }
    }

    /// An attribute as the other template has it. What a third stack has comes as it comes here.
    fn value_there(
        &mut self,
        found: Found<'a>,
        entry: &'a Entry,
        attribute: &str,
        location: &'static Location<'static>,
    ) -> Option<Value> {
        match &entry.origin {
            Origin::Created => Some(entry.noun.attribute(&entry.name, attribute)),
            Origin::Existing(given) => {
                let term = given.get(attribute)?;
                Some(term.substitute(&mut |link| self.link_there(found, link, location)))
            }
            Origin::From(handle, way) => Some(self.elsewhere(*handle, attribute, Some(*way), location)),
        }
    }

    fn link_there(&mut self, found: Found<'a>, link: &Link, location: &'static Location<'static>) -> Value {
        match link {
            Link::Name(name) => Value::reference_to(name.as_str()),
            Link::NamedAttribute(name, attribute) => Value::attribute_of(name.as_str(), attribute.as_str()),
            Link::Attribute(handle, attribute) if handle.stack == found.known.neighbour.id => {
                let entry = found.known.neighbour.entries.get(handle.index as usize);
                let value = entry.and_then(|entry| self.value_there(found, entry, attribute, location));
                value.unwrap_or_else(|| self.unresolved(self.stranger(*handle), location))
            }
            Link::Attribute(handle, attribute) => self.elsewhere(*handle, attribute, None, location),
        }
    }

    /// Asks the other stack for a value, and looks it up here.
    fn bring(
        &mut self,
        found: Found<'a>,
        entry: &Entry,
        wanted: Wanted<'_>,
        location: &'static Location<'static>,
    ) -> Value {
        let Wanted { handle, attribute, way, list } = wanted;
        let need = Need {
            stack: handle.stack,
            stack_name: found.known.neighbour.name.clone(),
            index: handle.index,
            attribute: attribute.to_owned(),
            way,
            list,
            location: self.import_location(handle.stack).unwrap_or(location),
        };
        if !self.needs.iter().any(|other| other.is_same(&need)) {
            self.needs.push(need);
        }
        let stack = self.deployed_name(found, location);
        match way {
            Way::Export => {
                let mut name = Sub { parts: Vec::new(), variables: Default::default() };
                name.push_value("Stack", stack);
                name.push_text(&format!("-{}", suffix(&entry.name, attribute)));
                let value = Value::call(Function::ImportValue, name.simplified());
                if list { Value::call_list(Function::Split, [Value::from(COMMA), value]) } else { value }
            }
            Way::Parameter => {
                let own = format!("{}{}", found.known.neighbour.names[handle.index as usize], word(attribute));
                self.read_parameter(&own, &stack, &entry.name, wanted, location);
                Value::reference_to(own)
            }
        }
    }

    /// Declares the parameter by which a value of another stack is read.
    fn read_parameter(
        &mut self,
        own: &str,
        stack: &Value,
        name: &str,
        wanted: Wanted<'_>,
        location: &'static Location<'static>,
    ) {
        let Some(stack) = stack.as_str() else {
            let message = "a parameter of Systems Manager cannot be looked up by a stack's name that is not known now";
            let fault = Diagnostic::error(codes::STACK_NAME, message)
                .help("say it as a literal: `stack.locate(&other, \"…\")`");
            self.unresolved(fault, location);
            return;
        };
        let kind = if wanted.list { "List<String>" } else { "String" };
        let declared = Parameter {
            kind: format!("AWS::SSM::Parameter::Value<{kind}>"),
            default: Some(format!("/{stack}/{name}/{}", wanted.attribute).into()),
            description: Some(format!("where stack {stack} keeps {} of {name}", wanted.attribute)),
            ..Parameter::default()
        };
        self.read.insert(own.to_owned(), (declared, location));
    }

    /// The name under which another stack is deployed.
    fn deployed_name(&mut self, found: Found<'a>, location: &'static Location<'static>) -> Value {
        let own = Value::from(found.known.neighbour.name.as_str());
        match &found.known.deployed_as {
            None => own,
            Some(Term::String(name)) => Value::from(name.as_str()),
            Some(term) if found.directly => self.resolve(term, location),
            Some(_) => {
                let name = &found.known.neighbour.name;
                let message = format!("the name under which `{name}` is deployed is a parameter of another stack");
                let help = format!("import from `{name}` itself, and say its name here: `stack.locate(&other, …)`");
                self.unresolved(Diagnostic::error(codes::STACK_NAME, message).help(help), location);
                own
            }
        }
    }

    /// Where this stack imports from another for the first time.
    fn import_location(&self, id: u32) -> Option<&'static Location<'static>> {
        let from = |entry: &&std::rc::Rc<Entry>| entry.from().is_some_and(|handle| handle.stack == id);
        self.stack.entries.iter().find(from).map(|entry| entry.location)
    }

    /// What the other stack creates under a condition only is perhaps not there.
    fn warn_of_condition(&mut self, entry: &Entry, location: &'static Location<'static>) {
        let Some(condition) = &entry.bag.said.condition else { return };
        let (name, condition) = (&entry.name, condition.name());
        let message = format!(
            "`{name}` exists only where `{condition}` holds in its stack: where it does not, this stack cannot be deployed"
        );
        let warning = Diagnostic::warning(codes::PERHAPS_MISSING, message)
            .source(location.into())
            .and_at(entry.location.into(), "created here, under a condition")
            .help("deploy both under the same parameter, or create it unconditionally");
        if !self.diagnostics.contains(&warning) {
            self.diagnostics.push(warning);
        }
    }
}

/// An attribute of another stack's construct, and how it travels.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    handle: AnyHandle,
    attribute: &'a str,
    way: Way,
    list: bool,
}

/// The type of a parameter of the other stack.
fn kind_there(found: Found<'_>, name: &str) -> Option<String> {
    let parameters = &found.known.neighbour.parameters;
    parameters.iter().find(|(own, _)| own == name).map(|(_, kind)| kind.clone())
}

/// Whether a value means the same in any stack of the account and region.
fn is_portable(value: &Value) -> bool {
    const SAME: [&str; 5] = ["AWS::AccountId", "AWS::NoValue", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"];
    let mut portable = !calls_local(value);
    value.each_reference(&mut |reference| {
        portable &= matches!(reference, Reference::Ref(name) if SAME.contains(&name.as_str()));
    });
    portable
}

/// Whether it goes by a condition or a mapping of its stack.
fn calls_local(value: &Value) -> bool {
    use Function::{Condition, FindInMap, If};
    value.any(&|value| matches!(value, Value::Intrinsic(Intrinsic::Call(If | Condition | FindInMap, _))))
}

/// Whether a value is a list. `parameter` gives the types of parameters; attributes are those of a `kind`.
fn is_list(value: &Value, parameter: &dyn Fn(&str) -> Option<String>, kind: &str) -> bool {
    match value {
        Value::List(_) => true,
        Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => {
            parameter(name).is_some_and(|kind| kind.contains("List<") || kind.contains("CommaDelimitedList"))
        }
        Value::Intrinsic(Intrinsic::Reference(Reference::GetAtt(_, attribute))) => {
            let schema = registry::facts(kind).and_then(|facts| facts.attributes().get(attribute)?.schema);
            schema.is_some_and(|schema| schema["type"] == "array")
        }
        Value::Intrinsic(Intrinsic::Call(Function::Split | Function::GetAzs | Function::Cidr, _)) => true,
        Value::Intrinsic(Intrinsic::Call(Function::If, argument)) => {
            argument.as_list().is_some_and(|list| list.iter().skip(1).any(|value| is_list(value, parameter, kind)))
        }
        _ => false,
    }
}

/// The end of an export's name: letters, digits and hyphens.
fn suffix(name: &str, attribute: &str) -> String {
    format!("{name}-{}", attribute.replace('.', "-"))
}

/// An attribute as a part of a logical id.
fn word(attribute: &str) -> String {
    attribute.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Keeps in Systems Manager what others read there.
pub(super) fn keep(lowering: &mut Lowering<'_>, needs: &[Need]) {
    for need in needs.iter().filter(|need| need.way == Way::Parameter) {
        let handle = AnyHandle { stack: lowering.stack.id, index: need.index };
        let Some(entry) = lowering.stack.own_entry(handle) else { continue };
        let stack = SubPart::Reference(Link::Name("AWS::StackName".into()));
        let rest = SubPart::Text(format!("/{}/{}", entry.name, need.attribute));
        let name = Term::Intrinsic(Intrinsic::Sub(Sub::new([SubPart::Text("/".into()), stack, rest])));
        let mut bag = Bag::new("AWS::SSM::Parameter");
        let kind = if need.list { "StringList" } else { "String" };
        let value = handle.term(&need.attribute);
        let value = if need.list { Term::call_list(Function::Join, [Term::from(COMMA), value]) } else { value };
        for (property, term) in [("Name", name), ("Type", Term::from(kind)), ("Value", value)] {
            bag.fields.put(property, term, entry.location);
        }
        bag.said.condition = entry.bag.said.condition.clone();
        let id = format!("{}{}Parameter", entry.name, word(&need.attribute));
        lowering.draft(id, Draft { bag, owner: None, location: entry.location });
    }
}

/// Exports what others import.
pub(super) fn export(lowering: &mut Lowering<'_>, needs: &[Need], template: &mut Template, places: &mut Places) {
    for need in needs.iter().filter(|need| need.way == Way::Export) {
        let handle = AnyHandle { stack: lowering.stack.id, index: need.index };
        let Some(entry) = lowering.stack.own_entry(handle) else { continue };
        let value = lowering.resolve(&handle.term(&need.attribute), entry.location);
        let value = if need.list { Value::call_list(Function::Join, [Value::from(COMMA), value]) } else { value };
        let export = lowering.resolve(&output::own_export(&suffix(&entry.name, &need.attribute)), entry.location);
        let condition = entry.bag.said.condition.as_ref().map(|condition| condition.name().to_owned());
        let id = format!("Export{}{}", entry.name, word(&need.attribute));
        places.insert(pointer(["Outputs", &id]), entry.location.into());
        let output = Output { value, description: None, condition, export: Some(export) };
        if template.outputs.insert(id.clone(), output).is_some() {
            let message = format!("the output `{id}` is that of an export");
            let fault = Diagnostic::error(codes::NAME, message).source(entry.location.into());
            lowering.diagnostics.push(fault.help("give the other output another name"));
        }
    }
    template.outputs.sort_keys();
}

/// Declares the parameters by which this stack reads what others keep.
pub(super) fn declare(lowering: &mut Lowering<'_>, template: &mut template::Template, places: &mut Places) {
    for (name, (parameter, location)) in std::mem::take(&mut lowering.read) {
        places.insert(pointer(["Parameters", &name]), location.into());
        template.parameters.insert(name, parameter);
    }
    template.parameters.sort_keys();
}
