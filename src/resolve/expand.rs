//! `Fn::ForEach`, run: a template with its loops unrolled.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::environment::Environment;
use super::parameter::{ParameterKind, spelled};
use super::transform;
use crate::diagnostic::{Code, Diagnostic};
use crate::template::parse::{TOO_LARGE, outputs, resources};
use crate::template::{
    Function, Intrinsic, Map, Path, Reference, Sub, SubPart, Template, Value, is_macro, pointer, resource_of,
};

/// A loop that is written wrongly, or makes one thing twice.
pub const LOOP: Code = Code::new("E1032", "malformed-loop");
/// A loop in a template that does not ask for the language extensions.
pub const NO_EXTENSIONS: Code = Code::new("E1033", "loop-without-language-extensions");
/// A loop over what is not known.
pub const OPEN_LOOP: Code = Code::new("I1034", "loop-over-unknown");

/// More copies than this are not made: a template has at most 500 resources.
const MOST_COPIES: usize = 10_000;
/// What loops make is no more text than this, in bytes: CloudFormation takes 1 MB.
const MOST_MADE: usize = 16 << 20;
/// What a value counts beside its text.
const VALUE: usize = 64;
const LOOP_KEY: &str = "Fn::ForEach::";

/// A template without the loops that could be run, and the way back to where each part stood.
#[derive(Debug)]
pub struct Expanded<'a> {
    /// The template. Loops over what is not known, and what other macros stand for, are still in it.
    pub template: Cow<'a, Template>,
    /// What is wrong with the loops; the paths are those of the template as it was written.
    pub diagnostics: Vec<Diagnostic>,
    origins: HashMap<String, String>,
}

impl Expanded<'_> {
    /// The pointer into the template as it was written.
    pub fn origin<'p>(&self, pointer: &'p str) -> Cow<'p, str> {
        let mut made = pointer;
        loop {
            if let Some(origin) = self.origins.get(made) {
                return Cow::Owned(format!("{origin}{}", &pointer[made.len()..]));
            }
            match made.rfind('/') {
                Some(end) => made = &made[..end],
                None => return Cow::Borrowed(pointer),
            }
        }
    }
}

/// Runs the loops of a template. A collection that is a parameter has the value that the environment gives, or else its
/// default.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html>
pub fn expand<'a>(template: &'a Template, environment: &Environment) -> Expanded<'a> {
    let mut expander = Expander {
        template,
        environment,
        scope: Vec::new(),
        origins: HashMap::new(),
        found: Vec::new(),
        told: HashSet::new(),
        copies: 0,
        left: Cell::new(MOST_MADE),
    };
    expander.found.extend(transform::unknown_macros(template));
    let loops = loops(template);
    if loops.is_empty() {
        return Expanded { template: Cow::Borrowed(template), diagnostics: expander.found, origins: HashMap::new() };
    }
    if !transform::has(template, transform::EXTENSIONS) {
        let found = loops.into_iter().map(|place| {
            let found = Diagnostic::error(NO_EXTENSIONS, "a loop is run by the language extensions only");
            at(found, place).help("add `Transform: AWS::LanguageExtensions`")
        });
        expander.found.extend(found);
        return Expanded { template: Cow::Borrowed(template), diagnostics: expander.found, origins: HashMap::new() };
    }
    let expanded = expander.template();
    if expander.left.get() == 0 {
        // Half of what they make would be judged for what it lacks.
        let found = match expander.copies > MOST_COPIES {
            true => format!("the loops make more than {MOST_COPIES} copies"),
            false => format!("what the loops make is more than {} MiB", MOST_MADE >> 20),
        };
        let found = Diagnostic::error(TOO_LARGE, found).path("/Resources");
        let found = found.help("let the loops go over fewer values, or make less in each");
        return Expanded { template: Cow::Borrowed(template), diagnostics: vec![found], origins: HashMap::new() };
    }
    let Expander { origins, found: diagnostics, .. } = expander;
    let mut expanded = Expanded { template: Cow::Owned(expanded), diagnostics: Vec::new(), origins };
    expanded.diagnostics = diagnostics
        .into_iter()
        .map(|mut found| {
            found.path = found.path.map(|path| expanded.origin(&path).into_owned());
            found
        })
        .collect();
    expanded
}

