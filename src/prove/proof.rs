//! Proofs: each goal with its verdict and the steps that it rests on.

use super::answer::{Answer, Step};
use super::exposure;
use super::family;
use super::flow::Flow;
use super::goals::{Ask, Origin, Question};
use super::hops::Hop;
use super::model::Model;
use crate::diagnostic::Code;
use crate::goal::{Assumption, Goal, Taken};
use crate::resolve::{Formula, Resolution};

/// How a goal was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It holds, under the assumptions that are listed.
    Proved,
    /// It depends on what is not known, or on the world.
    Depends,
    /// It does not hold.
    Refuted,
}

impl Verdict {
    /// As machine-readable output names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Depends => "depends",
            Self::Refuted => "refuted",
        }
    }
}

/// A goal, answered.
#[derive(Clone, Debug)]
pub struct Proof {
    /// What was asked.
    pub goal: Goal,
    /// Why it was; none if somebody stated it.
    pub origin: Option<Origin>,
    /// The answer.
    pub verdict: Verdict,
    /// The names of the hops along the way, in order.
    pub route: Vec<&'static str>,
    /// The steps, in the order of the hops.
    pub steps: Vec<Step>,
    /// What it rests on that no template can tell.
    pub assumptions: Vec<String>,
}

impl Proof {
    /// The steps that are broken.
    pub fn broken(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.answer == Answer::Broken)
    }

    /// What is not known and is worth a warning.
    pub fn undecided(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.answer == Answer::Unknown && step.warns)
    }

    /// What is taken for given and had better be certain.
    pub fn advised(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.answer == Answer::Assumed && step.advises)
    }

    /// The place of a hop along the way, from 1.
    pub fn position(&self, hop: &str) -> usize {
        self.route.iter().position(|name| *name == hop).map_or(0, |at| at + 1)
    }
}

/// The code of what is in the way of judging a goal at all.
pub const UNJUDGED: Code = Code::new("N3220", "goal-that-cannot-be-judged");

/// Answers a question.
pub fn answer<'a>(model: &Model<'a>, question: &Question<'a>, trusted: &[Assumption]) -> Proof {
    let (route, mut steps) = steps(model, question);
    soften(model, question, trusted, &mut steps);
    merge(model, &mut steps);
    let verdict = verdict(model, question.under, &steps);
    for step in &mut steps {
        step.place = place(model, question.under, step);
    }
    let mut assumptions: Vec<String> = Vec::new();
    for step in
        steps.iter().filter(|step| step.answer == Answer::Assumed || (step.answer == Answer::Unknown && !step.warns))
    {
        let told = format!("{}{}", step.message, step.place);
        if !assumptions.contains(&told) {
            assumptions.push(told);
        }
    }
    Proof { goal: question.goal.clone(), origin: question.origin.clone(), verdict, route, steps, assumptions }
}

fn steps<'a>(model: &Model<'a>, question: &Question<'a>) -> (Vec<&'static str>, Vec<Step>) {
    match &question.ask {
        Ask::Flows(flows) => {
            let mut names: Vec<&'static str> = Vec::new();
            let mut steps = Vec::new();
            for (flow, route) in flows {
                for hop in *route {
                    if !names.contains(&hop.name) {
                        names.push(hop.name);
                    }
                }
                match family::by_family(model, flow, route) {
                    Some(flows) => steps.extend(flows.iter().flat_map(|flow| along(model, flow, route))),
                    None => steps.extend(along(model, flow, route)),
                }
            }
            // A function that is in no VPC calls APIs over Lambda's own network.
            if steps.is_empty() {
                let message = format!(
                    "`{}` is in no VPC, and reaches every API",
                    flows.first().map_or("", |(flow, _)| &flow.from.name)
                );
                steps.push(Step::new(
                    "attachment",
                    super::hops::attachment::HOP.code,
                    Answer::Holds,
                    question.under,
                    message,
                ));
            }
            (names, steps)
        }
        Ask::Isolated(to, ports, except) => {
            (vec![exposure::NAME], exposure::isolated(model, to, ports, except, question.under))
        }
        Ask::Absent(name) => {
            let message = format!("`{name}` is no resource of this template");
            let mut step = Step::new("attachment", UNJUDGED, Answer::Unknown, question.under, message);
            step.silent();
            (vec!["attachment"], vec![step])
        }
        Ask::Permission => {
            let message = "permissions are not judged by the network".to_owned();
            let mut step = Step::new("identity-policy", UNJUDGED, Answer::Unknown, question.under, message);
            step.silent();
            (vec!["identity-policy"], vec![step])
        }
    }
}

/// What the hops of a route answer of a flow.
fn along<'a>(model: &Model<'a>, flow: &Flow<'a>, route: &[&'static Hop]) -> Vec<Step> {
    route.iter().flat_map(|hop| hop.answer(model, flow)).collect()
}

