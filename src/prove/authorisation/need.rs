//! What each need comes to in some of the worlds, hop by hop.

use super::access::{self, Ask};
use super::arn;
use super::cures;
use super::evidence;
use super::goal::{CanGoal, Need};
use super::hop::Hop;
use super::outside;
use super::role::{self, Attached, Holder, referred};
use super::secret::{self, Secret};
use super::serverless;
use super::user;
use super::world::World;
use crate::iam::evaluation::{Context, Presence};
use crate::iam::{Certainty, Charset, Shape, Text};
use crate::prove::{Answer, Patch};
use crate::resolve::Resolution;
use crate::template::{Resource, Value};

/// The hops of a goal, here.
pub fn hops<'a>(world: &World<'_, 'a>, goal: &CanGoal<'a>) -> Vec<Hop> {
    let id = goal.principal;
    match &goal.need {
        Need::Trust { service, property } => trust(world, id, service, property),
        Need::Interfaces => with_role(world, id, "Role", |role, attached| interfaces(world, role, attached)),
        Need::Read { secret } => {
            let property = role_property(world, id);
            with_role(world, id, property, |role, attached| read(world, id, role, attached, secret))
        }
        Need::Connect { to } => with_role(world, id, "Role", |role, attached| connect(world, id, to, role, attached)),
        Need::EndToEnd => with_role(world, id, "RoleArn", |role, attached| end_to_end(world, id, role, attached)),
        Need::Rotate { function, secret } => rotate(world, function, secret),
        Need::Stated { actions, resources } => stated(world, id, actions, resources),
    }
}

/// The property by which something names its role.
pub fn role_property(world: &World<'_, '_>, id: &str) -> &'static str {
    match world.kind(id) {
        Some("AWS::RDS::DBProxy" | "AWS::StepFunctions::StateMachine") => "RoleArn",
        _ => "Role",
    }
}

/// The role of whatever a goal is about, by its ARN, if it exists outside and there are facts of it.
pub fn existing_role(world: &World<'_, '_>, goal: &CanGoal<'_>) -> Option<String> {
    let id = match &goal.need {
        Need::Rotate { function, .. } => function,
        _ => goal.principal,
    };
    let holders = ["Role", "RoleArn", "MonitoringRoleArn"].into_iter();
    holders.filter_map(|property| role::holder(world, id, property)).find_map(|holder| match holder {
        Holder::Existing(arn) => Some(arn),
        _ => None,
    })
}

/// The hops of a role that is not of the template, told where it is used; those that rest on what is not known, with how to
/// know it.
fn at_user(mut hops: Vec<Hop>, arn: &str, id: &str, property: &str, ask: Option<String>) -> Vec<Hop> {
    for hop in hops.iter_mut().filter(|hop| hop.resource.as_deref() == Some(arn)) {
        hop.resource = Some(id.to_owned());
        hop.path = Some(format!("/Resources/{id}/Properties/{property}"));
        if hop.verdict == Answer::Assumed {
            hop.help.clone_from(&ask);
        }
    }
    hops
}

fn with_role<'a>(
    world: &World<'_, 'a>,
    id: &str,
    property: &str,
    hops: impl FnOnce(&str, &Attached) -> Vec<Hop>,
) -> Vec<Hop> {
    match role::holder(world, id, property) {
        Some(Holder::Role(role)) => {
            let named = evidence::names(world, id, property, role);
            let found = hops(role, &role::attached(world, role)).into_iter();
            found.map(|hop| if is_of_role(&hop) { hop.because(named.clone()) } else { hop }).collect()
        }
        Some(Holder::Existing(arn)) => {
            let attached = role::attached(world, &arn);
            let mut found = hops(&arn, &attached);
            if attached.identity.iter().any(|policy| policy.open.is_some()) {
                let message = format!("the policies of `{arn}` of which there are no facts deny nothing of that");
                found.push(Hop::new("identity-policy", Answer::Assumed, message).at(&arn, ""));
            }
            at_user(found, &arn, id, property, outside::ask_of_role(world, &arn.as_str().into()))
        }
        Some(Holder::Given(told)) => {
            let message = format!("the role `{told}`, which exists outside the template, lets `{id}` do what it needs");
            let text = world.property_text(id, property).unwrap_or_default();
            let mut hop = Hop::new("identity-policy", Answer::Assumed, message)
                .at(id, format!("/Resources/{id}/Properties/{property}"));
            hop.help = outside::ask_of_role(world, &text);
            vec![hop]
        }
        None => {
            let message = format!("`{id}` has no role");
            vec![Hop::new("identity-policy", Answer::Unknown, message).at(id, format!("/Resources/{id}"))]
        }
    }
}