fn at(found: Diagnostic, place: String) -> Diagnostic {
    match resource_of(&place).filter(|id| !is_macro(id)) {
        Some(resource) => found.resource(resource).path(place),
        None => found.path(place),
    }
}

/// The pointers of a template's loops, outermost ones only.
fn loops(template: &Template) -> Vec<String> {
    let mut found = Vec::new();
    let sections = [("Resources", &template.resource_macros), ("Outputs", &template.output_macros)];
    for (section, macros) in sections.into_iter().chain([("Conditions", &template.conditions)]) {
        found.extend(macros.keys().filter(|key| key.starts_with(LOOP_KEY)).map(|key| pointer([section, key])));
    }
    template.walk(&mut |path, value| {
        let Value::Map(map) = value else { return };
        if let Some(key) = map.keys().find(|key| key.starts_with(LOOP_KEY)) {
            found.push(path.key(key).to_string());
        }
    });
    for (id, resource) in &template.resources {
        let path = Path::Start.key("Resources");
        let path = path.key(id);
        let keys = resource.properties.keys().filter(|key| key.starts_with(LOOP_KEY));
        found.extend(keys.map(|key| path.key("Properties").key(key).to_string()));
    }
    found
}

struct Expander<'a, 'e> {
    template: &'a Template,
    environment: &'e Environment,
    /// What each identifier stands for, the innermost loop last.
    scope: Vec<(String, String)>,
    /// By what is made, where what makes it is written.
    origins: HashMap<String, String>,
    found: Vec<Diagnostic>,
    /// What is said already to be made twice.
    told: HashSet<String>,
    copies: usize,
    /// How much may still be made.
    left: Cell<usize>,
}

/// Where something is made, and where what makes it is written.
#[derive(Clone)]
struct Way {
    made: String,
    written: String,
}

impl Way {
    fn new(steps: &[&str]) -> Self {
        let made = pointer(steps);
        Self { written: made.clone(), made }
    }

    fn key(&self, made: &str, written: &str) -> Self {
        Self {
            made: format!("{}{}", self.made, pointer([made])),
            written: format!("{}{}", self.written, pointer([written])),
        }
    }
}

impl Expander<'_, '_> {
    fn template(&mut self) -> Template {
        let mut expanded = self.template.clone();
        expanded.conditions = self.map(&self.template.conditions, &Way::new(&["Conditions"]));
        expanded
            .conditions
            .iter_mut()
            .for_each(|(_, value)| *value = std::mem::replace(value, Value::Null).as_formula());
        for (id, resource) in &mut expanded.resources {
            let way = Way::new(&["Resources", id, "Properties"]);
            resource.properties = self.map(&resource.properties, &way);
        }
        for (name, output) in &mut expanded.outputs {
            output.value = self.value(&output.value, &Way::new(&["Outputs", name, "Value"]));
        }
        let (macros, made) = self.section("Resources", &self.template.resource_macros.clone());
        expanded.resource_macros = macros;
        for (id, resource) in resources(made, &mut self.found) {
            if expanded.resources.contains_key(&id) {
                self.twice(&id, pointer(["Resources", &id]));
            }
            expanded.resources.insert(id, resource);
        }
        let (macros, made) = self.section("Outputs", &self.template.output_macros.clone());
        expanded.output_macros = macros;
        expanded.outputs.extend(outputs(made, &mut self.found));
        expanded
    }

    /// What the macros of a section leave, and what its loops make.
    fn section(&mut self, name: &str, macros: &Map) -> (Map, Map) {
        self.map(macros, &Way::new(&[name])).into_iter().partition(|(key, _)| is_macro(key))
    }

    fn twice(&mut self, key: &str, place: String) {
        if !self.told.insert(place.clone()) {
            return;
        }
        self.found.push(at(Diagnostic::error(LOOP, format!("a loop makes `{key}`, and there is one already")), place));
    }

