//! The unknowns of a template, and what is known of them together.
//!
//! An unknown, such as a parameter, has one value in a world. Its values are told apart by questions in the order in
//! which they came up: "is it the first? if not, is it the second? …". So that it has one value only, and one of the
//! allowed ones, is part of how it is written, and costs no formula of its own.

use std::collections::{HashMap, HashSet};

use super::diagram::{Diagram, Formula, Variable};
use crate::registry;

/// The most values of one unknown that are told apart.
const MOST_VALUES: usize = 1 << 12;
/// The most questions that are asked at all; formulas are no deeper than this.
const MOST_VARIABLES: usize = 1 << 11;

/// What an unknown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A parameter, or a pseudo parameter.
    Parameter,
    /// What a function makes of parameters: its values are told apart, and how they hang together with those of the
    /// parameters is not known.
    Expression,
    /// A question that nothing is known of.
    Open,
}

/// One unknown of a template.
#[derive(Debug)]
struct Subject {
    name: String,
    kind: Kind,
    /// The parameters that decide on it.
    parameters: Vec<String>,
    /// The values that were asked for, in the order of the questions.
    values: Vec<String>,
    /// The only ones that it can have, if that is known.
    allowed: Option<Vec<String>>,
}

/// The number of an unknown.
pub(super) type SubjectId = usize;

/// What one unknown is in a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Is(String),
    IsNot(Vec<String>),
}

#[derive(Debug, Default)]
pub(super) struct Logic {
    pub(super) diagram: Diagram,
    subjects: Vec<Subject>,
    by_name: HashMap<String, SubjectId>,
    variables: usize,
    /// Unknowns of which it is not told by values whether they are equal.
    pairs: Vec<(SubjectId, SubjectId, Formula)>,
    /// What the rules of the template demand.
    demanded: Option<Formula>,
    /// Parameters of which something is demanded that could not be read.
    loose: HashSet<String>,
    /// What holds in every world, and for how many questions and pairs that was found.
    constraint: Option<(usize, usize, Formula)>,
}

const REGION: &str = "AWS::Region";
const PARTITION: &str = "AWS::Partition";
const SUFFIX: &str = "AWS::URLSuffix";

impl Logic {
    /// The unknown of this name; `make` says what is known of a new one.
    pub(super) fn subject(
        &mut self,
        name: &str,
        kind: Kind,
        make: impl FnOnce() -> (Vec<String>, Option<Vec<String>>),
    ) -> SubjectId {
        if let Some(known) = self.by_name.get(name) {
            return *known;
        }
        let (parameters, allowed) = make();
        self.subjects.push(Subject { name: name.to_owned(), kind, parameters, values: Vec::new(), allowed });
        self.by_name.insert(name.to_owned(), self.subjects.len() - 1);
        self.subjects.len() - 1
    }

    /// Where an unknown has this value.
    pub(super) fn equals(&mut self, subject: SubjectId, value: &str) -> Formula {
        let Subject { values, allowed, .. } = &mut self.subjects[subject];
        if allowed.as_ref().is_some_and(|allowed| !allowed.iter().any(|allowed| allowed == value)) {
            return Formula::FALSE;
        }
        let index = match values.iter().position(|known| known == value) {
            Some(index) => index,
            None if values.len() >= MOST_VALUES || self.variables >= MOST_VARIABLES => return Formula::UNKNOWN,
            None => {
                values.push(value.to_owned());
                self.variables += 1;
                values.len() - 1
            }
        };
        // It must be the last one that is allowed if it is none of the others.
        let is_last = allowed.as_ref().is_some_and(|allowed| index + 1 == allowed.len());
        let last = if is_last { Formula::TRUE } else { self.diagram.variable(variable(subject, index)) };
        (0..index).rev().fold(last, |rest, before| self.diagram.decide(variable(subject, before), Formula::FALSE, rest))
    }

    /// A question that nothing is known of; the same name is the same question.
    pub(super) fn open(&mut self, name: &str) -> Formula {
        // No parameter has such a name.
        let subject = self.subject(&format!("?{name}"), Kind::Open, || (Vec::new(), None));
        self.equals(subject, "")
    }

    /// Whether a formula rests on an open question.
    pub(super) fn is_open(&self, formula: Formula) -> bool {
        let mut asked = self.diagram.support(formula).into_iter().map(subject_of);
        formula == Formula::UNKNOWN || asked.any(|subject| self.subjects[subject].kind == Kind::Open)
    }

    /// Where two unknowns have the same value.
    pub(super) fn equal(&mut self, one: SubjectId, other: SubjectId) -> Formula {
        if one == other {
            return Formula::TRUE;
        }
        let (one, other) = (one.min(other), one.max(other));
        let values = self.subjects[one].allowed.clone().or_else(|| self.subjects[other].allowed.clone());
        if let Some(values) = values {
            return values.iter().fold(Formula::FALSE, |any, value| {
                let (a, b) = (self.equals(one, value), self.equals(other, value));
                let both = self.diagram.and(a, b);
                self.diagram.or(any, both)
            });
        }
        if let Some(known) = self.pairs.iter().find(|pair| (pair.0, pair.1) == (one, other)) {
            return known.2;
        }
        let name = format!("{} = {}", self.subjects[one].name, self.subjects[other].name);
        let subject = self.subject(&name, Kind::Parameter, || (Vec::new(), None));
        let same = self.equals(subject, "true");
        self.pairs.push((one, other, same));
        same
    }

    /// Takes down what the template's rules demand; of the `loose` parameters not all of it.
    pub(super) fn demand(&mut self, demanded: Formula, loose: impl IntoIterator<Item = String>) {
        self.demanded = Some(demanded);
        self.loose.extend(loose);
    }