/// Whether a hop rests on whose role it is.
fn is_of_role(hop: &Hop) -> bool {
    hop.hop == "identity-policy" && !hop.evidence.is_empty()
}

fn trust(world: &World<'_, '_>, id: &str, service: &str, property: &str) -> Vec<Hop> {
    let (role, existing) = match role::holder(world, id, property) {
        Some(Holder::Role(role)) => (role.to_owned(), false),
        Some(Holder::Existing(arn)) => (arn, true),
        _ => return Vec::new(),
    };
    // Whether a service sends these keys is not documented for all of them.
    let source = match world.kind(id) {
        Some("AWS::RDS::DBProxy") => arn::of(world, id, Some("DBProxyArn")),
        Some("AWS::RDS::DBInstance") => arn::of(world, id, Some("DBInstanceArn")),
        _ => arn::of(world, id, Some("Arn")),
    };
    let context = Context::open()
        .set("aws:SourceAccount", Presence::Perhaps(vec![world.pseudo("AWS::AccountId")]))
        .set("aws:SourceArn", Presence::Perhaps(vec![source]))
        .set("sts:ExternalId", Presence::Absent)
        .with("aws:PrincipalIsAWSService", "true")
        .with("aws:PrincipalServiceName", service)
        .with("aws:SecureTransport", "true");
    let hop = access::trust_hop(world, &role, service, context);
    match existing {
        true => at_user(vec![hop], &role, id, property, outside::ask_of_role(world, &role.as_str().into())),
        false => {
            let named = evidence::names(world, id, property, &role).filter(|_| !hop.evidence.is_empty());
            vec![hop.because(named)]
        }
    }
}

/// What Lambda does with a function's role before the function runs.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>
fn interfaces(world: &World<'_, '_>, role: &str, attached: &Attached) -> Vec<Hop> {
    let some = |kind: &str| {
        let id = Shape::some(Charset::LOWER.or(Charset::of("-")));
        arn::start(world, "ec2", true).then(format!("{kind}/").as_str()).then_symbol("…", id)
    };
    let context = || access::context(world, role).set("lambda:SourceFunctionArn", Presence::Absent);
    let ask = |action, resource| access::hops(world, attached, Ask::new(role, action, resource, context()));
    let mut hops = ask("ec2:CreateNetworkInterface", some("network-interface"));
    for kind in ["subnet", "security-group"] {
        // Whether Lambda asks for these one by one is not documented: it is no refutation.
        hops.extend(ask("ec2:CreateNetworkInterface", some(kind)).into_iter().map(|mut hop| {
            hop.verdict = if hop.verdict == Answer::Broken { Answer::Unknown } else { hop.verdict };
            hop
        }));
    }
    hops.extend(ask("ec2:DescribeNetworkInterfaces", "*".into()));
    hops.extend(ask("ec2:DeleteNetworkInterface", some("network-interface")));
    for hop in hops.iter_mut().filter(|hop| hop.help.is_some()) {
        hop.help = Some(format!("attach `service-role/AWSLambdaVPCAccessExecutionRole` to `{role}`"));
        hop.cures = cures::of_interfaces(world, role);
    }
    hops
}