    fn map(&mut self, map: &Map, way: &Way) -> Map {
        let mut made = Map::default();
        for (key, value) in map {
            if let Some(name) = key.strip_prefix(LOOP_KEY) {
                self.unroll(key, name, value, way, &mut made);
                continue;
            }
            let filled = self.fill(key);
            let inner = way.key(&filled, key);
            if filled != *key {
                self.note(&inner);
            }
            let value = self.value(value, &inner);
            self.put(&mut made, filled, value, &inner);
        }
        made
    }

    fn note(&mut self, way: &Way) {
        self.origins.entry(way.made.clone()).or_insert_with(|| way.written.clone());
    }

    /// Counts text that is about to be there; false if it is too much.
    fn afford(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes.saturating_add(VALUE));
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    fn put(&mut self, made: &mut Map, key: String, value: Value, way: &Way) {
        if made.contains_key(&key) {
            self.twice(&key, way.made.clone());
        }
        made.insert(key, value);
    }

    fn unroll(&mut self, key: &str, name: &str, value: &Value, way: &Way, made: &mut Map) {
        let place = way.key(key, key);
        let Some([Value::String(identifier), collection, Value::Map(body)]) = value.as_list() else {
            let found = Diagnostic::error(LOOP, format!("the loop `{name}` is no identifier, collection and map"));
            self.found
                .push(at(found, place.written).help(format!("write `{key}: [Name, [a, b], {{ 'Key${{Name}}': … }}]`")));
            return;
        };
        let Some(items) = self.collection(collection) else {
            let found = format!("what the loop `{name}` goes over is not known, so neither is what it makes");
            let found = at(Diagnostic::info(OPEN_LOOP, found), place.written);
            self.found.push(found.help("give the parameter a default, or its value with the environment"));
            made.insert(key.to_owned(), value.clone());
            return;
        };
        self.copies += items.len();
        if self.copies > MOST_COPIES {
            self.left.set(0);
        }
        for text in items {
            if self.left.get() == 0 {
                break;
            }
            self.scope.push((identifier.clone(), text));
            let written = Way { made: way.made.clone(), written: format!("{}/2", place.written) };
            for (inner, value) in body {
                if let Some(name) = inner.strip_prefix(LOOP_KEY) {
                    self.unroll(inner, name, value, &written, made);
                    continue;
                }
                let filled = self.fill(inner);
                let inner = written.key(&filled, inner);
                self.note(&inner);
                let value = self.value(value, &inner);
                self.put(made, filled, value, &inner);
            }
            self.scope.pop();
        }
    }

    /// The texts of a collection; none if they are not known.
    fn collection(&self, collection: &Value) -> Option<Vec<String>> {
        match collection {
            Value::List(values) => values.iter().map(|value| self.text(value)).collect(),
            Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => {
                let parameter = self.template.parameters.get(name)?;
                let kind = ParameterKind::of(parameter);
                if !kind.is_list() || kind.is_stored() {
                    return None;
                }
                let listed = |text: &str| text.split(',').map(|text| text.trim().to_owned()).collect();
                match (self.environment.parameter(name), parameter.default.as_ref()) {
                    (Some(text), _) => Some(listed(text)),
                    (None, Some(Value::List(values))) => values.iter().map(spelled).collect(),
                    (None, Some(value)) => spelled(value).map(|text| listed(&text)),
                    (None, None) => None,
                }
            }
            Value::Intrinsic(Intrinsic::Call(Function::FindInMap, argument)) => {
                let keys: Option<Vec<String>> = argument.as_list()?.iter().take(3).map(|key| self.text(key)).collect();
                let [name, first, second] = <[String; 3]>::try_from(keys?).ok()?;
                let row = self.template.mappings.get(&name)?.get(&first)?.as_map()?;
                row.get(&second)?.as_list()?.iter().map(spelled).collect()
            }
            _ => None,
        }
    }

