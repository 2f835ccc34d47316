//! Changes of a template that may let a request through, the smallest first. Whether one does is tried elsewhere.

use super::access::Found;
use super::role;
use super::serverless;
use super::world::World;
use crate::iam::evaluation::{Level, Missed, NearMiss, Presence, Request, Statement};
use crate::iam::{Effect, POLICY_VERSION, Part, Statement as Written, Text};
use crate::prove::Patch;
use crate::template::{Function, Intrinsic, Reference, Resource, Sub, SubPart, Value};

/// What a secret's ARN has behind its name.
const SUFFIX: &str = "-??????";
/// No more statements are looked into for what nearly lets a request through.
const NEAREST: usize = 6;
const VIA: &str = "kms:ViaService";

/// A text as a template writes it; none if a part of it is neither known nor a parameter.
pub fn written(world: &World<'_, '_>, text: &Text) -> Option<Value> {
    let template = world.resolved.template();
    let reference = |name: &str| Reference::Ref(name.to_owned());
    let is_named = |name: &str| name.starts_with("AWS::") || template.parameters.contains_key(name);
    match text.parts() {
        [] => return None,
        [Part::Text(text)] => return Some(Value::from(text.as_str())),
        [Part::Symbol(symbol)] => {
            return is_named(&symbol.name).then(|| Value::reference(reference(&symbol.name)));
        }
        _ => {}
    }
    let mut parts = Vec::new();
    for part in text.parts() {
        parts.push(match part {
            Part::Text(text) => SubPart::Text(text.clone()),
            Part::Symbol(symbol) if is_named(&symbol.name) => SubPart::Reference(reference(&symbol.name)),
            Part::Symbol(_) => return None,
        });
    }
    Some(Value::Intrinsic(Intrinsic::Sub(Sub::new(parts))))
}

/// `arn:partition:` and what is behind, with references to pseudo parameters: `iam::$account:root`.
pub fn arn(behind: &str) -> Value {
    let mut sub = Sub::new([]);
    for piece in format!("arn:$partition:{behind}").split_inclusive(':') {
        let (word, end) = piece.strip_suffix(':').map_or((piece, ""), |word| (word, ":"));
        let pseudo = match word {
            "$partition" => Some("AWS::Partition"),
            "$region" => Some("AWS::Region"),
            "$account" => Some("AWS::AccountId"),
            _ => None,
        };
        match pseudo {
            Some(name) => sub.parts.push(SubPart::Reference(Reference::Ref(name.into()))),
            None => sub.push_text(word),
        }
        sub.push_text(end);
    }
    Value::Intrinsic(Intrinsic::Sub(sub))
}

/// The resource of `rds-db:connect`: a user of a proxy or database; none if the user is not known here.
pub fn connect(world: &World<'_, '_>, to: &str, user: &Text) -> Option<Value> {
    let Value::Intrinsic(Intrinsic::Sub(mut sub)) = arn("rds-db:$region:$account:dbuser:") else { return None };
    match world.kind(to)? {
        "AWS::RDS::DBProxy" => {
            // No attribute of a proxy is its id; the ARN ends in it.
            let of = Value::call_list(Function::Split, [Value::from(":"), Value::attribute_of(to, "DBProxyArn")]);
            sub.parts.push(SubPart::Variable("ProxyId".into()));
            sub.variables.insert("ProxyId".into(), Value::call_list(Function::Select, [Value::from(6), of]));
        }
        "AWS::RDS::DBInstance" => {
            sub.parts.push(SubPart::Reference(Reference::GetAtt(to.into(), "DbiResourceId".into())));
        }
        "AWS::RDS::DBCluster" => {
            sub.parts.push(SubPart::Reference(Reference::GetAtt(to.into(), "DBClusterResourceId".into())));
        }
        _ => return None,
    }
    sub.push_text("/");
    match written(world, user)? {
        Value::String(text) => sub.push_text(&text),
        Value::Intrinsic(Intrinsic::Reference(name)) => sub.parts.push(SubPart::Reference(name)),
        Value::Intrinsic(Intrinsic::Sub(more)) => sub.parts.extend(more.parts),
        _ => return None,
    }
    Some(Value::Intrinsic(Intrinsic::Sub(sub)))
}

