//! Scorers that a subnet's owner can choose from: from answers to a part of full marks, in integers.
//!
//! Each is a pure function of what a transcript holds, so that an audit has one outcome. Bradley-Terry is in
//! [`crate::votes`], correlation and contribution in [`crate::tournament`].

use crate::error::ScorerError;
use crate::number::Number;

/// The most answers, or components of a vector, that are scored at once.
pub const LENGTH_MAX: usize = 1 << 16;
/// The most members of an ensemble.
pub const ENSEMBLE_MAX: usize = 1 << 12;
/// The largest leverage that limits may allow, in 65536ths: a hundredfold.
pub const LEVERAGE_MAX: u32 = 100 << 16;
/// Forecasts and prices stay below this size.
pub const VALUE_MAX: i64 = 1 << 53;

/// The part of the answers that equal the truth.
pub fn exact_match<T: PartialEq>(answers: &[T], truth: &[T]) -> Result<Number, ScorerError> {
    check_length(answers.len(), truth.len())?;
    let equal = answers.iter().zip(truth).filter(|(a, t)| a == t).count();
    Ok(Number::ratio(equal as i128, truth.len() as i128))
}

/// The cosine of two vectors, -1 to 1; zero if one is zero.
pub fn similarity(answer: &[i16], truth: &[i16]) -> Result<Number, ScorerError> {
    check_length(answer.len(), truth.len())?;
    let dot = |left: &[i16], right: &[i16]| -> i64 {
        left.iter()
            .zip(right)
            .map(|(&l, &r)| i64::from(l) * i64::from(r))
            .sum()
    };
    // Below 2^46 each, so that the product of the squares fits; scaled up for a root of 64 bits.
    let squares = dot(answer, answer) as u128 * dot(truth, truth) as u128;
    if squares == 0 {
        return Ok(Number::ZERO);
    }
    let shift = squares.leading_zeros() & !1;
    let root = (squares << shift).isqrt();
    Ok(Number::ratio(
        i128::from(dot(answer, truth)) << (shift / 2),
        root as i128,
    ))
}

/// The continuous ranked probability score of an ensemble of forecasts, twice the members squared times: smaller is
/// better, zero for members that all equal the outcome.
///
/// CRPS is the mean distance to the outcome less half the mean distance of two members; multiplied so, it is whole and
/// exact, and ensembles of one size compare by it.
pub fn ensemble_score(members: &[i64], outcome: i64) -> Result<u128, ScorerError> {
    if members.is_empty() || members.len() > ENSEMBLE_MAX {
        return Err(ScorerError::Bounds {
            got: members.len(),
            max: ENSEMBLE_MAX,
        });
    }
    if let Some(&value) = members
        .iter()
        .chain([&outcome])
        .find(|value| value.abs() >= VALUE_MAX)
    {
        return Err(ScorerError::Value { value });
    }
    let count = members.len() as i128;
    let mut sorted = members.to_vec();
    sorted.sort_unstable();
    let to_outcome: i128 = sorted
        .iter()
        .map(|&member| i128::from(member - outcome).abs())
        .sum();
    // Of all ordered pairs: each member is the larger of its pair as often as others stand before it.
    let pairs: i128 = (0..)
        .zip(&sorted)
        .map(|(before, &member)| 2 * (2 * before + 1 - count) * i128::from(member))
        .sum();
    // 2 count^2 (mean |x - y| - mean |x - x'| / 2); never negative by the triangle inequality.
    Ok((2 * count * to_outcome - pairs).unsigned_abs())
}

/// The largest gain of a price in a day, and the largest value of an account: bounds for the arithmetic.
const GAIN_MAX: Number = Number::from_integer(100);
const WEALTH_MAX: Number = Number::from_integer(1 << 14);

/// What a forecaster holds of an asset, in 65536ths of its capital: negative is short, beyond 65536 is leverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position(pub i32);

/// Limits of a subnet that lets forecasters trade on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TradingLimits {
    /// The largest position either way, in 65536ths.
    pub leverage_max: u32,
    /// The largest fall from the peak, in 65536ths of it, before the forecaster is out.
    pub drawdown_max: u16,
    /// Days to survive before anything is earned.
    pub challenge_days: u32,
}

/// How a forecaster stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not long enough to earn.
    Challenge,
    Earning,
    /// Fell too far, on this day from 0.
    Eliminated {
        day: usize,
    },
}

/// The paper account of a forecaster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradingScore {
    pub standing: Standing,
    /// Against the start: one means no gain and no loss.
    pub value: Number,
    pub drawdown: Number,
}

/// A forecaster's account on paper, from price to price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaperAccount {
    /// Against the start: one means no gain and no loss.
    pub value: Number,
    /// The largest value so far.
    pub peak: Number,
    /// The largest fall from a peak so far, as a part of that peak.
    pub drawdown: Number,
}

