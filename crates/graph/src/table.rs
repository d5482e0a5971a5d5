//! One-variable functions that a lookup can apply.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::bounds::{Range, VALUE_MAX};

/// Most entries a table, and all tables of a graph together, may have: 2^18.
pub const ENTRIES_MAX: i64 = 1 << 18;

/// A function from the integers `lo ..= hi` to integers.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Table {
    /// `min(max(x, out_lo), out_hi)`: ReLU is `out_lo = 0`, saturation is both.
    Clamp {
        lo: i32,
        hi: i32,
        out_lo: i32,
        out_hi: i32,
    },
    /// `values[x - lo]`.
    Values { lo: i32, values: Vec<i32> },
}

/// Why a table is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("its domain is empty")]
    EmptyDomain,
    #[error("its domain has {got} entries, at most {ENTRIES_MAX} are allowed")]
    TooManyEntries { got: i64 },
    #[error("its domain or results leave {VALUE_MAX}")]
    TooLarge,
    #[error("its lower limit {out_lo} is above its upper limit {out_hi}")]
    LimitsCrossed { out_lo: i32, out_hi: i32 },
}

impl Table {
    /// The integers it is defined on.
    #[must_use]
    pub fn domain(&self) -> Range {
        match self {
            Self::Clamp { lo, hi, .. } => Range {
                lo: i64::from(*lo),
                hi: i64::from(*hi),
            },
            Self::Values { lo, values } => {
                let lo = i64::from(*lo);
                Range {
                    lo,
                    hi: lo + values.len() as i64 - 1,
                }
            }
        }
    }

    /// Number of entries.
    #[must_use]
    pub fn entries(&self) -> i64 {
        let domain = self.domain();
        domain.hi - domain.lo + 1
    }

    /// Smallest and largest result.
    #[must_use]
    pub fn results(&self) -> Range {
        match self {
            Self::Clamp { out_lo, out_hi, .. } => {
                let domain = self.domain();
                let clamp = |value: i64| value.max(i64::from(*out_lo)).min(i64::from(*out_hi));
                Range {
                    lo: clamp(domain.lo),
                    hi: clamp(domain.hi),
                }
            }
            Self::Values { values, .. } => Range {
                lo: values.iter().copied().min().map_or(0, i64::from),
                hi: values.iter().copied().max().map_or(0, i64::from),
            },
        }
    }

    /// The result for `x`, or `None` outside of the domain.
    #[must_use]
    pub fn apply(&self, x: i64) -> Option<i64> {
        if !self.domain().contains(x) {
            return None;
        }
        match self {
            Self::Clamp { out_lo, out_hi, .. } => {
                Some(x.max(i64::from(*out_lo)).min(i64::from(*out_hi)))
            }
            Self::Values { lo, values } => usize::try_from(x - i64::from(*lo))
                .ok()
                .and_then(|index| values.get(index))
                .map(|&value| i64::from(value)),
        }
    }

    /// Refuses empty, oversized and crossed tables.
    pub fn check(&self) -> Result<(), TableError> {
        let domain = self.domain();
        if domain.lo > domain.hi {
            return Err(TableError::EmptyDomain);
        }
        if self.entries() > ENTRIES_MAX {
            return Err(TableError::TooManyEntries {
                got: self.entries(),
            });
        }
        if let Self::Clamp { out_lo, out_hi, .. } = *self
            && out_lo > out_hi
        {
            return Err(TableError::LimitsCrossed { out_lo, out_hi });
        }
        let limits_are_sound = match *self {
            Self::Clamp { out_lo, out_hi, .. } => Range {
                lo: i64::from(out_lo),
                hi: i64::from(out_hi),
            }
            .is_sound(),
            Self::Values { .. } => self.results().is_sound(),
        };
        if !domain.is_sound() || !limits_are_sound {
            return Err(TableError::TooLarge);
        }
        Ok(())
    }
}
