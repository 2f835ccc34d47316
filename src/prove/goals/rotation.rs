//! What rotates a secret has to reach Secrets Manager and the database whose password it changes.

use std::rc::Rc;

use super::{Origin, Question, add, api, whole};
use crate::prove::flow::{End, Flow};
use crate::prove::model::{Interface, Model, Term};
use crate::resolve::Formula;

/// Adds what a function has to reach that a rotation schedule names.
pub fn of_function<'a>(model: &Model<'a>, function: &Rc<Interface<'a>>, found: &mut Vec<Question<'a>>) {
    for schedule in model.of_kind("AWS::SecretsManager::RotationSchedule") {
        let named = model.resolved.property(schedule, "RotationLambdaARN").into_iter();
        let named = named.filter(|case| case.value.reference().is_some_and(|(id, _)| id == function.id));
        let when = named.fold(Formula::FALSE, |any, case| model.resolved.or(any, case.when));
        rotates(model, function, schedule, model.resolved.and(when, function.exists), found);
    }
}

/// Adds what the function has to reach that Secrets Manager hosts for a schedule.
pub fn of_hosted<'a>(model: &Model<'a>, rotation: &Rc<Interface<'a>>, found: &mut Vec<Question<'a>>) {
    rotates(model, rotation, rotation.id, rotation.exists, found);
}

fn rotates<'a>(
    model: &Model<'a>,
    caller: &Rc<Interface<'a>>,
    schedule: &'a str,
    under: Formula,
    found: &mut Vec<Question<'a>>,
) {
    if !model.resolved.is_possible(under) {
        return;
    }
    let origin = |what: &str| Origin {
        resource: schedule.to_owned(),
        path: whole(schedule),
        says: format!("so `{}` must reach {what}", caller.id),
    };
    let service = "secretsmanager";
    api::ask(api::question(model, caller, service, under, Some(origin("the secretsmanager API")), false), found);
    for (when, database) in databases(model, schedule) {
        let Some(to) = model.interface(database) else { continue };
        let under = [when, to.exists].into_iter().fold(under, |all, one| model.resolved.and(all, one));
        let flow = Flow {
            from: End::of(model, Rc::clone(caller)),
            to: End::of(model, to),
            under,
            ports: model.listening(database),
            client_ports: Vec::new(),
            service: None,
            v6: false,
        };
        add(model, flow, Some(origin(&format!("`{database}`"))), found);
    }
}

/// The databases of the template to which the secret of a schedule is attached.
fn databases<'a>(model: &Model<'a>, schedule: &str) -> Vec<(Formula, &'a str)> {
    let mut found = Vec::new();
    for secret in model.terms(schedule, "SecretId") {
        for attachment in model.of_kind("AWS::SecretsManager::SecretTargetAttachment") {
            let is_named = secret.term == Term::Own(attachment);
            let secrets = model.terms(attachment, "SecretId");
            if !is_named && !secrets.iter().any(|other| other.term.same(&secret.term, model.resolved) == Some(true)) {
                continue;
            }
            for target in model.terms(attachment, "TargetId") {
                if let Some(database) = model.own_database(&target.term) {
                    found.push((model.resolved.and(secret.when, target.when), database));
                }
            }
        }
    }
    found
}