/// What is not looked into, what may never be used and what was taken on trust refutes nothing.
fn soften(model: &Model<'_>, question: &Question<'_>, trusted: &[Assumption], steps: &mut [Step]) {
    let changed_by = model.foreign_macro();
    let trust = trusted.iter().find(|assumption| is_about(model, &assumption.what, question));
    for step in steps {
        match (step.answer, &changed_by, &question.doubt) {
            (Answer::Broken, Some(by), _) => {
                step.answer = Answer::Unknown;
                step.warns = false;
                step.message = format!("{}, unless the macro `{by}` changes that", step.message);
                step.fix = None;
            }
            (Answer::Broken, None, Some(doubt)) => {
                step.answer = Answer::Unknown;
                step.message = format!("{}; {doubt}", step.message);
            }
            _ => {}
        }
        if let (Answer::Unknown, Some(assumption)) = (step.answer, trust) {
            step.answer = Answer::Assumed;
            step.message = format!("{}: taken on trust, {}", step.message, assumption.reason);
        }
    }
}

/// Whether an assumption is about this question. What was imported has no name in the template: whoever takes traffic to
/// it on trust means what exists already.
fn is_about(model: &Model<'_>, taken: &Taken, question: &Question<'_>) -> bool {
    let (Taken::Goal(Goal::Reaches { from, to, .. }), Ask::Flows(flows)) = (taken, &question.ask) else { return false };
    flows.iter().any(|(flow, _)| {
        let names = |end: &super::flow::End<'_>, name: &String| {
            let by_group = end.groups.iter().any(|group| group.term.own() == Some(name.as_str()));
            end.name == *name || by_group
        };
        let imported = |end: &super::flow::End<'_>, name: &String| {
            let is_given = end.given || end.groups.iter().any(|group| group.term.own().is_none());
            is_given && model.resource(name).is_none()
        };
        (names(&flow.from, from) || imported(&flow.from, from)) && (names(&flow.to, to) || imported(&flow.to, to))
    })
}

/// One step for each answer of a hop in the same words.
fn merge(model: &Model<'_>, steps: &mut Vec<Step>) {
    let mut merged: Vec<Step> = Vec::with_capacity(steps.len());
    for step in steps.drain(..) {
        let known = merged
            .iter_mut()
            .find(|known| known.hop == step.hop && known.answer == step.answer && known.message == step.message);
        match known {
            Some(known) => {
                known.when = model.resolved.or(known.when, step.when);
                for evidence in step.evidence {
                    if !known.evidence.contains(&evidence) {
                        known.evidence.push(evidence);
                    }
                }
            }
            None => merged.push(step),
        }
    }
    *steps = merged;
}

fn verdict(model: &Model<'_>, under: Formula, steps: &[Step]) -> Verdict {
    let broken = steps.iter().filter(|step| step.answer == Answer::Broken);
    let broken = broken.fold(Formula::FALSE, |any, step| model.resolved.or(any, step.when));
    let broken = model.resolved.and(broken, under);
    if model.resolved.is_certainly_possible(broken) {
        let usual = usual(model, under);
        let everywhere = model.resolved.is_possible(usual) && model.resolved.implies(under, broken);
        let by_default = model.resolved.is_certainly_possible(usual) && model.resolved.implies(usual, broken);
        return if everywhere || by_default { Verdict::Refuted } else { Verdict::Depends };
    }
    match steps.iter().any(|step| matches!(step.answer, Answer::Unknown | Answer::Broken)) {
        true => Verdict::Depends,
        false => Verdict::Proved,
    }
}

/// The worlds in which every parameter has its default; none for a goal that other values only bring about.
fn usual(model: &Model<'_>, under: Formula) -> Formula {
    defaults(model).into_iter().fold(under, |world, (_, is_default)| model.resolved.and(world, is_default))
}

/// The parameters that have a default and are given no value, each with the worlds in which it has that.
fn defaults<'a>(model: &Model<'a>) -> Vec<(&'a str, Formula)> {
    let mut found = Vec::new();
    for (name, parameter) in &model.resolved.template().parameters {
        let kind = crate::resolve::ParameterKind::of(parameter);
        let default = parameter.default.as_ref().and_then(super::model::spelled);
        let Some(default) = default.filter(|_| !kind.is_list() && !kind.is_stored()) else { continue };
        if model.resolved.environment().parameter(name).is_none() {
            let symbol = Resolution::Symbol(crate::resolve::Symbol::Parameter { name, parameter });
            let is_default = model.resolved.equal(&symbol, &Resolution::Text(default.into()));
            found.push((name.as_str(), is_default));
        }
    }
    found
}

/// Where, in words; empty if that is wherever it counts and that is where the defaults lead.
fn place(model: &Model<'_>, under: Formula, step: &Step) -> String {
    let when = step.when;
    let is_told = matches!(step.answer, Answer::Broken | Answer::Unknown);
    let is_usual = || !is_told || model.resolved.is_possible(usual(model, under));
    if model.resolved.implies(under, when) && is_usual() {
        return String::new();
    }
    let when = model.resolved.and(under, when);
    if is_told { model.resolved.deviation_where(when, &defaults(model)) } else { model.resolved.place_where(when) }
}