fn read<'a>(world: &World<'_, 'a>, id: &str, role: &str, attached: &Attached, secret: &Resolution<'a>) -> Vec<Hop> {
    let Some(secret) = Secret::named(world, secret) else {
        return vec![
            Hop::new("identity-policy", Answer::Unknown, "which secret is meant is not known")
                .at(id, format!("/Resources/{id}")),
        ];
    };
    let is_function = matches!(world.kind(id), Some("AWS::Lambda::Function" | serverless::FUNCTION));
    let endpoint = if is_function { secret::endpoint(world, id, "secretsmanager") } else { None };
    let mut context = access::context(world, role);
    if is_function {
        context = context.with("lambda:SourceFunctionArn", arn::of(world, id, Some("Arn")));
    }
    let mut hops = secret::use_hops(world, role, attached, &secret, "secretsmanager:GetSecretValue", endpoint, context);
    let named: Vec<_> = secret::entries(world, id).filter(|entry| entry.secret.arn == secret.arn).collect();
    for hop in hops.iter_mut().filter(|hop| is_of_role(hop)) {
        hop.evidence.extend(named.iter().map(|entry| entry.evidence.clone()));
    }
    hops.extend(secret::key_hops(world, role, attached, &secret, "kms:Decrypt"));
    hops
}

fn connect_arn(world: &World<'_, '_>, id: Text, user: &Text) -> Text {
    arn::start(world, "rds-db", true).then("dbuser:").then(id).then("/").then(user.clone())
}

/// Whether a role may log in as one of the users; which, and by which hops.
fn connect_as(
    world: &World<'_, '_>,
    role: &str,
    attached: &Attached,
    (id, to): (&Text, Option<&str>),
    context: &Context,
    users: &[Text],
) -> (Option<Text>, Vec<Hop>) {
    let mut best: Option<(Option<Text>, Vec<Hop>)> = None;
    let anyone = [Text::symbol("user", Shape::some(Charset::ANY))];
    let users = if users.is_empty() { &anyone[..] } else { users };
    for user in users {
        let resource = connect_arn(world, id.clone(), user);
        let written = to.and_then(|to| cures::connect(world, to, user));
        let ask = Ask::new(role, "rds-db:connect", resource, context.clone()).written(written);
        let hops = access::hops(world, attached, ask);
        let worst = |hops: &[Hop]| hops.iter().map(|hop| hop.verdict).max();
        if best.as_ref().is_none_or(|(_, known)| worst(&hops) < worst(known)) {
            best = Some(((users[0] != anyone[0]).then(|| user.clone()), hops));
        }
    }
    best.unwrap_or_default()
}

fn connect(world: &World<'_, '_>, function: &str, to: &str, role: &str, attached: &Attached) -> Vec<Hop> {
    let is_proxy = world.kind(to) == Some("AWS::RDS::DBProxy");
    let id = match world.kind(to) {
        Some("AWS::RDS::DBInstance") => arn::database_id(to, "db-"),
        Some("AWS::RDS::DBCluster") => arn::database_id(to, "cluster-"),
        _ => arn::proxy_id(to),
    };
    let context = access::context(world, role).with("lambda:SourceFunctionArn", arn::of(world, function, Some("Arn")));
    let known = if is_proxy { user::known_to(world, to) } else { None };
    let named = user::named_by(world, function);
    let other = || known.clone().unwrap_or_else(|| user::granted(attached));
    let (mut chosen, mut hops) = match &named {
        Some(user) => connect_as(world, role, attached, (&id, Some(to)), &context, std::slice::from_ref(user)),
        None => connect_as(world, role, attached, (&id, Some(to)), &context, &other()),
    };
    // A name that is given from outside may be any.
    let is_open = named.as_ref().is_some_and(|user| user.known().is_none());
    if is_open && hops.iter().any(|hop| hop.verdict == Answer::Unknown) {
        (chosen, hops) = connect_as(world, role, attached, (&id, Some(to)), &context, &other());
    }
    let is_same = named.is_some() && chosen == named;
    let cures = match (user::variables(world, function).as_slice(), known.as_deref()) {
        ([(variable, _)], Some([user])) => cures::of_user(world, function, variable, user),
        _ => Vec::new(),
    };
    let login = authentication(function, to, named.filter(|_| is_same || !is_open), known, chosen);
    hops.extend(login.map(|hop| match hop.verdict {
        Answer::Broken => hop.cures(cures),
        Answer::Holds => hop.because(user::evidence(world, function, to)),
        _ => hop,
    }));
    if !is_proxy {
        hops.push(flag(world, to));
    }
    hops
}

