//! Payouts: a clipped part of each stake, from the losers to the winners.

use crate::number::{FRACTION_BITS, Number};
use crate::share::part;

/// Rates have 40 fraction bits where they meet stakes, so that sums of claims stay below 2^103.
const RATE_BITS: u32 = 40;

/// How scores turn into rates, in 65536ths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayoutTerms {
    pub factor: i32,
    pub correlation_weight: i32,
    pub contribution_weight: i32,
    /// The largest part of a stake that can be won or lost.
    pub clip: u16,
}

impl Default for PayoutTerms {
    /// Half the correlation and twice the contribution, clipped at 5 %.
    fn default() -> Self {
        Self {
            factor: 1 << 16,
            correlation_weight: 1 << 15,
            contribution_weight: 2 << 16,
            clip: 3_277,
        }
    }
}

impl PayoutTerms {
    /// The part of the stake to win, or to lose if negative. A score that doesn't exist counts as zero.
    pub fn rate(&self, correlation: Option<Number>, contribution: Option<Number>) -> Number {
        let part = |weight: i32| Number::from_bits(i128::from(weight) << (FRACTION_BITS - 16));
        let score = part(self.correlation_weight).times(correlation.unwrap_or(Number::ZERO))
            + part(self.contribution_weight).times(contribution.unwrap_or(Number::ZERO));
        let bound = part(i32::from(self.clip));
        part(self.factor).times(score).clamp(-bound, bound)
    }
}

/// A stake and its rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    pub stake: u64,
    pub rate: Number,
}

/// Who wins and loses how much, in base units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    pub won: Vec<u64>,
    pub lost: Vec<u64>,
    /// What of losses and subsidy no winner got: for the next round.
    pub kept: u64,
}

/// Settles a round: losses are rounded up, winnings down; if the pot doesn't cover the claims, all are cut alike.
///
/// None if stakes or subsidy sum to 2^63 or more.
pub fn settle(claims: &[Claim], subsidy: u64) -> Option<Settlement> {
    let staked: u128 = claims.iter().map(|claim| u128::from(claim.stake)).sum();
    if staked + u128::from(subsidy) >= 1 << 63 {
        return None;
    }
    let sizes: Vec<u128> = claims.iter().map(size).collect();
    let lost: Vec<u64> = claims
        .iter()
        .zip(&sizes)
        .map(|(claim, &size)| {
            let units = size.div_ceil(1 << RATE_BITS) as u64;
            if claim.rate < Number::ZERO {
                units.min(claim.stake)
            } else {
                0
            }
        })
        .collect();
    let pot = lost.iter().sum::<u64>() + subsidy;
    let wins = |claim: &Claim| claim.rate > Number::ZERO;
    let claimed: u128 = claims
        .iter()
        .zip(&sizes)
        .filter(|(claim, _)| wins(claim))
        .map(|(_, &size)| size)
        .sum();
    // The pot, or as much of it as all claims together ask for.
    let payable = u128::from(pot).min(claimed >> RATE_BITS);
    let covered = u128::from(pot) << RATE_BITS >= claimed;
    let won: Vec<u64> = claims
        .iter()
        .zip(&sizes)
        .map(|(claim, &size)| match (wins(claim), covered) {
            (false, _) => 0,
            (true, true) => (size >> RATE_BITS) as u64,
            (true, false) => part(payable, size, claimed) as u64,
        })
        .collect();
    let kept = pot - won.iter().sum::<u64>();
    Some(Settlement { won, lost, kept })
}

/// Stake times rate, with 40 fraction bits; rates beyond one count as one.
fn size(claim: &Claim) -> u128 {
    let rate = claim.rate.abs().min(Number::ONE).to_bits() >> (FRACTION_BITS - RATE_BITS);
    u128::from(claim.stake) * rate.unsigned_abs()
}

#[cfg(test)]
mod tests;