impl PaperAccount {
    /// No gain, no loss.
    pub const START: Self = Self {
        value: Number::ONE,
        peak: Number::ONE,
        drawdown: Number::ZERO,
    };

    /// Holds a position from one price to the next; both lie from 1 to below [`VALUE_MAX`].
    pub fn step(&mut self, position: Position, from: i64, to: i64, limits: TradingLimits) {
        let bound = limits.leverage_max.min(LEVERAGE_MAX) as i32;
        let held = position.0.clamp(-bound, bound);
        let change = i128::from(to) - i128::from(from);
        let gain = Number::ratio(change, i128::from(from)).clamp(-Number::ONE, GAIN_MAX);
        let factor = Number::ONE + Number::ratio(i128::from(held), 1 << 16).times(gain);
        let value = self.value.times(factor.max(Number::ZERO));
        self.value = value.min(WEALTH_MAX);
        self.peak = self.peak.max(self.value);
        let fall = Number::ONE - self.value.over(self.peak);
        self.drawdown = self.drawdown.max(fall);
    }

    /// Whether it fell too far.
    pub fn is_out(&self, limits: TradingLimits) -> bool {
        self.drawdown > Number::ratio(i128::from(limits.drawdown_max), 1 << 16)
    }
}

fn check_limits(limits: TradingLimits) -> Result<(), ScorerError> {
    if limits.leverage_max > LEVERAGE_MAX {
        return Err(ScorerError::Leverage {
            got: limits.leverage_max,
            max: LEVERAGE_MAX,
        });
    }
    Ok(())
}

/// Follows positions over prices: the position of a day is held to the next day's price.
///
/// Prices are positive. A position beyond the limit counts as the limit; capital can't fall below zero.
pub fn trade(
    prices: &[i64],
    positions: &[Position],
    limits: TradingLimits,
) -> Result<TradingScore, ScorerError> {
    check_length(positions.len() + 1, prices.len())?;
    if let Some(&value) = prices
        .iter()
        .find(|&&price| !(1..VALUE_MAX).contains(&price))
    {
        return Err(ScorerError::Value { value });
    }
    check_limits(limits)?;
    let mut account = PaperAccount::START;
    for (day, (position, pair)) in positions.iter().zip(prices.windows(2)).enumerate() {
        account.step(*position, pair[0], pair[1], limits);
        if account.is_out(limits) {
            return Ok(TradingScore {
                standing: Standing::Eliminated { day },
                value: account.value,
                drawdown: account.drawdown,
            });
        }
    }
    let PaperAccount {
        value, drawdown, ..
    } = account;
    let survived = u32::try_from(positions.len()).unwrap_or(u32::MAX);
    Ok(TradingScore {
        standing: if survived < limits.challenge_days {
            Standing::Challenge
        } else {
            Standing::Earning
        },
        value,
        drawdown,
    })
}

/// Which forecasters copy: of positions equal on so many days, those committed later than another's.
///
/// `committed` holds per forecaster the time of each day's commitment. A forecaster copies another if, over the days on
/// which its position changed, at least `equal_parts` (65536ths) of its positions equal the other's and were committed later. Of
/// equal times neither copies. The result names the earliest forecaster copied.
pub fn copiers(
    positions: &[Vec<Position>],
    committed: &[Vec<u64>],
    equal_parts: u16,
) -> Result<Vec<Option<usize>>, ScorerError> {
    check_length(committed.len(), positions.len())?;
    let days = positions.first().map_or(0, Vec::len);
    for (forecaster, times) in positions.iter().zip(committed) {
        for got in [forecaster.len(), times.len()] {
            check_equal(got, days)?;
        }
    }
    let copies = |one: usize, other: usize| {
        let changes: Vec<usize> = (0..days)
            .filter(|&day| {
                let before = day
                    .checked_sub(1)
                    .map_or(Position(0), |day| positions[one][day]);
                positions[one][day] != before
            })
            .collect();
        let copied = changes
            .iter()
            .filter(|&&day| {
                positions[one][day] == positions[other][day]
                    && committed[one][day] > committed[other][day]
            })
            .count() as u128;
        !changes.is_empty() && copied << 16 >= changes.len() as u128 * u128::from(equal_parts)
    };
    Ok((0..positions.len())
        .map(|one| (0..positions.len()).find(|&other| other != one && copies(one, other)))
        .collect())
}

mod follow;

pub use follow::{Change, FollowRule, followers};

fn check_length(got: usize, expected: usize) -> Result<(), ScorerError> {
    if expected == 0 || expected > LENGTH_MAX {
        return Err(ScorerError::Bounds {
            got: expected,
            max: LENGTH_MAX,
        });
    }
    check_equal(got, expected)
}

fn check_equal(got: usize, expected: usize) -> Result<(), ScorerError> {
    if got == expected {
        Ok(())
    } else {
        Err(ScorerError::Length { got, expected })
    }
}

#[cfg(test)]
mod tests;
