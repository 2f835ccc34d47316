//! What is known of properties, however they were written, and in which worlds.
//!
//! A property may stand in the long or the short form, come out of a mapping, a substitution or a branch of `Fn::If`, or be
//! a parameter, of which its default is what is known. Rules that look through this file see all of these alike.

use crate::check::context::Context;
use crate::check::report::Report;
use crate::diagnostic::Diagnostic;
use crate::resolve::{Case, Element, Formula, ParameterKind, Resolution};
use crate::template::{Resource, Value, pointer};

/// What a property is in some of the worlds.
#[derive(Clone, Debug)]
pub(super) struct Known<'a, T> {
    /// What it is.
    pub value: T,
    /// In which worlds.
    pub when: Formula,
    /// The part of the template that says so.
    pub source: &'a Value,
}

/// A resource of the template that a property names in some of the worlds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// The resource.
    pub resource: &'a Resource,
    /// In which worlds: both exist, and the one names the other.
    pub when: Formula,
    /// The part of the template that names it.
    pub source: &'a Value,
    /// Whether it is named by a reference, so that it comes first.
    pub referred: bool,
}

/// The texts that a property can be: literals, numbers and truth values as they are spelled, defaults of parameters.
pub(super) fn texts<'a>(context: &Context<'a>, id: &str, path: &str) -> Vec<Known<'a, String>> {
    let cases = context.resolved.property(id, path);
    cases.into_iter().filter_map(|case| literal(context, case)).collect()
}

/// Likewise, of what lies in a value.
pub(super) fn texts_in<'a>(
    context: &Context<'a>,
    value: &'a Value,
    path: &[&str],
    when: Formula,
) -> Vec<Known<'a, String>> {
    let cases = context.resolved.look(value, path, when);
    cases.into_iter().filter_map(|case| literal(context, case)).collect()
}

fn literal<'a>(context: &Context<'a>, case: Case<'a>) -> Option<Known<'a, String>> {
    let Case { when, value, source } = case;
    if let Some(text) = value.spelled() {
        return Some(Known { value: text.into_owned(), when, source });
    }
    let (_, parameter) = value.parameter()?;
    let kind = ParameterKind::of(parameter);
    if kind.is_stored() || kind.is_list() {
        return None;
    }
    let default = match parameter.default.as_ref()? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => return None,
    };
    let is_default = context.resolved.equal(&value, &Resolution::Text(default.clone().into()));
    Some(Known { when: context.resolved.and(when, is_default), value: default, source })
}

/// Functions, those of the Serverless Application Model among them.
pub(super) fn functions<'a>(context: &Context<'a>) -> impl Iterator<Item = (&'a str, &'a Resource)> + use<'a> {
    context.resources("AWS::Lambda::Function").chain(context.resources("AWS::Serverless::Function"))
}

/// The environment variables of a function, and the worlds in which it has them. What `Globals` gives every function counts
/// where the function has no variable of that name itself.
pub(super) fn variables<'a>(context: &Context<'a>, function: &str) -> Vec<(&'a str, &'a Value, Formula)> {
    let resolved = context.resolved;
    let mut found: Vec<(&'a str, &'a Value, Formula)> = Vec::new();
    let mut add = |cases: Vec<Case<'a>>| {
        let before = found.len();
        for case in cases {
            for (name, value) in case.value.map().into_iter().flatten() {
                if !found[..before].iter().any(|(own, ..)| own == name) {
                    found.push((name.as_str(), value, case.when));
                }
            }
        }
    };
    add(resolved.property(function, "Environment/Variables"));
    let kind = context.template.resources.get(function).map(|resource| resource.kind.as_str());
    if let Some(global) = kind.and_then(|kind| resolved.global(kind, "Environment")) {
        add(resolved.look(global, &["Variables"], resolved.exists(function)));
    }
    found
}

/// What stands where nothing was written.
static NOTHING: Value = Value::Null;

/// The whole numbers that a property can be.
pub(super) fn numbers<'a>(context: &Context<'a>, id: &str, path: &str) -> Vec<Known<'a, i64>> {
    let texts = texts(context, id, path).into_iter();
    texts
        .filter_map(|Known { value, when, source }| Some(Known { value: value.trim().parse().ok()?, when, source }))
        .collect()
}

/// Likewise, and what it is where it is not there.
pub(super) fn numbers_or<'a>(context: &Context<'a>, id: &str, path: &str, unsaid: i64) -> Vec<Known<'a, i64>> {
    let mut numbers = numbers(context, id, path);
    let absent = absent(context, id, path);
    if absent != Formula::FALSE {
        numbers.push(Known { value: unsaid, when: absent, source: &NOTHING });
    }
    numbers
}

/// Where a property is a text of a certain sort.
pub(super) fn is(context: &Context<'_>, id: &str, path: &str, accepts: &dyn Fn(&str) -> bool) -> Formula {
    let texts = texts(context, id, path).into_iter().filter(|known| accepts(&known.value));
    texts.fold(Formula::FALSE, |any, known| context.resolved.or(any, known.when))
}

/// Where a resource exists and does not have a property.
pub(super) fn absent(context: &Context<'_>, id: &str, path: &str) -> Formula {
    let cases = context.resolved.property(id, path).into_iter().filter(|case| case.value.is_absent());
    cases.fold(Formula::FALSE, |any, case| context.resolved.or(any, case.when))
}