    /// The text of a scalar, a loop's identifier, or a parameter.
    fn text(&self, value: &Value) -> Option<String> {
        match value {
            Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => {
                if let Some((_, text)) = self.scope.iter().rev().find(|(identifier, _)| identifier == name) {
                    return Some(text.clone());
                }
                if let Some(known) = self.environment.pseudo(name) {
                    return Some(known.to_owned());
                }
                let parameter = self.template.parameters.get(name)?;
                let kind = ParameterKind::of(parameter);
                let given = self.environment.parameter(name).map(str::to_owned);
                given
                    .or_else(|| parameter.default.as_ref().and_then(spelled))
                    .filter(|_| !kind.is_list() && !kind.is_stored())
            }
            value => spelled(value).map(|text| self.fill(&text)),
        }
    }

    fn value(&mut self, value: &Value, way: &Way) -> Value {
        let text = value.as_str().map_or(0, str::len);
        if !self.scope.is_empty() && !self.afford(text + way.made.len()) {
            return Value::Null;
        }
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
            Value::String(text) => Value::String(self.fill(text)),
            Value::Map(map) => Value::Map(self.map(map, way)),
            Value::List(values) => {
                let filled = values.iter().enumerate().map(|(index, value)| {
                    let index = index.to_string();
                    self.value(value, &way.key(&index, &index))
                });
                Value::List(filled.collect())
            }
            Value::Intrinsic(Intrinsic::Reference(Reference::Ref(name))) => {
                match self.scope.iter().rev().find(|(identifier, _)| identifier == name) {
                    Some((_, text)) => Value::String(text.clone()),
                    None => Value::reference_to(self.fill(name)),
                }
            }
            Value::Intrinsic(Intrinsic::Reference(Reference::GetAtt(name, attribute))) => {
                Value::attribute_of(self.fill(name), self.fill(attribute))
            }
            Value::Intrinsic(Intrinsic::Sub(sub)) => {
                let variables = self.map(&sub.variables, &way.key("Fn::Sub", "Fn::Sub").key("1", "1"));
                let text = sub.text();
                let filled = self.fill(&text);
                let filled_in = filled != text;
                let sub = Sub::parse(&filled, variables);
                match plain(&sub) {
                    Some(text) if filled_in => Value::String(text),
                    _ => Value::Intrinsic(Intrinsic::Sub(sub)),
                }
            }
            Value::Intrinsic(Intrinsic::Call(function, argument)) => {
                let name = function.long_name();
                named(*function, self.value(argument, &way.key(name, name)))
            }
        }
    }

    /// The text with what the identifiers stand for. `&{…}` leaves out what a logical id may not have.
    fn fill(&self, text: &str) -> String {
        if self.scope.is_empty() || !text.contains('{') {
            return text.to_owned();
        }
        self.scope.iter().rev().fold(text.to_owned(), |text, (identifier, value)| {
            let (whole, stripped) = (format!("${{{identifier}}}"), format!("&{{{identifier}}}"));
            let uses = text.matches(&whole).count() + text.matches(&stripped).count();
            if uses == 0 || !self.afford(uses.saturating_mul(value.len()).saturating_add(text.len())) {
                return text;
            }
            let letters: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            text.replace(&whole, value).replace(&stripped, &letters)
        })
    }
}

/// The text of a substitution in which a loop has left no gap: it does nothing any more.
fn plain(sub: &Sub) -> Option<String> {
    let texts = sub.parts.iter().map(|part| match part {
        SubPart::Text(text) => Some(text.as_str()),
        SubPart::Reference(_) | SubPart::Variable(_) => None,
    });
    texts.collect::<Option<String>>().filter(|_| sub.variables.is_empty())
}

/// A call, or the reference that it is now that a loop has made its names plain.
fn named(function: Function, argument: Value) -> Value {
    match (function, &argument) {
        (Function::Ref, Value::String(name)) => Value::reference_to(name.clone()),
        (Function::GetAtt, Value::List(names)) => match names.as_slice() {
            [Value::String(name), Value::String(attribute)] => Value::attribute_of(name.clone(), attribute.clone()),
            _ => Value::function(function, argument),
        },
        _ => Value::function(function, argument),
    }
}
