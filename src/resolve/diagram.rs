//! Formulas as reduced, ordered binary decision diagrams: equal meaning is the same handle.
//!
//! After Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", IEEE Transactions on Computers, 1986.

use std::collections::HashMap;

/// A formula over the unknowns of a template, as cheap to copy as a number.
///
/// Two handles of one diagram are equal if and only if the formulas hold in the same worlds. A handle is of use with the
/// conditions that made it only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Formula(u32);

impl Formula {
    /// Holds nowhere.
    pub const FALSE: Self = Self(0);
    /// Holds everywhere.
    pub const TRUE: Self = Self(1);
    /// Would have become too large. It may hold anywhere or nowhere, and so may whatever is made of it.
    pub const UNKNOWN: Self = Self(2);
}

/// One unknown that is true or false. Diagrams ask for the lower ones first.
pub(super) type Variable = u32;

/// "If `variable` then `high` else `low`."
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Decision {
    variable: Variable,
    high: Formula,
    low: Formula,
}

/// More decisions than this are not made. A hundred unrelated conditions need some hundreds.
const MOST_DECISIONS: usize = 1 << 17;

/// All formulas, each decision once.
#[derive(Debug)]
pub(super) struct Diagram {
    decisions: Vec<Decision>,
    known: HashMap<Decision, Formula>,
    /// What `choose` has answered.
    chosen: HashMap<[Formula; 3], Formula>,
    most: usize,
}

impl Default for Diagram {
    fn default() -> Self {
        Self::bounded(MOST_DECISIONS)
    }
}

impl Diagram {
    pub(super) fn bounded(most: usize) -> Self {
        Self { decisions: Vec::new(), known: HashMap::new(), chosen: HashMap::new(), most }
    }

    /// How many decisions there are.
    pub(super) fn size(&self) -> usize {
        self.decisions.len()
    }

    pub(super) fn variable(&mut self, variable: Variable) -> Formula {
        self.decide(variable, Formula::TRUE, Formula::FALSE)
    }

    pub(super) fn not(&mut self, formula: Formula) -> Formula {
        self.choose(formula, Formula::FALSE, Formula::TRUE)
    }

    pub(super) fn and(&mut self, left: Formula, right: Formula) -> Formula {
        // One order of the operands, so that both are remembered as one.
        let (left, right) = (left.min(right), left.max(right));
        self.choose(left, right, Formula::FALSE)
    }

    pub(super) fn or(&mut self, left: Formula, right: Formula) -> Formula {
        let (left, right) = (left.min(right), left.max(right));
        self.choose(left, Formula::TRUE, right)
    }

    /// `then` where `test` holds, `otherwise` elsewhere.
    pub(super) fn choose(&mut self, test: Formula, then: Formula, otherwise: Formula) -> Formula {
        match (test, then, otherwise) {
            (_, then, otherwise) if then == otherwise => return then,
            (Formula::TRUE, then, _) => return then,
            (Formula::FALSE, _, otherwise) => return otherwise,
            (test, Formula::TRUE, Formula::FALSE) => return test,
            // Either way may be the one that is taken, and they differ.
            (Formula::UNKNOWN, ..) | (_, Formula::UNKNOWN, _) | (.., Formula::UNKNOWN) => return Formula::UNKNOWN,
            _ => {}
        }
        if let Some(known) = self.chosen.get(&[test, then, otherwise]) {
            return *known;
        }
        let Some(variable) = [test, then, otherwise].iter().filter_map(|formula| self.top(*formula)).min() else {
            unreachable!("what is no constant asks for a variable")
        };
        let [tests, thens, others] = [test, then, otherwise].map(|formula| self.branches(formula, variable));
        let high = self.choose(tests.0, thens.0, others.0);
        let low = self.choose(tests.1, thens.1, others.1);
        let answer = self.decide(variable, high, low);
        self.chosen.insert([test, then, otherwise], answer);
        answer
    }

    /// The decision, made once, and none where both ways are the same.
    pub(super) fn decide(&mut self, variable: Variable, high: Formula, low: Formula) -> Formula {
        if high == low {
            return high;
        }
        if high == Formula::UNKNOWN || low == Formula::UNKNOWN {
            return Formula::UNKNOWN;
        }
        let decision = Decision { variable, high, low };
        if let Some(known) = self.known.get(&decision) {
            return *known;
        }
        if self.decisions.len() >= self.most {
            return Formula::UNKNOWN;
        }
        self.decisions.push(decision);
        // INVARIANT (handles fit): `most` is far below what a handle can number.
        let made = Formula(self.decisions.len() as u32 + Formula::UNKNOWN.0);
        self.known.insert(decision, made);
        made
    }

