//! Values whose worst case lies far beyond what the samples reach: brought near to that, exactly below it
//! and saturating above, so that a table of few entries can round them finely.

use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Table};

use super::builder::{Builder, Quantity};
use crate::program::Value;

/// Bits that the high part of a value leaves to the low one, where the limit has no more and the high
/// part few values; else 16.
const LOW_BITS: u8 = 14;
/// By how much a value may lie beyond its limits: as much as rounding to few bits does to it.
const SLACK: f64 = 1.001;
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

    /// A step's result in units of which few bits are left after the largest shift, where the samples
    /// reach further than that.
    pub(super) fn within_shifts(&mut self, value: Value, x: Quantity) -> Result<Quantity, OpError> {
        let (least, most) = self.observed.of_step(value);
        let limit = if least < 0.0 {
            self.signed().hi
        } else {
            self.top()
        };
        let reached = most.max(-least) / x.scale;
        let is_within = reached <= SLACK * (limit << SHIFT_MAX) as f64;
        if is_within || self.step_of(value).element.is_exact() {
            return Ok(x);
        }
        let rounded = self.rounded(x, SHIFT_MAX)?;
        let scale = x.scale * f64::from(1u32 << SHIFT_MAX);
        Ok(Quantity { scale, ..rounded })
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
            SHIFT_MAX
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