    /// What holds in every world in which the template can be deployed.
    pub(super) fn constraint(&mut self) -> Formula {
        let known = (self.variables, self.pairs.len());
        match self.constraint {
            Some((variables, pairs, constraint)) if (variables, pairs) == known => constraint,
            _ => {
                let mut constraint = self.demanded.unwrap_or(Formula::TRUE);
                for (one, other, same) in self.pairs.clone() {
                    let pair = self.pair(one, other, same);
                    constraint = self.diagram.and(constraint, pair);
                }
                let places = self.places();
                constraint = self.diagram.and(constraint, places);
                self.constraint = Some((self.variables, self.pairs.len(), constraint));
                constraint
            }
        }
    }

    /// `same` holds where both have one value, and where just one of them has it, it does not.
    fn pair(&mut self, one: SubjectId, other: SubjectId, same: Formula) -> Formula {
        let values: Vec<String> =
            self.subjects[one].values.iter().chain(&self.subjects[other].values).cloned().collect();
        values.iter().fold(Formula::TRUE, |all, value| {
            let (a, b) = (self.equals(one, value), self.equals(other, value));
            let either = self.diagram.or(a, b);
            let both = self.diagram.and(a, b);
            let not_both = self.diagram.not(both);
            let agree = self.diagram.choose(same, both, not_both);
            // Where neither has it, nothing follows.
            let follows = self.diagram.choose(either, agree, Formula::TRUE);
            self.diagram.and(all, follows)
        })
    }

    /// A region lies in one partition, and its host names end in one way.
    fn places(&mut self) -> Formula {
        let mut all = Formula::TRUE;
        let Some(region) = self.by_name.get(REGION).copied() else { return all };
        for code in self.subjects[region].values.clone() {
            let Some(known) = registry::region(&code) else { continue };
            for (name, value) in [(PARTITION, &known.partition), (SUFFIX, &known.url_suffix)] {
                let Some(subject) = self.by_name.get(name).copied() else { continue };
                let (is_there, is_so) = (self.equals(region, &code), self.equals(subject, value));
                let follows = self.diagram.choose(is_there, is_so, Formula::TRUE);
                all = self.diagram.and(all, follows);
            }
        }
        all
    }

    /// Whether the value of a variable is beyond what is known: its formula is no evidence of anything.
    fn open_variables(&self) -> HashSet<SubjectId> {
        let shares = |id: SubjectId, subject: &Subject| {
            self.subjects.iter().enumerate().any(|(other, candidate)| {
                other != id && candidate.parameters.iter().any(|name| subject.parameters.contains(name))
            })
        };
        let is_open = |(id, subject): &(SubjectId, &Subject)| match subject.kind {
            Kind::Open => true,
            Kind::Expression if shares(*id, subject) => true,
            _ => subject.parameters.iter().any(|name| self.loose.contains(name)),
        };
        self.subjects.iter().enumerate().filter(is_open).map(|(id, _)| id).collect()
    }

    /// Where the formula holds in a world that can be, whatever is not known.
    pub(super) fn certain(&mut self, formula: Formula) -> Formula {
        let constraint = self.constraint();
        let possible = self.diagram.and(formula, constraint);
        let open = self.open_variables();
        if open.is_empty() {
            return possible;
        }
        self.diagram.for_all(possible, &|variable| open.contains(&subject_of(variable)))
    }

    /// The formula, in the worlds that can be.
    pub(super) fn possible(&mut self, formula: Formula) -> Formula {
        let constraint = self.constraint();
        self.diagram.and(formula, constraint)
    }

    /// The names of the unknowns that a formula asks for.
    pub(super) fn asked(&self, formula: Formula) -> HashSet<String> {
        let support = self.diagram.support(formula).into_iter();
        support.map(|variable| self.subjects[subject_of(variable)].name.clone()).collect()
    }

    /// What a way through a formula says of each unknown that it asks for.
    pub(super) fn knowledge(&self, path: &[(Variable, bool)]) -> Vec<(String, Known)> {
        let mut found: Vec<(SubjectId, Known)> = Vec::new();
        for (variable, value) in path {
            let (id, subject) = (subject_of(*variable), &self.subjects[subject_of(*variable)]);
            let Some(asked) = subject.values.get(value_of(*variable)).filter(|_| subject.kind != Kind::Open) else {
                continue;
            };
            match found.iter_mut().find(|(known, _)| *known == id).map(|(_, known)| known) {
                Some(Known::IsNot(_)) | None if *value => {
                    found.retain(|(known, _)| *known != id);
                    found.push((id, Known::Is(asked.clone())));
                }
                Some(Known::IsNot(values)) => values.push(asked.clone()),
                Some(Known::Is(_)) => {}
                None => found.push((id, Known::IsNot(vec![asked.clone()]))),
            }
        }
        let closed = found.into_iter().map(|(id, known)| (self.subjects[id].name.clone(), self.closed(id, known)));
        closed.collect()
    }

    /// What is none of the values but one is that one.
    fn closed(&self, id: SubjectId, known: Known) -> Known {
        let (Some(allowed), Known::IsNot(values)) = (&self.subjects[id].allowed, &known) else { return known };
        let mut left = allowed.iter().filter(|value| !values.contains(value));
        match (left.next(), left.next()) {
            (Some(only), None) => Known::Is(only.clone()),
            _ => known,
        }
    }
}

fn variable(subject: SubjectId, index: usize) -> Variable {
    // INVARIANT (variables fit): there are at most `MOST_VARIABLES` subjects that have one.
    (subject * MOST_VALUES + index) as Variable
}

fn subject_of(variable: Variable) -> SubjectId {
    variable as usize / MOST_VALUES
}

fn value_of(variable: Variable) -> usize {
    variable as usize % MOST_VALUES
}