    fn decision(&self, formula: Formula) -> Option<&Decision> {
        formula.0.checked_sub(Formula::UNKNOWN.0 + 1).and_then(|index| self.decisions.get(index as usize))
    }

    fn top(&self, formula: Formula) -> Option<Variable> {
        self.decision(formula).map(|decision| decision.variable)
    }

    /// What a formula becomes where `variable`, which is not below its own first one, is true and false.
    fn branches(&self, formula: Formula, variable: Variable) -> (Formula, Formula) {
        match self.decision(formula) {
            Some(decision) if decision.variable == variable => (decision.high, decision.low),
            _ => (formula, formula),
        }
    }

    /// Where the formula holds whatever the variables are that `is_open` names.
    pub(super) fn for_all(&mut self, formula: Formula, is_open: &dyn Fn(Variable) -> bool) -> Formula {
        self.quantify(formula, is_open, &mut HashMap::new())
    }

    fn quantify(
        &mut self,
        formula: Formula,
        is_open: &dyn Fn(Variable) -> bool,
        known: &mut HashMap<Formula, Formula>,
    ) -> Formula {
        let Some(Decision { variable, high, low }) = self.decision(formula).copied() else { return formula };
        if let Some(known) = known.get(&formula) {
            return *known;
        }
        let (high, low) = (self.quantify(high, is_open, known), self.quantify(low, is_open, known));
        let answer = if is_open(variable) { self.and(high, low) } else { self.decide(variable, high, low) };
        known.insert(formula, answer);
        answer
    }

    /// A way to where the formula holds: values of the variables that it asks for. None if it holds nowhere or is
    /// unknown.
    pub(super) fn path(&self, formula: Formula) -> Option<Vec<(Variable, bool)>> {
        let (mut path, mut at) = (Vec::new(), formula);
        while let Some(decision) = self.decision(at) {
            // INVARIANT (no dead ends): a decision whose ways were both false would not have been made.
            let value = decision.high != Formula::FALSE;
            path.push((decision.variable, value));
            at = if value { decision.high } else { decision.low };
        }
        (at == Formula::TRUE).then_some(path)
    }

    /// What is left of a formula once some variables have values.
    pub(super) fn given(&mut self, formula: Formula, value: &dyn Fn(Variable) -> Option<bool>) -> Formula {
        self.restrict(formula, value, &mut HashMap::new())
    }

    fn restrict(
        &mut self,
        formula: Formula,
        value: &dyn Fn(Variable) -> Option<bool>,
        known: &mut HashMap<Formula, Formula>,
    ) -> Formula {
        let Some(Decision { variable, high, low }) = self.decision(formula).copied() else { return formula };
        if let Some(known) = known.get(&formula) {
            return *known;
        }
        let answer = match value(variable) {
            Some(true) => self.restrict(high, value, known),
            Some(false) => self.restrict(low, value, known),
            None => {
                let (high, low) = (self.restrict(high, value, known), self.restrict(low, value, known));
                self.decide(variable, high, low)
            }
        };
        known.insert(formula, answer);
        answer
    }

