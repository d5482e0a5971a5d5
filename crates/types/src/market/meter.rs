//! Rate by time, exactly.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::{HOUR_MS, Rate};
use crate::Amount;

/// What runs up at a rate while a provider's clock moves. However often it is read, the sum is the same.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// The rate that runs; zero while nothing does.
    pub rate: Rate,
    /// The provider's clock up to which all is counted.
    pub mark: u64,
    /// What is owed beyond whole units, in parts of an hour.
    pub carry: u64,
}

impl Meter {
    /// Whole units owed up to a moment of the clock, and the meter behind it. Never more than `most`:
    /// what isn't there is never owed later.
    #[must_use]
    pub fn read(self, clock: u64, most: Amount) -> (Amount, Self) {
        let span_ms = clock.saturating_sub(self.mark);
        // 2^64 x 2^64 + 2^22 fits.
        let run =
            (u128::from(self.rate.0) * u128::from(span_ms)).saturating_add(u128::from(self.carry));
        let hour = u128::from(HOUR_MS);
        let owed = Amount(run / hour);
        // The remainder is below an hour.
        let carry = (run % hour) as u64;
        let mark = self.mark.max(clock);
        if owed > most {
            let carry = 0;
            return (
                most,
                Self {
                    carry,
                    mark,
                    ..self
                },
            );
        }
        (
            owed,
            Self {
                carry,
                mark,
                ..self
            },
        )
    }

    /// For how long `escrow` lasts from a moment of the clock on; none if for ever.
    #[must_use]
    pub fn lasts_ms(self, clock: u64, escrow: Amount) -> Option<u64> {
        let (owed, behind) = self.read(clock, escrow);
        let left = Amount(escrow.0.saturating_sub(owed.0));
        if self.rate.0 == 0 {
            return None;
        }
        let fuel = left.0.saturating_mul(u128::from(HOUR_MS));
        let fuel = fuel.saturating_sub(u128::from(behind.carry));
        let lasts = fuel.div_ceil(u128::from(self.rate.0));
        Some(u64::try_from(lasts).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests;