/// Whether the user that a function logs in as is one that the other end knows.
fn authentication(
    function: &str,
    to: &str,
    named: Option<Text>,
    known: Option<Vec<Text>>,
    chosen: Option<Text>,
) -> Option<Hop> {
    let at = format!("/Resources/{to}");
    let hop = |verdict, message| Hop::new("authentication", verdict, message).at(to, at);
    let user = match (named, chosen) {
        (Some(user), _) => user,
        (None, chosen) => {
            return chosen.map(|user| hop(Answer::Assumed, format!("`{function}` logs in to `{to}` as `{user}`")));
        }
    };
    let Some(known) = known else {
        return Some(hop(Answer::Assumed, format!("`{to}` knows the user `{user}`")));
    };
    Some(match Certainty::any(known.iter().map(|known| role::same(known, &user))) {
        Certainty::Yes => hop(Answer::Holds, format!("`{to}` has credentials of `{user}`")),
        Certainty::Unknown => hop(Answer::Assumed, format!("`{to}` has credentials of `{user}`")),
        Certainty::No => {
            let known: Vec<String> = known.iter().map(|user| format!("`{user}`")).collect();
            let message =
                format!("`{function}` logs in as `{user}`; `{to}` has credentials of {} only", known.join(", "));
            let help = format!("name the same user in the environment of `{function}` and in a secret of `{to}`");
            hop(Answer::Broken, message).help(help)
        }
    })
}

/// Whether a database takes tokens.
fn flag(world: &World<'_, '_>, database: &str) -> Hop {
    const FLAG: &str = "EnableIAMDatabaseAuthentication";
    let value = world.property(database, FLAG);
    let at = format!("/Resources/{database}/Properties");
    match value.as_ref().map(|(value, _)| value.flag()) {
        Some(Some(true)) => Hop::new("authentication", Answer::Holds, format!("`{database}` takes IAM tokens"))
            .at(database, format!("{at}/{FLAG}"))
            .because(evidence::equals(world, database, FLAG)),
        Some(None) => {
            let message = format!("whether `{database}` takes IAM tokens is not known");
            Hop::new("authentication", Answer::Unknown, message)
                .at(database, format!("{at}/{FLAG}"))
                .help(format!("set `{FLAG}: true`"))
        }
        Some(Some(false)) | None => {
            let message = format!("`{database}` takes no IAM tokens: `{FLAG}` is not true");
            Hop::new("authentication", Answer::Broken, message)
                .at(database, at)
                .help(format!("set `{FLAG}: true`"))
                .cures([Patch::set(database, FLAG, Value::from(true))])
        }
    }
}

