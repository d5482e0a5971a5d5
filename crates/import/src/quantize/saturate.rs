//! Values whose worst case lies far beyond what the samples reach: brought near to that, exactly below it
//! and saturating above, so that a table of few entries can round them finely.

use lilliput_graph::{Op, OpError, Table};

use super::builder::{Builder, Quantity};

/// Bits that the high part of a value leaves to the low one, where the limit has no more and the high
/// part few values; else 16.
const LOW_BITS: u8 = 14;
/// Most entries of the domain of a clamp, which many lookups share.
pub(super) const CLAMP_ENTRIES: u64 = 3 << 13;
/// Most entries of the domain of a table that is nobody else's.
pub(super) const OWN_ENTRIES: u64 = 3 << 11;
/// High parts beyond which the low one gets more bits.
const HIGH_MAX: i64 = 1 << 13;
/// Beyond every high part: one table serves all.
const HIGH_LIMIT: i32 = 1 << 20;

impl Builder<'_> {
    /// The quotient by a power of two, rounded to nearest.
    pub(super) fn rounded(&mut self, x: Quantity, shift: u8) -> Result<Quantity, OpError> {
        self.lookup(x, shift, x.scale, |domain| Table::Clamp {
            lo: domain.lo as i32,
            hi: domain.hi as i32,
            out_lo: -HIGH_LIMIT,
            out_hi: HIGH_LIMIT,
        })
    }

    /// What rounding left, which has `shift` bits.
    pub(super) fn rest(
        &mut self,
        x: Quantity,
        rounded: Quantity,
        shift: u8,
    ) -> Result<Quantity, OpError> {
        let op = Op::Sum {
            terms: vec![(x.tensor, 1), (rounded.tensor, -(1i64 << shift))],
            constant: 0,
        };
        self.push(op, x.scale)
    }

    /// `x` where its magnitude is at most `limit * 2^shift`, else something of its sign and above that:
    /// for a lookup with this shift, whose domain has at most `entries_max` entries where the limit can
    /// be one of few.
    pub(super) fn saturated(
        &mut self,
        x: Quantity,
        limit: i64,
        shift: u8,
        entries_max: u64,
    ) -> Result<Quantity, OpError> {
        let limit = limit << shift;
        let highest = self.range(x).magnitude() >> LOW_BITS;
        let bits = if limit >> LOW_BITS > 0 || highest > HIGH_MAX {
            lilliput_graph::op::SHIFT_MAX
        } else {
            LOW_BITS
        };
        // The least high part that is above the limit with every low one.
        let half = 1i64 << (bits - 1);
        let least = (limit + half).unsigned_abs().div_ceil(1 << bits);
        // Better a power of two, or of four, so that different places share a table.
        let power = least.next_power_of_two();
        let powers = if self.is_crowded {
            [power << (power.trailing_zeros() % 2), power]
        } else {
            [(least + 1).next_power_of_two(), power]
        };
        let few = |most: &u64| ((2 * most + 1) << bits) >> shift < entries_max;
        let most = powers.into_iter().find(few).unwrap_or(least);
        if self.range(x).magnitude() <= (most as i64) << bits {
            return Ok(x);
        }
        let high = self.rounded(x, bits)?;
        let low = self.rest(x, high, bits)?;
        let kept = self.lookup(high, 0, x.scale, |domain| Table::Clamp {
            lo: domain.lo as i32,
            hi: domain.hi as i32,
            out_lo: -(most as i32),
            out_hi: most as i32,
        })?;
        let op = Op::Sum {
            terms: vec![(low.tensor, 1), (kept.tensor, 1i64 << bits)],
            constant: 0,
        };
        self.push(op, x.scale)
    }
}
