//! `Fn::FindInMap`.

use std::borrow::Cow;

use super::Resolved;
use super::diagram::Formula;
use super::evaluate::{MOST_CASES, symbol, unknown};
use super::resolution::{Case, Reason, Resolution, Symbol};
use crate::template::{Function, Map, Value, is_macro};

impl<'a> Resolved<'a> {
    /// The entry of a mapping: a case for each key that an argument can be, and the default, or that there is none, where
    /// it is no key.
    pub(super) fn find_in_map(
        &self,
        argument: &'a Value,
        source: &'a Value,
        under: Formula,
        cases: &mut Vec<Case<'a>>,
    ) {
        let Some([name, first, second, options @ ..]) = argument.as_list() else {
            return cases.push(unknown(Reason::IllFormed, source, under));
        };
        let default = options.first().and_then(Value::as_map).and_then(|options| options.get("DefaultValue"));
        let parts: Vec<_> = [name, first, second].iter().map(|value| self.value(value, under)).collect();
        let Some(ways) = self.combined(&parts, under) else {
            return cases.push(unknown(Reason::TooManyCases, source, under));
        };
        for (when, values) in ways {
            let mapping = values[0].text().map(|name| self.template.mappings.get(name));
            match mapping {
                // Which mapping it is is not known, or a macro fills it.
                None => cases.push(Case { when, value: symbol(Function::FindInMap, values), source }),
                Some(Some(mapping)) if mapping.keys().any(|key| is_macro(key)) => {
                    cases.push(Case { when, value: symbol(Function::FindInMap, values), source });
                }
                Some(mapping) => {
                    let lookup = Lookup { mapping, keys: &values, default, source };
                    if !self.look_up(&lookup, when, cases) {
                        cases.push(Case { when, value: symbol(Function::FindInMap, values), source });
                    }
                }
            }
        }
    }

    /// False, and no case, if there would be too many.
    fn look_up(&self, lookup: &Lookup<'_, 'a>, under: Formula, cases: &mut Vec<Case<'a>>) -> bool {
        let (mut found, mut missing) = (Vec::new(), Formula::FALSE);
        let rows = lookup.mapping.into_iter().flat_map(|mapping| mapping.iter());
        let (rows, none) = self.by_key(&lookup.keys[1], rows, under);
        missing = self.or(missing, none);
        if rows.len() > MOST_CASES {
            return false;
        }
        for (when, row) in rows {
            let entries = row.as_map().into_iter().flat_map(|row| row.iter());
            let (entries, none) = self.by_key(&lookup.keys[2], entries, when);
            missing = self.or(missing, none);
            found.extend(entries);
            if found.len() > MOST_CASES {
                return false;
            }
        }
        for (when, entry) in found {
            cases.extend(self.value(entry, when));
        }
        if self.is_possible(missing) {
            match lookup.default {
                Some(default) => cases.extend(self.value(default, missing)),
                None => cases.push(unknown(Reason::NoSuchKey, lookup.source, missing)),
            }
        }
        true
    }

    /// The entries that a key can lead to, and where it leads to none.
    ///
    /// Those that come after too many are not looked at.
    fn by_key(
        &self,
        key: &Resolution<'a>,
        entries: impl Iterator<Item = (&'a String, &'a Value)>,
        under: Formula,
    ) -> (Vec<(Formula, &'a Value)>, Formula) {
        let (mut found, mut rest) = (Vec::new(), under);
        for (name, entry) in entries {
            let here = match key.spelled() {
                Some(key) if key == *name => Formula::TRUE,
                Some(_) => continue,
                None => self.equal(key, &Resolution::Text(Cow::Borrowed(name))),
            };
            let when = self.and(under, here);
            if self.is_possible(when) {
                rest = self.and(rest, self.not(here));
                found.push((when, entry));
                if found.len() > MOST_CASES {
                    break;
                }
            }
        }
        (found, rest)
    }
}

struct Lookup<'l, 'a> {
    mapping: Option<&'a Map>,
    keys: &'l [Resolution<'a>],
    default: Option<&'a Value>,
    source: &'a Value,
}

impl<'a> Resolved<'a> {
    /// The cases of a parameter by its allowed values, in the worlds of a case that is such a parameter; the case itself
    /// otherwise.
    pub fn spread(&self, case: Case<'a>) -> Vec<Case<'a>> {
        let Resolution::Symbol(Symbol::Parameter { parameter, .. }) = &case.value else { return vec![case] };
        let values = super::parameter::allowed(parameter).filter(|values| values.len() <= MOST_CASES);
        let Some(values) = values else { return vec![case] };
        let spread = values.into_iter().filter_map(|text| {
            let text = Resolution::Text(Cow::Owned(text));
            let when = self.and(case.when, self.equal(&case.value, &text));
            self.is_possible(when).then_some(Case { when, value: text, source: case.source })
        });
        spread.collect()
    }
}
