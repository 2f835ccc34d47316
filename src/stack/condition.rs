//! Conditions: what the deployer's parameters decide.

use std::sync::Arc;

use super::link::Term;
use super::value::{Choice, IntoValue, PlainText, Value};
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

    /// One value where it holds, the other where it does not: whatever the property takes, `None` for its default.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let stage = stack.parameter("Stage", Parameter::text());
    /// let production = stack.condition("Production", stage.equals("prod"));
    /// stack.add("Audit", LogGroup::new(production.choose(365, 30)));
    /// ```
    pub fn choose<A, B>(&self, yes: A, no: B) -> Choice<A, B> {
        Choice { condition: self.clone(), yes, no }
    }

    /// The formula that holds where this condition does, for use in another one.
    pub fn holds(&self) -> Formula {
        Formula(template::Value::call(Function::Condition, Term::from(self.name())))
    }
}

/// The formula of a condition.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html>
///
/// ```
/// # use formwork::prelude::*;
/// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
/// let stage = stack.parameter("Stage", Parameter::one_of(["dev", "uat", "prod"]));
/// let large = stack.condition("Large", stage.in_list(["uat", "prod"]));
/// let abroad = stack.condition("Abroad", !Value::region().equals("eu-west-1"));
/// let both = stack.condition("LargeAbroad", large.holds().and(abroad.holds()));
/// stack.add("Audit", LogGroup::new(both.choose(365, 30)));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a formula is no condition until the stack names it"]
pub struct Formula(pub(super) Term);

/// How many formulas `Fn::And` and `Fn::Or` take at most.
const MOST_FORMULAS: usize = 10;

impl Formula {
    /// Holds where both do.
    pub fn and(self, other: Self) -> Self {
        Self(template::Value::call_list(Function::And, [self.0, other.0]))
    }

    /// Holds where either does.
    pub fn or(self, other: Self) -> Self {
        Self(template::Value::call_list(Function::Or, [self.0, other.0]))
    }

    /// Holds where every one does; also where there is none.
    pub fn all(formulas: impl IntoIterator<Item = Self>) -> Self {
        Self::combined(Function::And, formulas.into_iter().collect(), true)
    }

    /// Holds where at least one does.
    pub fn any(formulas: impl IntoIterator<Item = Self>) -> Self {
        Self::combined(Function::Or, formulas.into_iter().collect(), false)
    }

    /// CloudFormation takes 2 to 10 formulas at a time.
    fn combined(function: Function, mut formulas: Vec<Self>, of_none: bool) -> Self {
        while formulas.len() > 1 {
            let mut groups = Vec::new();
            for group in formulas.chunks(MOST_FORMULAS) {
                groups.push(match group {
                    [only] => only.clone(),
                    several => Self(Term::call_list(function, several.iter().map(|formula| formula.0.clone()))),
                });
            }
            formulas = groups;
        }
        formulas.pop().unwrap_or_else(|| constant(of_none))
    }
}

/// A formula that always holds, or never.
fn constant(holds: bool) -> Formula {
    Formula(Term::call_list(Function::Equals, [Term::from("true"), Term::from(if holds { "true" } else { "false" })]))
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

    /// The formula that holds where this text is one of `choices`.
    pub fn in_list<P: PlainText>(&self, choices: impl IntoIterator<Item = P>) -> Formula {
        Formula::any(choices.into_iter().map(|choice| self.equals(choice)))
    }
}

impl Value<bool> {
    /// The formula that holds where this is true.
    ///
    /// ```
    /// # use formwork::prelude::*;
    /// # let mut stack = Stack::new("Demo", &Environment::new("prod", "111122223333", Region::EuWest1));
    /// let audited = stack.parameter("Audited", Parameter::flag().default(true));
    /// let audited = stack.condition("IsAudited", audited.holds());
    /// stack.add("Audit", LogGroup::new(365).when(&audited));
    /// ```
    pub fn holds(&self) -> Formula {
        let value = match self {
            Self::Literal(value) => Term::from(value.to_string()),
            computed => computed.clone().into_term_or_no_value(),
        };
        Formula(Term::call_list(Function::Equals, [value, Term::from("true")]))
    }
}

impl Value<i64> {
    /// The formula that holds where this number equals `other`.
    pub fn equals(&self, other: impl IntoValue<i64>) -> Formula {
        let text = |value: Self| match value {
            Self::Literal(number) => Term::from(number.to_string()),
            computed => computed.into_term_or_no_value(),
        };
        Formula(Term::call_list(Function::Equals, [text(self.clone()), text(other.into_value())]))
    }
}
