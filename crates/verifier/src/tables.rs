//! Lookup tables as multilinear polynomials, evaluated by the verifier itself.
//!
//! Entry `i` of a table is the pair `(lo + i, result)`, both padded with zeros beyond the last entry. Ranges
//! and clamps are made of masks and index sums, so a point costs O(log entries); a table of
//! values costs O(entries).

use lilliput_graph::Table;
use p3_field::PrimeCharacteristicRing;

use crate::field::{EF, base_from_i64, extension_from_i64};
use crate::point::{evaluate_with, index_sum, less_than};

#[cfg(test)]
mod tests;

/// What values can be looked up in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LookupTable {
    /// The integers `lo .. lo + entries`; the result is always zero.
    Range {
        /// Smallest integer.
        lo: i64,
        /// Number of integers.
        entries: u64,
    },
    /// A function of the graph.
    Function(Table),
}

impl LookupTable {
    /// The integers `0 .. 2^bits`: remainders of a shift.
    #[must_use]
    pub fn remainders(bits: u32) -> Self {
        Self::Range {
            lo: 0,
            entries: 1u64.checked_shl(bits).unwrap_or(u64::MAX),
        }
    }

    /// The integers of `bits` bits in two's complement: weights.
    #[must_use]
    pub fn signed(bits: u32) -> Self {
        let half = 1i64.checked_shl(bits.saturating_sub(1)).unwrap_or(i64::MAX);
        Self::Range {
            lo: half.saturating_neg(),
            entries: 1u64.checked_shl(bits).unwrap_or(u64::MAX),
        }
    }

    /// Number of entries.
    #[must_use]
    pub fn entries(&self) -> u64 {
        match self {
            Self::Range { entries, .. } => *entries,
            Self::Function(table) => u64::try_from(table.entries()).unwrap_or(0),
        }
    }

    /// Smallest integer that can be looked up.
    #[must_use]
    pub fn lo(&self) -> i64 {
        match self {
            Self::Range { lo, .. } => *lo,
            Self::Function(table) => table.domain().lo,
        }
    }

    /// Whether entries have results that a lookup shows.
    #[must_use]
    pub fn has_results(&self) -> bool {
        matches!(self, Self::Function(_))
    }

    /// The index of the entry for `value`; none outside of the table.
    #[must_use]
    pub fn index(&self, value: i64) -> Option<u64> {
        let index = u64::try_from(value.checked_sub(self.lo())?).ok()?;
        (index < self.entries()).then_some(index)
    }

    /// The result for `value`; none outside of the table.
    #[must_use]
    pub fn result(&self, value: i64) -> Option<i64> {
        match self {
            Self::Range { .. } => self.index(value).map(|_| 0),
            Self::Function(table) => table.apply(value),
        }
    }

    /// The entries' integers at `point`.
    pub fn evaluate_values(&self, point: &[EF]) -> EF {
        let entries = self.entries();
        less_than(point, entries) * base_from_i64(self.lo()) + index_sum(point, entries)
    }

    /// The entries' results at `point`.
    pub fn evaluate_results(&self, point: &[EF]) -> EF {
        match self {
            Self::Range { .. } => EF::ZERO,
            Self::Function(Table::Values { values, .. }) => {
                evaluate_with(values, point, |&value| base_from_i64(i64::from(value)))
            }
            Self::Function(Table::Clamp {
                lo, out_lo, out_hi, ..
            }) => self.evaluate_clamp(
                i64::from(*lo),
                i64::from(*out_lo),
                i64::from(*out_hi),
                point,
            ),
        }
    }

    /// `out_lo` on the first entries, the identity on the next, `out_hi` on the last.
    fn evaluate_clamp(&self, lo: i64, out_lo: i64, out_hi: i64, point: &[EF]) -> EF {
        let entries = self.entries();
        let clip = |index: i64| u64::try_from(index).unwrap_or(0).min(entries);
        // A clamp whose lower limit is above all entries has no identity part: `from` is `to` then.
        let from = clip(out_lo.saturating_sub(lo));
        let to = clip(out_hi.saturating_sub(lo)).max(from);
        let (below_from, below_to) = (less_than(point, from), less_than(point, to));
        let identity = (below_to - below_from) * base_from_i64(lo) + index_sum(point, to)
            - index_sum(point, from);
        let above = less_than(point, entries) - below_to;
        below_from * base_from_i64(out_lo) + identity + above * base_from_i64(out_hi)
    }
}

/// A table with the number that tells it from the others in a lookup argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedTable {
    /// Part of each fingerprint; unique within an argument.
    pub id: u32,
    /// The table.
    pub table: LookupTable,
}

impl NumberedTable {
    /// The number as a field element.
    pub fn id_element(&self) -> EF {
        extension_from_i64(i64::from(self.id))
    }
}