fn end_to_end(world: &World<'_, '_>, proxy: &str, role: &str, attached: &Attached) -> Vec<Hop> {
    let mut hops = Vec::new();
    let users = callers(world, proxy);
    let users = if users.is_empty() { user::granted(attached) } else { users };
    for (told, id, database) in targets(world, proxy) {
        let (chosen, mut found) =
            connect_as(world, role, attached, (&id, database), &access::context(world, role), &users);
        if database.is_none() {
            // The id of what exists outside is its own: a grant that names one is taken to name it.
            for hop in found.iter_mut().filter(|hop| hop.verdict == Answer::Unknown && hop.hop == "identity-policy") {
                (hop.verdict, hop.help) = (Answer::Assumed, None);
                hop.message = format!("the grant of `{role}` to connect names `{told}`");
            }
        }
        hops.append(&mut found);
        hops.push(match database {
            Some(database) => flag(world, database),
            None => Hop::new("authentication", Answer::Assumed, format!("`{told}` takes IAM tokens")),
        });
        let who = chosen.map_or_else(|| "the users of its clients".to_owned(), |user| format!("`{user}`"));
        hops.push(Hop::new("authentication", Answer::Assumed, format!("`{told}` lets {who} in by IAM")));
    }
    if hops.is_empty() {
        let message = format!("the targets of `{proxy}` are registered outside the template, and let it in");
        hops.push(Hop::new("authentication", Answer::Assumed, message).at(proxy, format!("/Resources/{proxy}")));
    }
    hops
}

/// The users that the functions name which are told the host name of a proxy.
fn callers(world: &World<'_, '_>, proxy: &str) -> Vec<Text> {
    let mut users = Vec::new();
    for function in ["AWS::Lambda::Function", serverless::FUNCTION].into_iter().flat_map(|kind| world.of_type(kind)) {
        let told = super::derive::variables(world.resolved, function).into_iter();
        let mut told = told.filter(|(_, case)| world.is_here(case.when)).flat_map(|(_, case)| case.value.references());
        if told.any(|(id, _)| id == proxy) {
            users.extend(user::named_by(world, function).filter(|user| !users.contains(user)));
        }
    }
    users
}

/// The databases behind a proxy: as they are told, their ids, and their logical ids if they are of the template.
fn targets<'a>(world: &World<'_, 'a>, proxy: &str) -> Vec<(String, Text, Option<&'a str>)> {
    let mut found = Vec::new();
    for group in world.of_type("AWS::RDS::DBProxyTargetGroup") {
        let Some((name, _)) = world.property(group, "DBProxyName") else { continue };
        if referred(world.resolved, &name, &["AWS::RDS::DBProxy"]) != Some(proxy) {
            continue;
        }
        for (property, kind, prefix) in [
            ("DBInstanceIdentifiers", "AWS::RDS::DBInstance", "db-"),
            ("DBClusterIdentifiers", "AWS::RDS::DBCluster", "cluster-"),
        ] {
            for (value, _) in world.elements(group, property) {
                match referred(world.resolved, &value, &[kind]) {
                    Some(id) => found.push((id.to_owned(), arn::database_id(id, prefix), Some(id))),
                    None => {
                        let told = world.text(&value).unwrap_or_default().to_string();
                        let id = Text::from(prefix).then_symbol(&told, Shape::some(Charset::UPPER));
                        found.push((told, id, None));
                    }
                }
            }
        }
    }
    found
}

fn rotate<'a>(world: &World<'_, 'a>, function: &'a str, secret: &Resolution<'a>) -> Vec<Hop> {
    let Some(secret) = Secret::named(world, secret) else { return Vec::new() };
    let mut hops = vec![invoked(world, function, &secret.arn)];
    hops.extend(with_role(world, function, "Role", |role, attached| {
        let context =
            || access::context(world, role).with("lambda:SourceFunctionArn", arn::of(world, function, Some("Arn")));
        let mut hops = Vec::new();
        for action in ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"] {
            let action = format!("secretsmanager:{action}");
            let endpoint = secret::endpoint(world, function, "secretsmanager");
            hops.extend(secret::use_hops(world, role, attached, &secret, &action, endpoint, context()));
        }
        for action in ["kms:Decrypt", "kms:GenerateDataKey"] {
            hops.extend(secret::key_hops(world, role, attached, &secret, action));
        }
        hops
    }));
    hops
}