/// Where a list is not there, or has nothing in it.
pub(super) fn empty(context: &Context<'_>, id: &str, path: &str) -> Formula {
    let resolved = context.resolved;
    let elements = resolved.elements(id, path).into_iter();
    let any = elements.fold(Formula::FALSE, |any, element| resolved.or(any, element.when));
    resolved.and(resolved.exists(id), resolved.not(any))
}

/// Where a flag that is false unless said is false.
pub(super) fn off(context: &Context<'_>, id: &str, path: &str) -> Formula {
    let said = is(context, id, path, &|text| text.eq_ignore_ascii_case("false"));
    context.resolved.or(said, absent(context, id, path))
}

/// Where a flag is true.
pub(super) fn on(context: &Context<'_>, id: &str, path: &str) -> Formula {
    is(context, id, path, &|text| text.eq_ignore_ascii_case("true"))
}

/// The properties by which types are named where no reference is.
const NAMES: &[(&str, &str)] = &[
    ("AWS::RDS::DBCluster", "DBClusterIdentifier"),
    ("AWS::RDS::DBClusterParameterGroup", "DBClusterParameterGroupName"),
    ("AWS::RDS::DBInstance", "DBInstanceIdentifier"),
    ("AWS::RDS::DBParameterGroup", "DBParameterGroupName"),
    ("AWS::RDS::DBProxy", "DBProxyName"),
    ("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName"),
    ("AWS::SecretsManager::Secret", "Name"),
];

/// What is named by the reference to another: an attachment returns the ARN of its secret, an alias stands for its key.
const THROUGH: &[(&str, &str)] =
    &[("AWS::KMS::Alias", "TargetKeyId"), ("AWS::SecretsManager::SecretTargetAttachment", "SecretId")];

/// The resources of some types that a property, or the elements of a list, name.
pub(super) fn targets<'a>(context: &Context<'a>, id: &str, path: &str, kinds: &[&'static str]) -> Vec<Target<'a>> {
    let elements = context.resolved.elements(id, path);
    elements.iter().flat_map(|element| named(context, element, kinds)).collect()
}

/// Likewise, of what lies in a value.
pub(super) fn targets_in<'a>(
    context: &Context<'a>,
    value: &'a Value,
    path: &[&str],
    when: Formula,
    kinds: &[&'static str],
) -> Vec<Target<'a>> {
    let elements = context.resolved.elements_in(value, path, when);
    elements.iter().flat_map(|element| named(context, element, kinds)).collect()
}

/// The resources of some types that an element names.
pub(super) fn named<'a>(context: &Context<'a>, element: &Element<'a>, kinds: &[&'static str]) -> Vec<Target<'a>> {
    let resolved = context.resolved;
    let Element { when, source, value, .. } = element;
    let Some((name, _)) = value.reference() else { return by_name(context, element, kinds) };
    let Some((id, resource)) = context.template.resources.get_key_value(name) else { return Vec::new() };
    let when = resolved.and(*when, resolved.exists(id));
    if kinds.contains(&resource.kind.as_str()) {
        return match resolved.is_possible(when) {
            true => vec![Target { id, resource, when, source, referred: true }],
            false => Vec::new(),
        };
    }
    let through = THROUGH.iter().find(|(kind, _)| resource.kind == *kind);
    let further = through.map(|(_, path)| targets(context, id, path, kinds)).unwrap_or_default().into_iter();
    further.map(|target| Target { when: resolved.and(when, target.when), source, ..target }).collect()
}

fn by_name<'a>(context: &Context<'a>, element: &Element<'a>, kinds: &[&'static str]) -> Vec<Target<'a>> {
    let resolved = context.resolved;
    let case = Case { when: element.when, value: element.value.clone(), source: element.source };
    let name = literal(context, case);
    let mut found = Vec::new();
    for (kind, property) in NAMES.iter().filter(|(kind, _)| kinds.contains(kind)) {
        for (id, resource) in context.resources(kind) {
            let when = match &name {
                Some(name) => {
                    let here = is(context, id, property, &|own| own.eq_ignore_ascii_case(&name.value));
                    resolved.and(name.when, here)
                }
                // Two texts that are made alike, such as with the name of the stack in them.
                None if matches!(element.value, Resolution::Mixed(_)) => {
                    let same = |case: &Case<'a>| resolved.same(&case.value, &element.value) == Some(true);
                    let own = resolved.property(id, property).into_iter().filter(same);
                    resolved.and(element.when, own.fold(Formula::FALSE, |any, case| resolved.or(any, case.when)))
                }
                None => continue,
            };
            if resolved.is_certainly_possible(when) {
                found.push(Target { id, resource, when, source: element.source, referred: false });
            }
        }
    }
    found
}

/// Tells something of a resource, at the part that says so, if some world certainly has it: the message ends in where.
/// A part that is not of the resource, such as an entry of a mapping, or nothing at all, is told at `path`.
pub(super) fn tell<'r>(
    context: &Context<'_>,
    report: &'r mut Report,
    (id, path, source): (&str, &str, Option<&Value>),
    when: Formula,
    message: String,
) -> Option<&'r mut Diagnostic> {
    let resolved = context.resolved;
    if !resolved.is_certainly_possible(when) {
        return None;
    }
    let own = pointer(["Resources", id]);
    let place = source.map(|source| resolved.place(id, source)).filter(|place| *place != own);
    let exists = resolved.exists(id);
    let world = if resolved.implies(exists, when) { String::new() } else { resolved.place_where(when) };
    Some(report.at(place.unwrap_or_else(|| format!("{own}{path}")), message + &world))
}