/// What may let a role do what its own policies do not allow, or its boundary.
pub fn of_identity(found: &Found<'_, '_, '_>, level: Level) -> Vec<Patch> {
    let mut cures = Vec::new();
    for missed in found.verdict.near_misses(found.request, found.policies, level).into_iter().take(NEAREST) {
        cures.extend(of_near_miss(found, &missed));
    }
    cures.extend(more_actions(found, level));
    cures.extend(more_statements(found, level));
    cures
}

/// The pointer to a statement of the template.
fn place(found: &Found<'_, '_, '_>, statement: &Statement) -> Option<String> {
    found.world.resolved.place_of(found.world.source(statement.source)?)
}

fn of_near_miss(found: &Found<'_, '_, '_>, missed: &NearMiss<'_>) -> Vec<Patch> {
    let (template, statement) = (found.world.resolved.template(), missed.told.statement);
    let Some(place) = place(found, statement) else { return Vec::new() };
    match missed.told.found.missed {
        Some(Missed::Resource) if statement.resources.as_ref().is_some_and(|resources| !resources.not) => {
            other_resource(found, &format!("{place}/Resource"), is_shared(found, &place))
        }
        Some(Missed::Condition(index)) if !is_shared(found, &place) => {
            let condition = statement.conditions.get(index);
            let value = condition.and_then(|condition| condition_value(found, &condition.key));
            let path = condition
                .map(|condition| format!("{place}/Condition{}", pointed(&[&condition.operator, &condition.key])));
            value.zip(path).and_then(|(value, path)| Patch::put(template, &path, value)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn pointed(steps: &[&str]) -> String {
    crate::template::pointer(steps)
}

/// What a condition on a key would have to be held against.
fn condition_value(found: &Found<'_, '_, '_>, key: &str) -> Option<Value> {
    if key.eq_ignore_ascii_case("aws:SourceAccount") {
        return Some(Value::reference_to("AWS::AccountId"));
    }
    match found.request.context.get(key) {
        Presence::Is(values) if values.len() == 1 => written(found.world, &values[0]),
        _ => None,
    }
}

/// Whether a statement may stand in a policy of other roles too, from which nothing is to be taken away.
fn is_shared(found: &Found<'_, '_, '_>, place: &str) -> bool {
    let Some(owner) = crate::template::resource_of(place).filter(|owner| owner != found.ask.role) else { return false };
    let resolved = found.world.resolved;
    let is_policy = found.world.kind(&owner).is_some_and(|kind| kind.starts_with("AWS::IAM::"));
    is_policy && (role::attached_to(resolved, &owner) != Some(1) || role::is_named(resolved, &owner))
}

/// A statement's resource mended: with what a secret's ARN ends in, by the right one, by the right one beside it.
fn other_resource(found: &Found<'_, '_, '_>, path: &str, is_shared: bool) -> Vec<Patch> {
    let template = found.world.resolved.template();
    let Some(there) = value_at(template, path) else { return Vec::new() };
    if there.as_list().is_some() {
        let one_more = found.ask.written.clone();
        return one_more.and_then(|value| Patch::put(template, &format!("{path}/-"), value)).into_iter().collect();
    }
    let of_secret = found.ask.action.starts_with("secretsmanager:");
    let suffixed = suffixed(there).filter(|_| of_secret);
    let right = found.ask.written.clone();
    let both = right.clone().map(|right| Value::list([there.clone(), right]));
    let values = suffixed.into_iter().chain(right.filter(|_| !is_shared)).chain(both);
    values.filter_map(|value| Patch::put(template, path, value)).collect()
}

fn suffixed(value: &Value) -> Option<Value> {
    match value {
        Value::String(text) => Some(Value::from(format!("{text}{SUFFIX}"))),
        Value::Intrinsic(Intrinsic::Sub(sub)) => {
            let mut sub = sub.clone();
            sub.push_text(SUFFIX);
            Some(Value::Intrinsic(Intrinsic::Sub(sub)))
        }
        _ => None,
    }
}

/// What stands at a pointer, if no function is on the way.
fn value_at<'t>(template: &'t crate::template::Template, pointer: &str) -> Option<&'t Value> {
    let steps: Vec<String> = crate::template::steps(pointer).collect();
    let [_, id, _, property, deeper @ ..] = steps.as_slice() else { return None };
    let mut at = template.resources.get(id)?.properties.get(property)?;
    for step in deeper {
        at = match at {
            Value::Map(map) => map.get(step)?,
            Value::List(list) => list.get(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(at)
}

/// Whether a statement is on one resource, so that an action more in it is allowed on nothing else.
fn is_narrow(statement: &Statement, request: &Request) -> bool {
    let Some(resources) = &statement.resources else { return true };
    let everything = resources.patterns.iter().any(|pattern| pattern.text().known() == Some("*"));
    !resources.not && resources.patterns.len() == 1 && (!everything || request.resource.known() == Some("*"))
}

/// Statements that are on the right resource alone, with the action beside theirs; in place of one that is called alike.
fn more_actions(found: &Found<'_, '_, '_>, level: Level) -> Vec<Patch> {
    let template = found.world.resolved.template();
    let mut cures = Vec::new();
    for policy in found.of(level) {
        for statement in policy.statements.iter().filter(|one| one.effect == Effect::Allow && !one.actions.not) {
            if cures.len() >= NEAREST || !is_narrow(statement, found.request) {
                continue;
            }
            let known = statement.actions.patterns.first().and_then(|pattern| pattern.text().known());
            let Some(known) = known.filter(|known| !known.contains(['*', '?'])) else { continue };
            let asked = found.request.clone();
            let other = Request::new(asked.requester, known, asked.resource, asked.context);
            let told = found.verdict.explain(&other, found.policies, level, Effect::Allow);
            let is_about = told.iter().any(|told| {
                std::ptr::eq(told.statement, statement) && told.found.certainty == crate::iam::Certainty::Yes
            });
            let Some(path) = place(found, statement).filter(|_| is_about) else { continue };
            let path = format!("{path}/Action");
            let action = || Value::from(found.ask.action);
            match value_at(template, &path) {
                Some(Value::List(_)) => cures.extend(Patch::put(template, &format!("{path}/-"), action())),
                Some(there) => {
                    let name = |action: &str| action.split_once(':').map(|(_, name)| name.to_owned());
                    if name(known) == name(found.ask.action) {
                        cures.extend(Patch::put(template, &path, action()));
                    }
                    cures.extend(Patch::put(template, &path, Value::list([there.clone(), action()])));
                }
                None => {}
            }
        }
    }
    cures
}

/// The statement that is missing.
fn statement(found: &Found<'_, '_, '_>) -> Option<Written> {
    let mut statement = Written::allow([found.ask.action], [found.ask.written.clone()?]);
    if found.ask.action.starts_with("kms:") && matches!(found.request.context.get(VIA), Presence::Is(_)) {
        statement = statement.when("StringEquals", VIA, condition_value(found, VIA)?);
    }
    Some(statement)
}

/// A statement more: in a policy of the role, in one of its own, in one that is a resource; or in the boundary.
fn more_statements(found: &Found<'_, '_, '_>, level: Level) -> Vec<Patch> {
    let (template, role) = (found.world.resolved.template(), found.ask.role);
    let (Some(missing), Some(resource)) = (statement(found), template.resources.get(role)) else { return Vec::new() };
    let statement = missing.to_value();
    let put = |path: &str, value: &Value| Patch::put(template, path, value.clone());
    if level == Level::Boundary {
        let boundary = resource.properties.get("PermissionsBoundary");
        let Some(Value::Intrinsic(Intrinsic::Reference(Reference::Ref(id)))) = boundary else { return Vec::new() };
        return put(&format!("/Resources/{id}/Properties/PolicyDocument/Statement/-"), &statement)
            .into_iter()
            .collect();
    }
    let is_serverless = resource.kind == serverless::FUNCTION;
    let document =
        Value::map([("Version", Value::from(POLICY_VERSION)), ("Statement", Value::list([statement.clone()]))]);
    let name = found.ask.action.split_once(':').map_or(found.ask.action, |(_, name)| name);
    let policy = match is_serverless {
        true => document.clone(),
        false => Value::map([("PolicyName", Value::from(name)), ("PolicyDocument", document.clone())]),
    };
    let path = format!("/Resources/{role}/Properties/Policies");
    let last = resource.properties.get("Policies").and_then(Value::as_list).map(<[Value]>::len);
    let mut cures = Vec::new();
    if let Some(at) = last.and_then(|count| count.checked_sub(1)) {
        let document = if is_serverless { "" } else { "/PolicyDocument" };
        cures.extend(put(&format!("{path}/{at}{document}/Statement/-"), &statement));
    }
    match resource.properties.get("Policies") {
        None => cures.extend(put(&path, &Value::list([policy]))),
        Some(_) => cures.extend(put(&format!("{path}/-"), &policy)),
    }
    if is_serverless {
        return cures;
    }
    let apart = Resource::new("AWS::IAM::Policy")
        .with("PolicyName", name)
        .with("PolicyDocument", document)
        .with("Roles", Value::list([Value::reference_to(role)]));
    cures.push(Patch::create(template, &format!("{role}{name}"), apart));
    cures
}

/// What may let a service assume a role.
pub fn of_trust(found: &Found<'_, '_, '_>, service: &str) -> Vec<Patch> {
    let template = found.world.resolved.template();
    let path = format!("/Resources/{}/Properties/AssumeRolePolicyDocument/Statement", found.ask.role);
    let mut cures = Vec::new();
    for missed in found.verdict.near_misses(found.request, found.policies, Level::Resource).into_iter().take(NEAREST) {
        let Some(place) = place(found, missed.told.statement) else { continue };
        let named = format!("{place}/Principal/Service");
        match (missed.told.found.missed, value_at(template, &named)) {
            (Some(Missed::Principal), Some(Value::List(_))) => {
                cures.extend(Patch::put(template, &format!("{named}/-"), Value::from(service)));
            }
            (Some(Missed::Principal), Some(one)) => {
                cures.extend(Patch::put(template, &named, Value::list([one.clone(), Value::from(service)])));
            }
            _ => cures.extend(of_near_miss(found, &missed)),
        }
    }
    cures.extend(more_actions(found, Level::Resource));
    cures.extend(Patch::put(template, &format!("{path}/-"), Written::trust(service).to_value()));
    cures
}

/// What may let the account's policies decide on a key: a statement for its root, of that action.
pub fn of_key(found: &Found<'_, '_, '_>) -> Vec<Patch> {
    let Some(key) = &found.ask.owner else { return Vec::new() };
    let mut statement = Written::allow([found.ask.action], [Value::from("*")]);
    statement.principal = Some(crate::iam::Principal::Aws(vec![arn("iam::$account:root")]));
    let path = format!("/Resources/{key}/Properties/KeyPolicy/Statement/-");
    Patch::put(found.world.resolved.template(), &path, statement.to_value()).into_iter().collect()
}

/// What may let a request through an endpoint.
pub fn of_endpoint(found: &Found<'_, '_, '_>, endpoint: &str) -> Vec<Patch> {
    let Some(resource) = found.ask.written.clone() else { return Vec::new() };
    let mut statement = Written::allow([found.ask.action], [resource]);
    statement.principal = Some(crate::iam::Principal::Anyone);
    let path = format!("/Resources/{endpoint}/Properties/PolicyDocument/Statement/-");
    Patch::put(found.world.resolved.template(), &path, statement.to_value()).into_iter().collect()
}

/// What may give a role the interfaces of a function: the policy that AWS manages for it.
pub fn of_interfaces(world: &World<'_, '_>, role: &str) -> Vec<Patch> {
    let template = world.resolved.template();
    let policy = arn("iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole");
    let kind = template.resources.get(role).map(|role| role.kind.as_str());
    let list = if kind == Some(serverless::FUNCTION) { "Policies" } else { "ManagedPolicyArns" };
    let path = format!("/Resources/{role}/Properties/{list}");
    let is_there = template.resources.get(role).is_some_and(|role| role.properties.contains_key(list));
    let cure = match is_there {
        true => Patch::put(template, &format!("{path}/-"), policy),
        false => Patch::put(template, &path, Value::list([policy])),
    };
    cure.into_iter().collect()
}

/// What may let a function log in: the user that the other end knows, in its environment.
pub fn of_user(world: &World<'_, '_>, function: &str, variable: &str, user: &Text) -> Vec<Patch> {
    let path = format!("/Resources/{function}/Properties/Environment/Variables{}", pointed(&[variable]));
    let value = written(world, user);
    value.and_then(|value| Patch::put(world.resolved.template(), &path, value)).into_iter().collect()
}
