//! What rules ask of properties.

use crate::check::context::Context;
use crate::resolve::{Formula, Resolution};
use crate::template::{Map, Resource, Template, Value};

/// In which worlds a property of a resource is what `is` asks; where it is not known it is not.
pub(super) fn is<'a>(context: &Context<'a>, id: &str, path: &str, is: impl Fn(&Resolution<'a>) -> bool) -> Formula {
    let cases = context.resolved.property(id, path);
    let fitting = cases.iter().filter(|case| is(&case.value)).map(|case| case.when);
    fitting.fold(Formula::FALSE, |any, when| context.resolved.or(any, when))
}

/// In which worlds a resource exists and a property of it is not there.
pub(super) fn is_absent(context: &Context<'_>, id: &str, path: &str) -> Formula {
    let properties = context.template.resources.get(id).map(|resource| &resource.properties);
    if properties.is_some_and(|properties| properties.keys().any(|key| key.starts_with("Fn::"))) {
        // A function stands for the properties as a whole.
        return Formula::FALSE;
    }
    is(context, id, path, Resolution::is_absent)
}

/// In which worlds a property of a resource is there, whatever it is; not where a macro may make it.
pub(super) fn is_there(context: &Context<'_>, id: &str, path: &str) -> Formula {
    is(context, id, path, |value| !value.is_absent() && value.unknown().is_none())
}

/// In which worlds a property of a resource is this text.
pub(super) fn is_text(context: &Context<'_>, id: &str, path: &str, text: &str) -> Formula {
    is(context, id, path, |value| value.text() == Some(text))
}

/// What a SAM function takes from `Globals`, where it does not have a property itself.
///
/// Source: <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html>
pub(super) fn inherited<'a>(template: &'a Template, function: &Resource, property: &str) -> Option<&'a Value> {
    let ignored = match function.other.get("IgnoreGlobals") {
        Some(Value::List(names)) => names.iter().any(|name| name.as_str() == Some(property)),
        Some(value) => value.as_str() == Some("*"),
        None => false,
    };
    if ignored || function.properties.contains_key(property) {
        return None;
    }
    template.other.get("Globals")?.as_map()?.get("Function")?.as_map()?.get(property)
}

/// Calls `visit` on each value that lies at `steps` below `map`, as written, with its pointer; `*` is every element of a
/// list, and a value that is no list for itself. Functions are not looked into.
pub(super) fn each_at<'a>(map: &'a Map, steps: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
    let mut steps = steps.split('/');
    if let Some(name) = steps.next()
        && let Some(value) = map.get(name)
    {
        each_below(value, &steps.collect::<Vec<_>>(), &format!("/{name}"), visit);
    }
}

fn each_below<'a>(value: &'a Value, steps: &[&str], path: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
    match (steps.split_first(), value) {
        (None, value) => visit(path, value),
        (Some((&"*", rest)), Value::List(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                each_below(element, rest, &format!("{path}/{index}"), visit);
            }
        }
        (Some((&"*", rest)), value) => each_below(value, rest, path, visit),
        (Some((name, rest)), Value::Map(map)) => {
            if let Some(value) = map.get(*name) {
                each_below(value, rest, &format!("{path}/{name}"), visit);
            }
        }
        _ => {}
    }
}
