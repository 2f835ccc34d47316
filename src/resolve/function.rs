//! Functions of lists.

use std::borrow::Cow;
use std::net::IpAddr;

use super::Resolved;
use super::diagram::Formula;
use super::evaluate::{MOST_CASES, symbol, unknown};
use super::resolution::{Case, Element, Reason, Resolution, Symbol};
use super::text::{joined, known_parts, split};
use crate::network::Cidr;
use crate::template::{Function, Value};

/// What elements stand in a list, one behind the other, in some of the worlds.
type Arrangement<'e, 'a> = (Formula, Vec<&'e Element<'a>>);

impl<'a> Resolved<'a> {
    /// `Fn::Join`, `Fn::Split`, `Fn::Select`, `Fn::Cidr`: what they make of their arguments.
    pub(super) fn of_list(
        &self,
        function: Function,
        parts: &[Vec<Case<'a>>],
        source: &'a Value,
        under: Formula,
        cases: &mut Vec<Case<'a>>,
    ) {
        let Some(ways) = self.combined(parts, under) else {
            return cases.push(unknown(Reason::TooManyCases, source, under));
        };
        for (when, values) in ways {
            match (function, values.as_slice()) {
                (Function::Join, [separator, list]) => self.join(separator, list, source, when, cases),
                (Function::Select, [index, list]) => self.select(index, list, source, when, cases),
                (Function::Split, [separator, text]) => {
                    cases.push(Case { when, value: split_text(separator, text, source, when), source });
                }
                (Function::Cidr, [block, count, ..]) => {
                    let value = cidr(block, count, values.get(2), source, when);
                    cases.push(Case { when, value: value.unwrap_or_else(|| symbol(function, values)), source });
                }
                _ => cases.push(unknown(Reason::IllFormed, source, when)),
            }
        }
    }

    fn join(
        &self,
        separator: &Resolution<'a>,
        list: &Resolution<'a>,
        source: &'a Value,
        when: Formula,
        cases: &mut Vec<Case<'a>>,
    ) {
        let value = match list {
            Resolution::List(elements) => {
                let Some(ways) = self.arrangements(elements, when, usize::MAX) else {
                    return cases.push(unknown(Reason::TooManyCases, source, when));
                };
                return cases.extend(ways.into_iter().map(|(when, elements)| {
                    let values: Vec<_> = elements.into_iter().map(|element| element.value.clone()).collect();
                    let is_text = values.iter().all(|value| !is_list(value));
                    let value = match is_text {
                        true => joined(&values, separator, source),
                        false => symbol(Function::Join, vec![separator.clone(), list.clone()]),
                    };
                    Case { when, value, source }
                }));
            }
            Resolution::Symbol(_) => symbol(Function::Join, vec![separator.clone(), list.clone()]),
            _ => Resolution::Symbol(Symbol::unknown(Reason::IllFormed, source)),
        };
        cases.push(Case { when, value, source });
    }

    fn select(
        &self,
        index: &Resolution<'a>,
        list: &Resolution<'a>,
        source: &'a Value,
        when: Formula,
        cases: &mut Vec<Case<'a>>,
    ) {
        let at = index.integer().and_then(|index| usize::try_from(index).ok());
        let value = match (list, at) {
            (Resolution::List(elements), Some(at)) => {
                let Some(ways) = self.arrangements(elements, when, at.saturating_add(1)) else {
                    return cases.push(unknown(Reason::TooManyCases, source, when));
                };
                return cases.extend(ways.into_iter().map(|(when, elements)| match elements.get(at) {
                    Some(element) => {
                        Case { when, value: element.value.clone(), source: element_source(element, source) }
                    }
                    None => unknown(Reason::NoSuchElement, source, when),
                }));
            }
            (Resolution::Symbol(_), Some(at)) => known_part(list, at).unwrap_or_else(|| {
                // However the index was written, it is one.
                let index = Resolution::Number((at as u64).into());
                symbol(Function::Select, vec![index, list.clone()])
            }),
            (Resolution::Symbol(_) | Resolution::List(_), None)
                if index.pieces().is_some() && index.text().is_none() =>
            {
                symbol(Function::Select, vec![index.clone(), list.clone()])
            }
            _ => Resolution::Symbol(Symbol::unknown(Reason::IllFormed, source)),
        };
        cases.push(Case { when, value, source });
    }

    /// Every way in which the elements of a list can stand behind each other, of the first `most` of them; none if those
    /// ways are too many.
    pub(super) fn arrangements<'e>(
        &self,
        elements: &'e [Element<'a>],
        under: Formula,
        most: usize,
    ) -> Option<Vec<Arrangement<'e, 'a>>> {
        let mut ways: Vec<Arrangement<'e, 'a>> = vec![(under, Vec::new())];
        for alternatives in elements.chunk_by(|one, other| one.index == other.index) {
            let mut next = Vec::with_capacity(ways.len());
            for (when, arrangement) in ways {
                if arrangement.len() >= most {
                    next.push((when, arrangement));
                    continue;
                }
                let mut rest = when;
                for element in alternatives {
                    let there = self.and(when, element.when);
                    if self.is_possible(there) {
                        rest = self.and(rest, self.not(element.when));
                        let mut longer = arrangement.clone();
                        longer.push(element);
                        next.push((there, longer));
                    }
                }
                if self.is_possible(rest) {
                    next.push((rest, arrangement));
                }
            }
            if next.len() > MOST_CASES {
                return None;
            }
            ways = next;
        }
        Some(ways)
    }

    /// `Fn::Length`.
    pub(super) fn length(&self, of: &[Case<'a>], source: &'a Value, cases: &mut Vec<Case<'a>>) {
        for case in of {
            match &case.value {
                Resolution::List(elements) => match self.arrangements(elements, case.when, usize::MAX) {
                    Some(ways) => cases.extend(ways.into_iter().map(|(when, elements)| Case {
                        when,
                        value: Resolution::Number((elements.len() as u64).into()),
                        source,
                    })),
                    None => cases.push(unknown(Reason::TooManyCases, source, case.when)),
                },
                Resolution::Symbol(_) => {
                    cases.push(Case {
                        when: case.when,
                        value: symbol(Function::Length, vec![case.value.clone()]),
                        source,
                    });
                }
                _ => cases.push(unknown(Reason::IllFormed, source, case.when)),
            }
        }
    }
}

