//! Failed tries of a lane: after a few of them it has to wait, so that wrong proofs, which cost the gate
//! more than their sender, come slowly.

use std::sync::{Mutex, PoisonError};

use crate::error::PassError;

const LANES: usize = 4096;
/// Seconds that each failed try costs.
const SPACING_S: u64 = 5;
/// Failed tries that are free at first.
const FREE: u64 = 3;

/// For each lane the time at which its failures are forgotten.
#[derive(Debug)]
pub(crate) struct Tries(Mutex<Vec<u64>>);

impl Tries {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(vec![0; LANES]))
    }

    /// Whether a lane may try.
    pub(crate) fn admit(&self, lane: u64, now_s: u64) -> Result<(), PassError> {
        let lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten_s = lanes[Self::index(lane)];
        let ahead_s = forgotten_s.saturating_sub(now_s);
        // Further ahead than failures can bring it: the clock was set back.
        if (FREE * SPACING_S..=(FREE + 1) * SPACING_S).contains(&ahead_s) {
            return Err(PassError::Busy {
                what: "refused proofs",
                retry_s: ahead_s - FREE * SPACING_S + 1,
            });
        }
        Ok(())
    }

    pub(crate) fn failed(&self, lane: u64, now_s: u64) {
        let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten_s = &mut lanes[Self::index(lane)];
        let most_s = now_s + (FREE + 1) * SPACING_S;
        *forgotten_s = ((*forgotten_s).max(now_s) + SPACING_S).min(most_s);
    }

    fn index(lane: u64) -> usize {
        (lane % LANES as u64) as usize
    }
}
