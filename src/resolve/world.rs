//! Worlds, found and told.

use std::fmt::Write;

use super::Resolved;
use super::diagram::{Formula, Variable};
use super::logic::Known;

/// One world, as far as a formula needs it: a witness.
#[derive(Clone, Debug)]
pub struct World {
    path: Vec<(Variable, bool)>,
    known: Vec<(String, Known)>,
}

impl World {
    /// The value of a parameter or pseudo parameter in it, if it needs one.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.known.iter().find_map(|(known, value)| match value {
            Known::Is(value) if known == name => Some(value.as_str()),
            _ => None,
        })
    }

    /// The parameters, pseudo parameters and functions of them that have a certain value in it.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.known.iter().filter_map(|(name, value)| match value {
            Known::Is(value) => Some((name.as_str(), value.as_str())),
            Known::IsNot(_) => None,
        })
    }
}

/// How many conditions are named where a world is told.
const MOST_TOLD: usize = 4;

/// These are the questions to ask of formulas. None of them is answered wrongly: where something is not known,
/// `is_possible` is true, and `is_certainly_possible`, `always` and `implies` are false.
impl<'a> Resolved<'a> {
    /// Where both hold.
    pub fn and(&self, one: Formula, other: Formula) -> Formula {
        self.logic.borrow_mut().diagram.and(one, other)
    }

    /// Where either holds.
    pub fn or(&self, one: Formula, other: Formula) -> Formula {
        self.logic.borrow_mut().diagram.or(one, other)
    }

    /// Where it does not hold.
    pub fn not(&self, formula: Formula) -> Formula {
        self.logic.borrow_mut().diagram.not(formula)
    }

    /// Whether some world may have it. False is certain: no deployment has it.
    pub fn is_possible(&self, formula: Formula) -> bool {
        formula != Formula::FALSE && self.logic.borrow_mut().possible(formula) != Formula::FALSE
    }

    /// Whether some world has it, whatever the answers to the open questions are. True is certain: what warns rests on
    /// this.
    pub fn is_certainly_possible(&self, formula: Formula) -> bool {
        let certain = self.logic.borrow_mut().certain(formula);
        !matches!(certain, Formula::FALSE | Formula::UNKNOWN)
    }

    /// Whether it holds in every world. True is certain.
    pub fn always(&self, formula: Formula) -> bool {
        !self.is_possible(self.not(formula))
    }

    /// Whether one holds in every world in which the other does. True is certain.
    pub fn implies(&self, one: Formula, other: Formula) -> bool {
        !self.is_possible(self.and(one, self.not(other)))
    }

    /// A world that has it, one that certainly can be if there is such a one; none if no world has it or if it is
    /// unknown.
    pub fn witness(&self, formula: Formula) -> Option<World> {
        let mut logic = self.logic.borrow_mut();
        let certain = logic.certain(formula);
        let path = match logic.diagram.path(certain) {
            Some(path) => path,
            None => {
                let possible = logic.possible(formula);
                logic.diagram.path(possible)?
            }
        };
        let known = logic.knowledge(&path);
        Some(World { path, known })
    }

    /// Whether a condition holds in a world; none if the world does not decide it.
    pub fn given(&self, world: &World, condition: &str) -> Option<bool> {
        let formula = self.condition(condition);
        let value = |variable| world.path.iter().find(|(known, _)| *known == variable).map(|(_, value)| *value);
        match self.logic.borrow_mut().diagram.given(formula, &value) {
            Formula::TRUE => Some(true),
            Formula::FALSE => Some(false),
            _ => None,
        }
    }

    /// How many decisions all formulas together have so far.
    pub fn decisions(&self) -> usize {
        self.logic.borrow().diagram.size()
    }

    /// Where a formula holds, to be put behind a sentence: `` where `IsProd` is true and `Stage` is `prod` ``; empty if
    /// it always holds.
    ///
    /// The conditions that are told are those that hold or fail wherever the formula holds, the telling ones first; the
    /// parameters are an example.
    pub fn place_where(&self, formula: Formula) -> String {
        if self.always(formula) {
            return String::new();
        }
        self.told_where(formula, formula, &[])
    }

