//! The settings file: what a blueprint is to make, for which environments.
//!
//! Text in, [`Settings`] and findings out. The schema says what each key may be, `cross` what they may be together.

mod arn;
pub mod codes;
mod convert;
mod cross;
mod merge;
mod model;
mod schema;
mod shapes;
mod violations;
mod words;

use std::collections::BTreeSet;

use serde_json::Value;

pub use model::{
    Architecture, Auth, Blueprint, Capacity, Code, ConnectAs, Database, DatabaseShape, Edition, Endpoint, Endpoints,
    Engine, Environment, FlowLogs, Function, GivenDatabase, GivenNetwork, Groups, KeptBy, LogFormat, Nat, Network,
    NewDatabase, NewNetwork, NewSecret, Proxy, Reach, Rotation, Secret, SecretAccess, SecretKey, SecretShape, Setting,
    Settings, Suppression, Target, Tracing,
};
pub use schema::{Facts, SCHEMA, facts, parameterisable};

use crate::diagnostic::{Diagnostic, Span, any_error};
use crate::template::{Places, pointer};

/// The settings of the text, unless it has an error, and what there is to say of it. `file` is what to call it.
pub fn read(file: &str, text: &str) -> (Option<Settings>, Vec<Diagnostic>) {
    let (mut value, mut places, findings) = match convert::convert(file, text) {
        Ok(converted) => converted,
        Err(finding) => return (None, vec![finding]),
    };
    let mut findings = [findings, violations::violations(&violations::FILE, &value, "", &places)].concat();
    if !any_error(&findings) {
        findings.extend(complete(&mut value, &mut places));
    }
    if any_error(&findings) {
        return (None, findings);
    }
    let mut settings: Settings = serde_json::from_value(value)
        .unwrap_or_else(|error| unreachable!("the settings' schema and types agree: {error}"));
    settings.places = places;
    findings.extend(cross::check(&settings));
    ((!any_error(&findings)).then_some(settings), findings)
}

/// Completes each environment, and says what it still lacks.
fn complete(value: &mut Value, places: &mut Places) -> Vec<Diagnostic> {
    let defaults = value.get("defaults").cloned().unwrap_or_default();
    let listed = value.get("parameters").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
    let parameters: Vec<&str> = listed.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut idle: BTreeSet<&str> = parameters.iter().copied().collect();
    let mut findings = Vec::new();
    let environments = value.get_mut("environments").and_then(Value::as_object_mut);
    for (name, environment) in environments.into_iter().flatten() {
        let at = pointer(["environments", name]);
        merge::merge(environment, &at, &shapes::fitting(&defaults, environment), "/defaults", places);
        findings.extend(shapes::check(environment, &at, places));
        merge::default(environment, schema::environment());
        for path in parameters.iter().filter(|path| merge::open(environment, path)) {
            idle.remove(path);
        }
        findings.extend(violations::violations(&violations::COMPLETE, environment, &at, places));
    }
    let idle = parameters.iter().enumerate().filter(|(_, path)| idle.contains(*path));
    findings.extend(idle.map(|(at, path)| never_there(path, places.nearest(&format!("/parameters/{at}")))));
    value["parameters"] = listed;
    findings
}

fn never_there(path: &str, place: Option<Span>) -> Diagnostic {
    let section = path.rsplit_once('.').map_or(path, |(section, _)| section);
    let message = format!("`{path}` stays open, and no environment has `{section}`");
    Diagnostic::warning(codes::WITHOUT_EFFECT, message)
        .path("/parameters")
        .span(place)
        .help(format!("delete it, or give the environments that need it `{section}`"))
}