/// A list that a function makes has no places of its own: its elements stand where the function does.
fn element_source<'a>(element: &Element<'a>, source: &'a Value) -> &'a Value {
    if std::ptr::eq(element.source, &raw const super::evaluate::NOTHING) { source } else { element.source }
}

fn is_list(value: &Resolution<'_>) -> bool {
    match value {
        Resolution::List(_) => true,
        Resolution::Symbol(Symbol::Parameter { parameter, .. }) => super::ParameterKind::of(parameter).is_list(),
        Resolution::Symbol(Symbol::Call(call)) => {
            matches!(call.function, Function::Split | Function::GetAzs | Function::Cidr)
        }
        _ => false,
    }
}

fn split_text<'a>(
    separator: &Resolution<'a>,
    text: &Resolution<'a>,
    source: &'a Value,
    when: Formula,
) -> Resolution<'a> {
    let (Some(between), Some(pieces)) = (separator.text(), text.pieces()) else {
        return Resolution::Symbol(Symbol::unknown(Reason::IllFormed, source));
    };
    match split(&pieces, between) {
        Some(parts) => Resolution::List(list(parts, source, when)),
        None => symbol(Function::Split, vec![separator.clone(), text.clone()]),
    }
}

fn list<'a>(values: Vec<Resolution<'a>>, source: &'a Value, when: Formula) -> Vec<Element<'a>> {
    values.into_iter().enumerate().map(|(index, value)| Element { index, when, value, source }).collect()
}

/// The part of a text that is split, where that much of the text is known.
fn known_part<'a>(list: &Resolution<'a>, at: usize) -> Option<Resolution<'a>> {
    let Resolution::Symbol(Symbol::Call(call)) = list else { return None };
    match (call.function, call.arguments.as_slice()) {
        (Function::Split, [separator, text]) => known_parts(&text.pieces()?, separator.text()?).0.into_iter().nth(at),
        _ => None,
    }
}

/// The ranges that `Fn::Cidr` makes, where its arguments are known.
///
/// Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html>:
/// the third argument is the number of bits that are free in each range.
fn cidr<'a>(
    block: &Resolution<'a>,
    count: &Resolution<'a>,
    bits: Option<&Resolution<'a>>,
    source: &'a Value,
    when: Formula,
) -> Option<Resolution<'a>> {
    let (block, count, bits) = (block.text()?, count.integer()?, bits?.integer()?);
    let wrong = || Some(Resolution::Symbol(Symbol::unknown(Reason::IllFormed, source)));
    let Ok(range) = block.parse::<Cidr>() else { return wrong() };
    let width: i64 = if range.is_v6() { 128 } else { 32 };
    let prefix = width - bits;
    if !(1..=256).contains(&count) || bits < 1 || prefix < i64::from(range.prefix()) {
        return wrong();
    }
    let fixed = prefix - i64::from(range.prefix());
    if fixed < 9 && count > 1 << fixed {
        return wrong();
    }
    let ranges = (0..count).map(|index| {
        let address = match range.address() {
            IpAddr::V4(first) => IpAddr::V4((first.to_bits() + ((index as u32) << bits)).into()),
            IpAddr::V6(first) => IpAddr::V6((first.to_bits() + ((index as u128) << bits)).into()),
        };
        Resolution::Text(Cow::Owned(format!("{address}/{prefix}")))
    });
    Some(Resolution::List(list(ranges.collect(), source, when)))
}