    /// As [`Self::place_where`], but by the smallest deviation from what is usual: of the parameters of `usual`, each with
    /// the worlds in which it has its usual value, only those are told that cannot have it where the formula holds.
    pub fn deviation_where(&self, formula: Formula, usual: &[(&str, Formula)]) -> String {
        let (mut nearest, mut unchanged) = (formula, Vec::new());
        for (name, as_usual) in usual {
            let near = self.and(nearest, *as_usual);
            if self.is_certainly_possible(near) {
                nearest = near;
                unchanged.push(*name);
            }
        }
        let told = if self.always(formula) { String::new() } else { self.told_where(formula, nearest, &unchanged) };
        // Where everything is as usual, the formula itself tells what of it counts.
        if told.is_empty() { self.place_where(formula) } else { told }
    }

    fn told_where(&self, formula: Formula, example: Formula, but: &[&str]) -> String {
        let told = self.telling_conditions(formula);
        let mut facts: Vec<String> = told.iter().map(|(name, holds)| format!("`{name}` is {holds}")).collect();
        let world = self.witness(example);
        // What the rules of the template ask for besides is so everywhere, and decides nothing here.
        let asked = self.logic.borrow().asked(formula);
        let telling = |name: &String| !but.contains(&name.as_str()) && asked.contains(name);
        let known = world.iter().flat_map(|world| &world.known).filter(|(name, _)| telling(name));
        for (name, known) in known {
            facts.push(match known {
                Known::Is(value) => format!("`{name}` is `{value}`"),
                Known::IsNot(values) => format!("`{name}` is not `{}`", values.join("` or `")),
            });
        }
        let mut text = String::new();
        for (index, fact) in facts.iter().enumerate() {
            // Writing to a text does not fail.
            _ = write!(text, "{}{fact}", if index == 0 { " where " } else { " and " });
        }
        text
    }

    /// Conditions that the formula decides, until they say as much as it does.
    fn telling_conditions(&self, formula: Formula) -> Vec<(&'a str, bool)> {
        let mut decided = Vec::new();
        for name in self.template.conditions.keys() {
            let condition = self.condition(name);
            let opposite = self.not(condition);
            for (holds, side) in [(true, condition), (false, opposite)] {
                if side != Formula::UNKNOWN && !self.always(side) && self.implies(formula, side) {
                    decided.push((name.as_str(), holds, side));
                }
            }
        }
        if let Some((name, holds, _)) = decided.iter().find(|(.., side)| self.implies(*side, formula)) {
            return vec![(name, *holds)];
        }
        let (mut said, mut told) = (Formula::TRUE, Vec::new());
        for (name, holds, side) in decided {
            let more = self.and(said, side);
            if more != said && told.len() < MOST_TOLD && !self.implies(said, formula) {
                told.push((name, holds));
                said = more;
            }
        }
        told
    }

    /// The values that conditions can have together where `under` holds, at most `most` of them; none if there are more.
    pub fn assignments(&self, conditions: &[&str], under: Formula, most: usize) -> Option<Vec<Vec<bool>>> {
        let mut all: Vec<(Formula, Vec<bool>)> = vec![(under, Vec::new())];
        for condition in conditions {
            let holds = self.condition(condition);
            let mut next = Vec::new();
            for (formula, values) in all {
                let opposite = self.not(holds);
                for (value, side) in [(true, holds), (false, opposite)] {
                    let both = self.and(formula, side);
                    if self.is_possible(both) {
                        next.push((both, values.iter().copied().chain([value]).collect()));
                    }
                }
            }
            if next.len() > most {
                return None;
            }
            all = next;
        }
        Some(all.into_iter().map(|(_, values)| values).collect())
    }

    /// Values of conditions such that each of them is seen true and seen false, wherever that can be, and as the others
    /// can be with it.
    pub fn coverage(&self, conditions: &[&str], under: Formula) -> Vec<Vec<bool>> {
        let formulas: Vec<Formula> = conditions.iter().map(|condition| self.condition(condition)).collect();
        let mut found: Vec<Vec<bool>> = Vec::new();
        for (index, holds) in formulas.iter().enumerate() {
            let opposite = self.not(*holds);
            for (value, side) in [(true, *holds), (false, opposite)] {
                let seen = found.iter().any(|values| values[index] == value);
                let mut world = self.and(under, side);
                if seen || !self.is_possible(world) {
                    continue;
                }
                let mut values = Vec::with_capacity(formulas.len());
                for formula in &formulas {
                    let both = self.and(world, *formula);
                    let value = self.is_possible(both);
                    world = if value { both } else { world };
                    values.push(value);
                }
                found.push(values);
            }
        }
        found
    }
}
