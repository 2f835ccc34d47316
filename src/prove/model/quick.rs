//! The question of many pairs at once: whether groups let traffic through, remembered for each group and far end.

use std::cell::RefCell;

use super::{Direction, HashMap, Judged, Model, Placed, Port, Side, Term};
use crate::resolve::Formula;

/// What was answered: of a group of the template, a direction, a port, and a group or a subnet at the far end.
pub(super) type Known<'a> = RefCell<HashMap<(&'a str, Direction, u16, &'a str), Judged>>;

impl<'a> Model<'a> {
    /// Whether some of the groups let traffic through to or from a far end in one of its subnets at least; reasons are not
    /// told.
    pub fn lets(
        &self,
        groups: &[Placed<'a>],
        direction: Direction,
        port: &Port<'a>,
        far_groups: &[Placed<'a>],
        far_subnets: &[Placed<'a>],
        given: bool,
    ) -> Judged {
        let mut all = Judged::NEVER;
        for group in groups {
            let judged = match (&group.term, port.number) {
                (Term::Own(id), Some(number)) if !given => {
                    self.own_lets(id, direction, port, number, far_groups, far_subnets)
                }
                _ => self.slowly(group, direction, port, far_groups, far_subnets, given),
            };
            all = all.or(judged.within(group.when, self.resolved), self.resolved);
            if all.fact == Formula::TRUE {
                break;
            }
        }
        all
    }

    fn own_lets(
        &self,
        id: &'a str,
        direction: Direction,
        port: &Port<'a>,
        number: u16,
        far_groups: &[Placed<'a>],
        far_subnets: &[Placed<'a>],
    ) -> Judged {
        let mut all = Judged::NEVER;
        for far in far_groups {
            let side = Side { groups: std::slice::from_ref(far), subnet: None, v6: false, given: false, beyond: &[] };
            all = all.or(self.remembered(id, direction, port, number, &far.term, far.when, &side), self.resolved);
        }
        for far in far_subnets {
            let side = Side { groups: &[], subnet: Some(far), v6: false, given: false, beyond: &[] };
            all = all.or(self.remembered(id, direction, port, number, &far.term, far.when, &side), self.resolved);
        }
        if far_subnets.is_empty() {
            let side = Side { groups: &[], subnet: None, v6: false, given: false, beyond: &[] };
            all = all.or(self.judged(id, direction, port, &side), self.resolved);
        }
        all
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of a key")]
    fn remembered(
        &self,
        id: &'a str,
        direction: Direction,
        port: &Port<'a>,
        number: u16,
        far: &Term<'a>,
        when: Formula,
        side: &Side<'_, 'a>,
    ) -> Judged {
        let (Term::Own(far), Formula::TRUE) = (far, when) else { return self.judged(id, direction, port, side) };
        let key = (id, direction, number, *far);
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let judged = self.judged(id, direction, port, side);
        self.known.borrow_mut().insert(key, judged);
        judged
    }

    fn judged(&self, id: &'a str, direction: Direction, port: &Port<'a>, side: &Side<'_, 'a>) -> Judged {
        let group = Placed { when: Formula::TRUE, term: Term::Own(id), source: None };
        self.passes(&[group], direction, port, side, &mut Vec::new())
    }

    fn slowly(
        &self,
        group: &Placed<'a>,
        direction: Direction,
        port: &Port<'a>,
        far_groups: &[Placed<'a>],
        far_subnets: &[Placed<'a>],
        given: bool,
    ) -> Judged {
        let side = |subnet| Side { groups: far_groups, subnet, v6: false, given, beyond: &[] };
        let ask = |subnet| self.passes(std::slice::from_ref(group), direction, port, &side(subnet), &mut Vec::new());
        match far_subnets.is_empty() {
            true => ask(None),
            false => far_subnets.iter().fold(Judged::NEVER, |all, far| all.or(ask(Some(far)), self.resolved)),
        }
    }
}
