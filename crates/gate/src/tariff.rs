//! How much work is asked of whom.

use std::sync::atomic::{AtomicU32, Ordering};

use lilliput_pass::work::Effort;

use crate::policy::{Decision, Verdict};

/// Work of a light challenge while there is no load: about 2^15 hashes, in quarters of a bit.
pub(crate) const QUARTERS_AT_REST: u32 = 60;
/// Bits that work in place of a payment takes on top.
const PAY_BITS: i32 = 5;
/// Puzzles of a challenge: luck evens out.
const PUZZLES: u8 = 16;

/// The level of work, moved by the load.
pub(crate) struct Tariff {
    quarters: AtomicU32,
}

impl Tariff {
    pub(crate) fn new() -> Self {
        Self {
            quarters: AtomicU32::new(QUARTERS_AT_REST),
        }
    }

    pub(crate) fn quarters(&self) -> u32 {
        self.quarters.load(Ordering::Relaxed)
    }

    /// What a verdict asks for.
    pub(crate) fn effort(&self, verdict: &Verdict) -> Effort {
        let more = match verdict.decision {
            Decision::Pay => PAY_BITS,
            Decision::Challenge | Decision::Pass | Decision::Deny => 0,
        };
        let bits = i32::from(verdict.extra_bits) + more;
        Effort::from_quarter_bits(self.quarters().saturating_add_signed(4 * bits), PUZZLES)
    }
}
