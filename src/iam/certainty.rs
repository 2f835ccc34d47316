//! Three values.

/// Whether something is so, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// It is, whatever the unknowns stand for.
    Yes,
    /// It is not, whatever the unknowns stand for.
    No,
    /// That depends on what is not known.
    Unknown,
}

impl Certainty {
    /// Whether both are so.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Whether either is so.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    /// Whether it is not so.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "`and` and `or` stand beside it, and have no operator either")]
    pub fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether all are so.
    pub fn all(each: impl IntoIterator<Item = Self>) -> Self {
        each.into_iter().fold(Self::Yes, Self::and)
    }

    /// Whether any is so.
    pub fn any(each: impl IntoIterator<Item = Self>) -> Self {
        let mut found = Self::No;
        for one in each {
            found = found.or(one);
            if found == Self::Yes {
                break;
            }
        }
        found
    }
}

impl From<bool> for Certainty {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}
