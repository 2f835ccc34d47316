//! Conditions and rules as formulas.

use std::borrow::Cow;

use super::Resolved;
use super::diagram::Formula;
use super::logic::{Kind, SubjectId};
use super::parameter::{ParameterKind, admits, allowed};
use super::resolution::{Piece, Resolution, Symbol};
use super::same::told;
use crate::diagnostic::{Code, Diagnostic};
use crate::registry;
use crate::template::{Function, Intrinsic, Parameter, Value, pointer};

/// A condition that is made of itself.
pub const CIRCULAR: Code = Code::new("E8010", "circular-condition");
/// Rules that no parameters satisfy.
pub const UNSATISFIABLE: Code = Code::new("E1703", "unsatisfiable-rules");

/// Conditions that are made of others further down than this are not looked at.
const DEEPEST: usize = 200;

/// How far a condition is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Progress {
    Begun,
    Done(Formula),
}

impl<'a> Resolved<'a> {
    /// Where a condition holds. One that is not declared, or is made of itself, is an open question.
    pub fn condition(&self, name: &str) -> Formula {
        let known = self.conditions.borrow().get(name).copied();
        match known {
            Some(Progress::Done(formula)) => return formula,
            Some(Progress::Begun) => return self.circular(name),
            None => {}
        }
        let Some((name, formula)) = self.template.conditions.get_key_value(name) else {
            return self.logic.borrow_mut().open(name);
        };
        if self.depth.get() >= DEEPEST {
            return Formula::UNKNOWN;
        }
        self.conditions.borrow_mut().insert(name, Progress::Begun);
        self.depth.set(self.depth.get() + 1);
        let formula = self.formula(formula);
        self.depth.set(self.depth.get() - 1);
        // One that was found to be circular on the way stays an open question.
        let known = self.conditions.borrow().get(name.as_str()).copied();
        let formula = if let Some(Progress::Done(open)) = known { open } else { formula };
        self.conditions.borrow_mut().insert(name, Progress::Done(formula));
        formula
    }

    fn circular(&self, name: &str) -> Formula {
        let open = self.logic.borrow_mut().open(name);
        if let Some((name, _)) = self.template.conditions.get_key_value(name) {
            let message = format!("the condition `{name}` is made of itself");
            let found = Diagnostic::error(CIRCULAR, message).path(pointer(["Conditions", name]));
            let found = found.help("take one of the uses of `Condition` out that lead back to it");
            self.diagnostics.borrow_mut().push(found);
            self.conditions.borrow_mut().insert(name, Progress::Done(open));
        }
        open
    }

    /// Where the formula of a condition or of a rule's assertion holds. What is no formula is an open question.
    pub fn formula(&self, value: &'a Value) -> Formula {
        match value {
            Value::Bool(value) => constant(*value),
            Value::Intrinsic(Intrinsic::Call(function, argument)) => {
                self.call_formula(*function, argument).unwrap_or_else(|| self.open(value))
            }
            _ => self.open(value),
        }
    }

    /// A question of its own for what stands at one place of the template.
    fn open(&self, value: &Value) -> Formula {
        self.logic.borrow_mut().open(&format!("{:p}", std::ptr::from_ref(value)))
    }