    /// The variables that a formula asks for, in order.
    pub(super) fn support(&self, formula: Formula) -> Vec<Variable> {
        let (mut open, mut seen, mut found) = (vec![formula], std::collections::HashSet::new(), Vec::new());
        while let Some(formula) = open.pop() {
            if let Some(decision) = self.decision(formula).filter(|_| seen.insert(formula)) {
                found.push(decision.variable);
                open.extend([decision.high, decision.low]);
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VARIABLES: u32 = 6;

    #[derive(Clone, Debug)]
    enum Tree {
        Variable(u32),
        Not(Box<Tree>),
        And(Box<Tree>, Box<Tree>),
        Or(Box<Tree>, Box<Tree>),
        Choose(Box<Tree>, Box<Tree>, Box<Tree>),
    }

    fn trees() -> impl Strategy<Value = Tree> {
        let leaf = (0..VARIABLES).prop_map(Tree::Variable);
        leaf.prop_recursive(5, 40, 3, |inner| {
            let boxed = || inner.clone().prop_map(Box::new);
            prop_oneof![
                boxed().prop_map(Tree::Not),
                (boxed(), boxed()).prop_map(|(a, b)| Tree::And(a, b)),
                (boxed(), boxed()).prop_map(|(a, b)| Tree::Or(a, b)),
                (boxed(), boxed(), boxed()).prop_map(|(a, b, c)| Tree::Choose(a, b, c)),
            ]
        })
    }

    impl Tree {
        fn holds(&self, world: u32) -> bool {
            match self {
                Self::Variable(variable) => world >> variable & 1 == 1,
                Self::Not(a) => !a.holds(world),
                Self::And(a, b) => a.holds(world) && b.holds(world),
                Self::Or(a, b) => a.holds(world) || b.holds(world),
                Self::Choose(a, b, c) => {
                    if a.holds(world) {
                        b.holds(world)
                    } else {
                        c.holds(world)
                    }
                }
            }
        }

        fn table(&self) -> u64 {
            (0..1 << VARIABLES).fold(0, |table, world| table | u64::from(self.holds(world)) << world)
        }

        fn build(&self, diagram: &mut Diagram) -> Formula {
            match self {
                Self::Variable(variable) => diagram.variable(*variable),
                Self::Not(a) => {
                    let a = a.build(diagram);
                    diagram.not(a)
                }
                Self::And(a, b) => {
                    let (a, b) = (a.build(diagram), b.build(diagram));
                    diagram.and(a, b)
                }
                Self::Or(a, b) => {
                    let (a, b) = (a.build(diagram), b.build(diagram));
                    diagram.or(a, b)
                }
                Self::Choose(a, b, c) => {
                    let (a, b, c) = (a.build(diagram), b.build(diagram), c.build(diagram));
                    diagram.choose(a, b, c)
                }
            }
        }
    }

    fn holds(diagram: &mut Diagram, formula: Formula, world: u32) -> Formula {
        diagram.given(formula, &|variable| Some(world >> variable & 1 == 1))
    }

    proptest! {
        #[test]
        fn a_formula_holds_where_its_truth_table_says(tree in trees()) {
            let mut diagram = Diagram::default();
            let formula = tree.build(&mut diagram);
            for world in 0..1 << VARIABLES {
                let expect = if tree.holds(world) { Formula::TRUE } else { Formula::FALSE };
                prop_assert_eq!(holds(&mut diagram, formula, world), expect);
            }
        }

        #[test]
        fn equal_meaning_is_the_same_handle(one in trees(), other in trees()) {
            let mut diagram = Diagram::default();
            let (a, b) = (one.build(&mut diagram), other.build(&mut diagram));
            prop_assert_eq!(a == b, one.table() == other.table());
        }

        #[test]
        fn a_path_leads_to_where_it_holds(tree in trees()) {
            let mut diagram = Diagram::default();
            let formula = tree.build(&mut diagram);
            match diagram.path(formula) {
                None => prop_assert_eq!(tree.table(), 0),
                Some(path) => {
                    let world = path.iter().fold(0, |world, (variable, value)| world | u32::from(*value) << variable);
                    prop_assert!(tree.holds(world));
                }
            }
        }

        #[test]
        fn for_all_holds_where_it_holds_either_way(tree in trees(), open in 0..VARIABLES) {
            let mut diagram = Diagram::default();
            let formula = tree.build(&mut diagram);
            let all = diagram.for_all(formula, &|variable| variable == open);
            for world in 0..1 << VARIABLES {
                let either = tree.holds(world | 1 << open) && tree.holds(world & !(1 << open));
                prop_assert_eq!(holds(&mut diagram, all, world) == Formula::TRUE, either);
            }
        }

        #[test]
        fn too_many_decisions_are_never_a_wrong_answer(tree in trees(), most in 0..12_usize) {
            let mut diagram = Diagram::bounded(most);
            let formula = tree.build(&mut diagram);
            prop_assert!(diagram.size() <= most);
            prop_assert!(formula != Formula::TRUE || tree.table() == u64::MAX);
            prop_assert!(formula != Formula::FALSE || tree.table() == 0);
        }

        #[test]
        fn the_support_is_what_the_truth_table_depends_on(tree in trees()) {
            let mut diagram = Diagram::default();
            let formula = tree.build(&mut diagram);
            let depends = |variable: &u32| (0..1 << VARIABLES).any(|world| tree.holds(world) != tree.holds(world ^ 1 << variable));
            prop_assert_eq!(diagram.support(formula), (0..VARIABLES).filter(depends).collect::<Vec<_>>());
        }
    }
}
