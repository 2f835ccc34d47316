//! Conditions: operators over the keys of a request's context.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use super::context::{Context, Presence};
use super::operand;
use super::pattern::Pattern;
use crate::iam::glob::{Compiled, Reading};
use crate::iam::{Certainty, Text, Tree};

/// A condition of a statement.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The operator, as it was written.
    pub operator: String,
    /// The key, as it was written.
    pub key: String,
    /// The values, as they were written.
    pub values: Vec<Text>,
    test: Test,
    quantifier: Quantifier,
    if_exists: bool,
    patterns: Vec<Pattern>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quantifier {
    One,
    All,
    Any,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    /// Whether one of the values matches, or none of them does.
    Of(Comparison, bool),
    Null,
    /// An operator that does not exist, or a value that is not known.
    Open,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Text,
    Folded,
    Like,
    Bool,
    Binary,
    Arn,
    Address,
    Number(Order),
    Moment(Order),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn holds(self, one: f64, other: f64) -> bool {
        match self {
            Self::Equal => one == other,
            Self::Less => one < other,
            Self::LessOrEqual => one <= other,
            Self::Greater => one > other,
            Self::GreaterOrEqual => one >= other,
        }
    }
}

/// What an operator asks, without its `ForAllValues:`, `ForAnyValue:` and `IfExists`; whether it exists in any case.
fn test(name: &str) -> Option<Test> {
    use Comparison::{Address, Arn, Binary, Bool, Folded, Like, Moment, Number, Text};
    use Order::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    let known = |comparison, positive| Some(Test::Of(comparison, positive));
    match name.to_ascii_lowercase().as_str() {
        "stringequals" => known(Text, true),
        "stringnotequals" => known(Text, false),
        "stringequalsignorecase" => known(Folded, true),
        "stringnotequalsignorecase" => known(Folded, false),
        "stringlike" => known(Like, true),
        "stringnotlike" => known(Like, false),
        "numericequals" => known(Number(Equal), true),
        "numericnotequals" => known(Number(Equal), false),
        "numericlessthan" => known(Number(Less), true),
        "numericlessthanequals" => known(Number(LessOrEqual), true),
        "numericgreaterthan" => known(Number(Greater), true),
        "numericgreaterthanequals" => known(Number(GreaterOrEqual), true),
        "dateequals" => known(Moment(Equal), true),
        "datenotequals" => known(Moment(Equal), false),
        "datelessthan" => known(Moment(Less), true),
        "datelessthanequals" => known(Moment(LessOrEqual), true),
        "dategreaterthan" => known(Moment(Greater), true),
        "dategreaterthanequals" => known(Moment(GreaterOrEqual), true),
        "bool" => known(Bool, true),
        "binaryequals" => known(Binary, true),
        "ipaddress" => known(Address, true),
        "notipaddress" => known(Address, false),
        "arnequals" | "arnlike" => known(Arn, true),
        "arnnotequals" | "arnnotlike" => known(Arn, false),
        "null" => Some(Test::Null),
        _ => None,
    }
}

impl Condition {
    /// Reads what stands below an operator and a key.
    pub(super) fn read(operator: &str, key: &str, values: &Tree, has_variables: bool) -> Self {
        let (quantifier, rest) = match operator.split_once(':') {
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAllValues") => (Quantifier::All, rest),
            Some((set, rest)) if set.eq_ignore_ascii_case("ForAnyValue") => (Quantifier::Any, rest),
            _ => (Quantifier::One, operator),
        };
        let bare = rest.len().checked_sub("IfExists".len()).filter(|at| rest.is_char_boundary(*at));
        let bare = bare.map(|at| rest.split_at(at)).filter(|(_, end)| end.eq_ignore_ascii_case("IfExists"));
        let (name, if_exists) = bare.map_or((rest, false), |(name, _)| (name, true));
        let texts: Vec<Option<&Text>> = values.elements().iter().map(Tree::text).collect();
        let is_open = texts.iter().any(Option::is_none);
        let test = test(name).filter(|_| !is_open).unwrap_or(Test::Open);
        let reading = match test {
            Test::Of(Comparison::Like, _) => Reading::PATTERN,
            Test::Of(Comparison::Folded | Comparison::Bool, _) => Reading::FOLDED,
            _ => Reading::PLAIN,
        };
        let texts: Vec<Text> = texts.into_iter().flatten().cloned().collect();
        let patterns = texts.iter().map(|text| Pattern::new(text.clone(), reading, has_variables)).collect();
        Self {
            operator: operator.to_owned(),
            key: key.to_owned(),
            values: texts,
            test,
            quantifier,
            if_exists,
            patterns,
        }
    }

    /// Whether a request meets it.
    pub(super) fn holds(&self, context: &Context) -> Certainty {
        match (self.test, context.get(&self.key)) {
            // Nothing is known of the key, not even whether it is there.
            (Test::Open, _) | (_, Presence::Open) => Certainty::Unknown,
            (Test::Null, presence) => self.is_null(presence),
            (Test::Of(comparison, positive), presence) => self.compared(comparison, positive, presence, context),
        }
    }