/// Whether Secrets Manager may invoke a function.
fn invoked(world: &World<'_, '_>, function: &str, secret: &Text) -> Hop {
    const SERVICE: &str = "secretsmanager.amazonaws.com";
    for id in world.of_type("AWS::Lambda::Permission") {
        let is_of = world.property(id, "FunctionName").is_some_and(|(value, _)| {
            value.references().iter().any(|(of, _)| *of == function)
                || world.property_text(function, "FunctionName") == world.text(&value)
        });
        let is_service = world
            .property_text(id, "Principal")
            .is_some_and(|name| role::same(&name, &SERVICE.into()) != Certainty::No);
        let invokes = world
            .property_text(id, "Action")
            .is_none_or(|action| matches!(action.known(), None | Some("lambda:InvokeFunction" | "lambda:*" | "*")));
        let fits =
            world.property_text(id, "SourceArn").is_none_or(|source| role::same(&source, secret) != Certainty::No);
        if is_of && is_service && invokes && fits {
            return Hop::new(
                "resource-policy",
                Answer::Holds,
                format!("`{id}` lets Secrets Manager invoke `{function}`"),
            )
            .at(id, format!("/Resources/{id}"))
            .because(evidence::names(world, id, "FunctionName", function))
            .because(["Principal", "Action"].iter().filter_map(|property| evidence::equals(world, id, property)))
            .because(world.property(id, "SourceArn").and_then(|(value, _)| {
                let (of, _) = value.references().into_iter().next()?;
                evidence::names(world, id, "SourceArn", of)
            }));
        }
    }
    let message = format!("no `AWS::Lambda::Permission` lets `{SERVICE}` invoke `{function}`");
    let help = format!(
        "add an `AWS::Lambda::Permission` of `{function}` with `Principal: {SERVICE}` and `Action: lambda:InvokeFunction`"
    );
    let permission = Resource::new("AWS::Lambda::Permission")
        .with("FunctionName", Value::attribute_of(function, "Arn"))
        .with("Principal", SERVICE)
        .with("Action", "lambda:InvokeFunction");
    let cure = Patch::create(world.resolved.template(), &format!("{function}Permission"), permission);
    Hop::new("resource-policy", Answer::Broken, message)
        .at(function, format!("/Resources/{function}"))
        .help(help)
        .cures([cure])
}

fn stated<'a>(world: &World<'_, 'a>, id: &'a str, actions: &[String], resources: &[Value]) -> Vec<Hop> {
    let property = role_property(world, id);
    let hops = |role: &str, attached: &Attached| {
        let mut hops = Vec::new();
        for value in resources {
            hops.extend(actions.iter().flat_map(|action| stated_one(world, role, attached, action, value)));
        }
        hops
    };
    match world.kind(id) {
        Some("AWS::IAM::Role") => hops(id, &role::attached(world, id)),
        _ => with_role(world, id, property, hops),
    }
}

fn stated_one(world: &World<'_, '_>, role: &str, attached: &Attached, action: &str, value: &Value) -> Vec<Hop> {
    let context = access::context(world, role);
    let reference = world.stated_reference(value);
    let key = reference.as_ref().and_then(|found| referred(world.resolved, found, &["AWS::KMS::Key"]));
    let secret = reference.as_ref().and_then(|found| Secret::named(world, found)).filter(|secret| secret.id.is_some());
    let Some(resource) = world.stated(value) else {
        let message = format!("on what `{action}` is to be allowed is not known");
        return vec![Hop::new("identity-policy", Answer::Unknown, message)];
    };
    match (key, secret) {
        (Some(key), _) => {
            let (of_resource, owner) = (vec![secret::key_policy(world, key)], Some(key.to_owned()));
            let ask = Ask::new(role, action, resource, context).written(Some(value.clone()));
            access::hops(world, attached, Ask { of_resource, owner, hop: "key-policy", ..ask })
        }
        (None, Some(secret)) if action.starts_with("secretsmanager:") => {
            secret::use_hops(world, role, attached, &secret, action, None, context)
        }
        _ => {
            let ask = Ask::new(role, action, resource, context).written(Some(value.clone()));
            access::hops(world, attached, ask)
        }
    }
}