    fn call_formula(&self, function: Function, argument: &'a Value) -> Option<Formula> {
        let list = argument.as_list();
        match function {
            Function::Condition => argument.as_str().map(|name| self.condition(name)),
            Function::Not => match list? {
                [inner] => Some(self.not(self.formula(inner))),
                _ => None,
            },
            Function::And => Some(list?.iter().fold(Formula::TRUE, |all, inner| self.and(all, self.formula(inner)))),
            Function::Or => Some(list?.iter().fold(Formula::FALSE, |any, inner| self.or(any, self.formula(inner)))),
            Function::Equals => match list? {
                [one, other] => Some(self.equal_values(one, other)),
                _ => None,
            },
            Function::Contains => match list? {
                [Value::List(values), one] => {
                    Some(values.iter().fold(Formula::FALSE, |any, value| self.or(any, self.equal_values(value, one))))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Where two values are the same text.
    pub fn equal_values(&self, one: &'a Value, other: &'a Value) -> Formula {
        let (ones, others) = (self.value(one, Formula::TRUE), self.value(other, Formula::TRUE));
        let mut any = Formula::FALSE;
        for one in &ones {
            for other in &others {
                let both = self.and(one.when, other.when);
                if both != Formula::FALSE {
                    any = self.or(any, self.and(both, self.equal(&one.value, &other.value)));
                }
            }
        }
        any
    }

    /// Where two resolutions are the same text. Numbers and truth values are compared as they are spelled.
    pub fn equal(&self, one: &Resolution<'a>, other: &Resolution<'a>) -> Formula {
        if let Some(known) = self.same(one, other) {
            return constant(known);
        }
        match (one.spelled(), other.spelled()) {
            (Some(text), None) => self.equals_text(other, &text),
            (None, Some(text)) => self.equals_text(one, &text),
            _ => match (self.subject(one), self.subject(other)) {
                (Some(one), Some(other)) => self.logic.borrow_mut().equal(one, other),
                _ => self.logic.borrow_mut().open(&format!("{} = {}", told(one), told(other))),
            },
        }
    }

    fn equals_text(&self, value: &Resolution<'a>, text: &str) -> Formula {
        match value {
            Resolution::Symbol(Symbol::Parameter { name, parameter }) => self.parameter_equals(name, parameter, text),
            Resolution::Symbol(Symbol::Pseudo(name)) => self.pseudo_equals(name, text),
            Resolution::Mixed(pieces) => match one_gap(pieces, text) {
                Gap::Filled(symbol, inner) => self.equals_text(&Resolution::Symbol(symbol.clone()), inner),
                Gap::Never => Formula::FALSE,
                Gap::Several => self.expression_equals(value, text),
            },
            _ => self.expression_equals(value, text),
        }
    }

    /// Where a parameter has a value.
    fn parameter_equals(&self, name: &str, parameter: &Parameter, text: &str) -> Formula {
        let is_stored = ParameterKind::of(parameter).is_stored();
        if !is_stored && !admits(parameter, text) {
            return Formula::FALSE;
        }
        let subject = self.parameter_subject(name, parameter);
        self.logic.borrow_mut().equals(subject, text)
    }

    fn parameter_subject(&self, name: &str, parameter: &Parameter) -> SubjectId {
        let make = || (vec![name.to_owned()], allowed(parameter));
        self.logic.borrow_mut().subject(name, Kind::Parameter, make)
    }

    /// Where a pseudo parameter has a value. A region lies in its partition.
    fn pseudo_equals(&self, name: &str, text: &str) -> Formula {
        if name == "AWS::Region"
            && let (Some(partition), Some(region)) = (self.environment.partition(), registry::region(text))
            && partition != region.partition
        {
            return Formula::FALSE;
        }
        let mut logic = self.logic.borrow_mut();
        let subject = logic.subject(name, Kind::Parameter, || (vec![name.to_owned()], None));
        logic.equals(subject, text)
    }

    fn expression_equals(&self, value: &Resolution<'a>, text: &str) -> Formula {
        match self.subject(value) {
            Some(subject) => self.logic.borrow_mut().equals(subject, text),
            None => self.logic.borrow_mut().open(&format!("{} = {text}", told(value))),
        }
    }

    /// The unknown that a value is: a parameter, or what functions make of parameters.
    fn subject(&self, value: &Resolution<'a>) -> Option<SubjectId> {
        match value {
            Resolution::Symbol(Symbol::Parameter { name, parameter }) => Some(self.parameter_subject(name, parameter)),
            Resolution::Symbol(Symbol::Pseudo(name)) => {
                let make = || (vec![(*name).to_owned()], None);
                Some(self.logic.borrow_mut().subject(name, Kind::Parameter, make))
            }
            _ => self.expression(value),
        }
    }

    fn expression(&self, value: &Resolution<'a>) -> Option<SubjectId> {
        let (mut parameters, mut is_known) = (Vec::new(), true);
        value.each_symbol(&mut |symbol| match symbol {
            Symbol::Parameter { name, .. } | Symbol::Pseudo(name) => parameters.push((*name).to_owned()),
            Symbol::Call(_) => {}
            _ => is_known = false,
        });
        is_known.then(|| {
            let name = told(value);
            self.logic.borrow_mut().subject(&name, Kind::Expression, || (parameters, None))
        })
    }

    /// What the template's rules demand of its parameters.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>
    pub(super) fn read_rules(&self) {
        if self.template.rules.is_empty() {
            return;
        }
        let (mut demanded, mut loose) = (Formula::TRUE, Vec::new());
        for rule in self.template.rules.values() {
            let applies = rule.condition.as_ref().map_or(Formula::TRUE, |condition| self.formula(condition));
            for assertion in &rule.assertions {
                let holds = self.formula(&assertion.assert);
                let follows = self.logic.borrow_mut().diagram.choose(applies, holds, Formula::TRUE);
                if self.logic.borrow().is_open(follows) {
                    let values = rule.condition.iter().chain([&assertion.assert]);
                    values.for_each(|value| value.each_reference(&mut |to| loose.push(to.name().to_owned())));
                } else {
                    demanded = self.and(demanded, follows);
                }
            }
        }
        if demanded == Formula::FALSE {
            let message = "no values of the parameters satisfy the rules of the template";
            self.diagnostics.borrow_mut().push(Diagnostic::error(UNSATISFIABLE, message).path("/Rules"));
            demanded = Formula::TRUE;
        }
        self.logic.borrow_mut().demand(demanded, loose);
    }
}

fn constant(value: bool) -> Formula {
    if value { Formula::TRUE } else { Formula::FALSE }
}

enum Gap<'p, 't, 'a> {
    /// The one unknown part must be this.
    Filled(&'p Symbol<'a>, &'t str),
    Never,
    Several,
}

/// What the one unknown part of a text must be for the whole to be `text`.
fn one_gap<'p, 't, 'a>(pieces: &'p [Piece<'a>], text: &'t str) -> Gap<'p, 't, 'a> {
    let empty = Cow::Borrowed("");
    let (before, symbol, after) = match pieces {
        [Piece::Text(before), Piece::Symbol(symbol)] => (before, symbol, &empty),
        [Piece::Symbol(symbol), Piece::Text(after)] => (&empty, symbol, after),
        [Piece::Text(before), Piece::Symbol(symbol), Piece::Text(after)] => (before, symbol, after),
        _ => return Gap::Several,
    };
    let inner = text.strip_prefix(&**before).and_then(|rest| rest.strip_suffix(&**after));
    inner.map_or(Gap::Never, |inner| Gap::Filled(symbol, inner))
}