    /// `Null` is met by `true` where the key is absent, or there without a value.
    fn is_null(&self, presence: &Presence) -> Certainty {
        let null = match presence {
            Presence::Absent => Certainty::Yes,
            Presence::Is(values) => values.is_empty().into(),
            Presence::Perhaps(_) | Presence::Open => Certainty::Unknown,
        };
        Certainty::any(self.values.iter().map(|value| match value.known() {
            Some(text) if text.eq_ignore_ascii_case("true") => null,
            Some(text) if text.eq_ignore_ascii_case("false") => null.not(),
            Some(_) => Certainty::No,
            None => Certainty::Unknown,
        }))
    }

    fn compared(&self, comparison: Comparison, positive: bool, presence: &Presence, context: &Context) -> Certainty {
        match presence {
            Presence::Absent => self.without_key(positive),
            Presence::Is(values) if values.is_empty() => self.without_key(positive),
            Presence::Is(values) => self.with_values(comparison, positive, values, context),
            Presence::Perhaps(values) => {
                let (with, without) =
                    (self.with_values(comparison, positive, values, context), self.without_key(positive));
                if with == without { with } else { Certainty::Unknown }
            }
            Presence::Open => Certainty::Unknown,
        }
    }

    fn without_key(&self, positive: bool) -> Certainty {
        match self.quantifier {
            Quantifier::All => Certainty::Yes,
            Quantifier::Any => self.if_exists.into(),
            Quantifier::One => (self.if_exists || !positive).into(),
        }
    }

    fn with_values(&self, comparison: Comparison, positive: bool, values: &[Text], context: &Context) -> Certainty {
        let mut each = values.iter().map(|value| {
            let found =
                Certainty::any(self.patterns.iter().map(|pattern| compare(comparison, pattern, value, context)));
            if positive { found } else { found.not() }
        });
        match self.quantifier {
            Quantifier::All => Certainty::all(each),
            Quantifier::Any => Certainty::any(each),
            Quantifier::One => match (each.next(), each.next()) {
                (Some(only), None) => only,
                // What AWS makes of several values without a set operator is not documented.
                _ => Certainty::Unknown,
            },
        }
    }
}

fn compare(comparison: Comparison, pattern: &Pattern, value: &Text, context: &Context) -> Certainty {
    match comparison {
        Comparison::Text | Comparison::Binary | Comparison::Like => {
            pattern.matches(&Compiled::new(value, Reading::PLAIN), context)
        }
        Comparison::Folded | Comparison::Bool => pattern.matches(&Compiled::new(value, Reading::FOLDED), context),
        Comparison::Arn => compare_arns(pattern, value, context),
        Comparison::Address => known(pattern, value, context, operand::lies_in),
        Comparison::Number(order) => known(pattern, value, context, |value, pattern| {
            Some(order.holds(operand::number(value)?, operand::number(pattern)?))
        }),
        Comparison::Moment(order) => known(pattern, value, context, |value, pattern| {
            Some(order.holds(operand::moment(value)?, operand::moment(pattern)?))
        }),
    }
}

/// A comparison of what must be known; what cannot be read matches nothing.
fn known(
    pattern: &Pattern,
    value: &Text,
    context: &Context,
    compare: impl Fn(&str, &str) -> Option<bool>,
) -> Certainty {
    match (pattern.filled(context), value.known()) {
        (Err(certainty), _) => certainty,
        (Ok(pattern), Some(value)) => {
            pattern.known().map_or(Certainty::Unknown, |pattern| compare(value, pattern).unwrap_or(false).into())
        }
        (Ok(_), None) => Certainty::Unknown,
    }
}

/// Each of the six segments of an ARN is matched by itself.
fn compare_arns(pattern: &Pattern, value: &Text, context: &Context) -> Certainty {
    if let Err(certainty) = pattern.filled(context) {
        return certainty;
    }
    let most = crate::iam::glob::SEGMENTS;
    match (pattern.segments(context), value.split(':', most)) {
        (Some(pattern), Some(value)) if pattern.len() == most && value.len() == most => {
            Certainty::all(pattern.iter().zip(&value).map(|(pattern, value)| {
                Compiled::new(pattern, Reading::PATTERN).matches(&Compiled::new(value, Reading::PLAIN))
            }))
        }
        // What is known as a whole and is no ARN matches nothing.
        (Some(pattern), Some(value)) if pattern.len() == most || value.len() == most => {
            let whole = |texts: &[Text]| texts.len() == most || texts.iter().all(|text| text.known().is_some());
            if whole(&pattern) && whole(&value) { Certainty::No } else { Certainty::Unknown }
        }
        (Some(_), Some(_)) => Certainty::No,
        // It is not known where the segments end: only what cannot match as a whole is certain, and what is equal.
        _ => match pattern.filled(context) {
            Ok(filled) if filled == *value => Certainty::Yes,
            Ok(filled) => {
                let found = Compiled::new(&filled, Reading::PATTERN).matches(&Compiled::new(value, Reading::PLAIN));
                if found == Certainty::No { found } else { Certainty::Unknown }
            }
            Err(certainty) => certainty,
        },
    }
}
