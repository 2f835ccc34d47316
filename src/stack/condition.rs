//! Conditions: what the deployer's parameters decide.

use std::sync::Arc;

use super::link::Term;
use super::value::{Choice, PlainText, Value};
use crate::template::{self, Function};

/// A condition of a stack, by its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition(Arc<str>);

impl Condition {
    pub(super) fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// Its name in the template.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// One value where it holds, the other where it does not.
    pub fn choose<A, B>(&self, yes: A, no: B) -> Choice<A, B> {
        Choice { condition: self.clone(), yes, no }
    }

    /// The formula that holds where this condition does, for use in another one.
    pub fn holds(&self) -> Formula {
        Formula(template::Value::call(Function::Condition, Term::from(self.name())))
    }
}

/// The formula of a condition.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a formula is no condition until the stack names it"]
pub struct Formula(pub(super) Term);

impl Formula {
    /// Holds where both do.
    pub fn and(self, other: Self) -> Self {
        Self(template::Value::call_list(Function::And, [self.0, other.0]))
    }

    /// Holds where either does.
    pub fn or(self, other: Self) -> Self {
        Self(template::Value::call_list(Function::Or, [self.0, other.0]))
    }
}

impl std::ops::Not for Formula {
    type Output = Self;

    fn not(self) -> Self {
        Self(template::Value::call_list(Function::Not, [self.0]))
    }
}

impl Value<String> {
    /// The formula that holds where this text equals `other`.
    pub fn equals(&self, other: impl PlainText) -> Formula {
        let (left, right) = (self.clone().into_term_or_no_value(), other.plain().into_term_or_no_value());
        Formula(template::Value::call_list(Function::Equals, [left, right]))
    }
}
