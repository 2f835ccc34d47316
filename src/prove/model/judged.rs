//! How far something is known to hold, in which worlds.

use crate::resolve::{Formula, Resolved};

/// The worlds in which something holds, by how well that is known. Each set holds those before it.
///
/// Rules of groups only add, so that what may be there can make a path, and what may be missing can break it: evaluating
/// both ends at once gives the worst and the best case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Where it holds by what the template says.
    pub fact: Formula,
    /// Where it holds by that and by what AWS does unless somebody changed it.
    pub benign: Formula,
    /// Where it may hold, by something that is not modelled here.
    pub foreign: Formula,
    /// Where it may hold at all.
    pub open: Formula,
}

impl Judged {
    /// Nowhere.
    pub const NEVER: Self =
        Self { fact: Formula::FALSE, benign: Formula::FALSE, foreign: Formula::FALSE, open: Formula::FALSE };
    /// Everywhere.
    pub const ALWAYS: Self =
        Self { fact: Formula::TRUE, benign: Formula::TRUE, foreign: Formula::TRUE, open: Formula::TRUE };

    /// Where `when` holds, for sure.
    pub fn fact(when: Formula) -> Self {
        Self { fact: when, benign: when, foreign: when, open: when }
    }

    /// Where `when` holds, unless somebody changed what AWS does.
    pub fn benign(when: Formula) -> Self {
        Self { fact: Formula::FALSE, benign: when, foreign: when, open: when }
    }

    /// Perhaps where `when` holds: something that is not modelled decides.
    pub fn foreign(when: Formula) -> Self {
        Self { fact: Formula::FALSE, benign: Formula::FALSE, foreign: when, open: when }
    }

    /// Perhaps where `when` holds.
    pub fn open(when: Formula) -> Self {
        Self { fact: Formula::FALSE, benign: Formula::FALSE, foreign: Formula::FALSE, open: when }
    }

    /// Certain where the first holds, possible where the second does.
    pub fn between(sure: Formula, maybe: Formula) -> Self {
        Self { fact: sure, benign: sure, foreign: sure, open: maybe }
    }

    /// Where both hold.
    pub fn and(self, other: Self, resolved: &Resolved<'_>) -> Self {
        self.with(other, |one, other| resolved.and(one, other))
    }

    /// Where either holds.
    pub fn or(self, other: Self, resolved: &Resolved<'_>) -> Self {
        self.with(other, |one, other| resolved.or(one, other))
    }

    /// The same, in some worlds only.
    pub fn within(self, when: Formula, resolved: &Resolved<'_>) -> Self {
        self.and(Self::fact(when), resolved)
    }

    fn with(self, other: Self, combine: impl Fn(Formula, Formula) -> Formula) -> Self {
        if self == other {
            return self;
        }
        Self {
            fact: combine(self.fact, other.fact),
            benign: combine(self.benign, other.benign),
            foreign: combine(self.foreign, other.foreign),
            open: combine(self.open, other.open),
        }
    }
}
