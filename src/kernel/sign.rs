//! Signs as sets: which of −, 0, + a real expression may take. Unknown is the full set and never proves anything.

/// The set of signs that an expression can have.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Sign(u8);

const NEG: u8 = 1;
const ZERO: u8 = 2;
const POS: u8 = 4;

impl Sign {
    /// Nothing known.
    pub const ANY: Self = Self(NEG | ZERO | POS);
    /// > 0
    pub const POSITIVE: Self = Self(POS);
    /// < 0
    pub const NEGATIVE: Self = Self(NEG);
    /// = 0
    pub const ZERO: Self = Self(ZERO);
    /// >= 0
    pub const NONNEGATIVE: Self = Self(ZERO | POS);
    /// <= 0
    pub const NONPOSITIVE: Self = Self(ZERO | NEG);
    /// != 0
    pub const NONZERO: Self = Self(NEG | POS);

    /// The signs in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every sign in this set is also in `other`.
    pub fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Known to be > 0.
    pub fn is_positive(self) -> bool {
        self == Self::POSITIVE
    }

    /// Known to be >= 0.
    pub fn is_nonnegative(self) -> bool {
        self.within(Self::NONNEGATIVE)
    }

    /// Known to be different from 0.
    pub fn is_nonzero(self) -> bool {
        self.within(Self::NONZERO)
    }

    /// The signs in both sets; `None` where there are none.
    pub(crate) fn meets(self, other: Self) -> Option<Self> {
        let both = Self(self.0 & other.0);
        (both.0 != 0).then_some(both)
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let both = Self(self.0 & other.0);
        // Contradictory assumptions must not prove anything further.
        if both.0 == 0 { self } else { both }
    }

    /// The sign of the opposite.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "a set of signs is no number")]
    pub fn neg(self) -> Self {
        Self((self.0 & ZERO) | ((self.0 & NEG) << 2) | ((self.0 & POS) >> 2))
    }

    /// The sign of a product.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        let mut out = 0;
        if (self.0 | other.0) & ZERO != 0 {
            out |= ZERO;
        }
        if (self.0 & POS != 0 && other.0 & POS != 0) || (self.0 & NEG != 0 && other.0 & NEG != 0) {
            out |= POS;
        }
        if (self.0 & POS != 0 && other.0 & NEG != 0) || (self.0 & NEG != 0 && other.0 & POS != 0) {
            out |= NEG;
        }
        Self(out)
    }

    /// The sign of a sum.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let mut out = 0;
        for a in [NEG, ZERO, POS] {
            for b in [NEG, ZERO, POS] {
                if self.0 & a != 0 && other.0 & b != 0 {
                    out |= match (a, b) {
                        (ZERO, b) => b,
                        (a, ZERO) => a,
                        (a, b) if a == b => a,
                        _ => NEG | ZERO | POS,
                    };
                }
            }
        }
        Self(out)
    }

    /// The sign of an even power.
    #[must_use]
    pub fn squared(self) -> Self {
        let mut out = self.0 & ZERO;
        if self.0 & (NEG | POS) != 0 {
            out |= POS;
        }
        Self(out)
    }

    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::POSITIVE => "> 0",
            Self::NEGATIVE => "< 0",
            Self::ZERO => "= 0",
            Self::NONNEGATIVE => ">= 0",
            Self::NONPOSITIVE => "<= 0",
            Self::NONZERO => "!= 0",
            _ => "of unknown sign",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables() {
        assert_eq!(Sign::POSITIVE.neg(), Sign::NEGATIVE);
        assert_eq!(Sign::NONNEGATIVE.plus(Sign::POSITIVE), Sign::POSITIVE);
        assert_eq!(Sign::POSITIVE.plus(Sign::NEGATIVE), Sign::ANY);
        assert_eq!(Sign::NEGATIVE.times(Sign::NONPOSITIVE), Sign::NONNEGATIVE);
        assert_eq!(Sign::ANY.squared(), Sign::NONNEGATIVE);
        assert_eq!(Sign::NONZERO.squared(), Sign::POSITIVE);
    }
}
