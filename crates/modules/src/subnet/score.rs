//! From signed answers to a weight: what validators compute and audits compute again.
//!
//! Integers only, the same on every machine. A weight is the score, cut to 0 to 1, to the power that the subnet's owner
//! set, in 65535ths.

use lilliput_incentives::Number;
use lilliput_incentives::scorers::{self, Position, Standing, TradingLimits};
use lilliput_incentives::tournament::{Entrant, Round};
use lilliput_incentives::votes::{self, bradley_terry};
use lilliput_types::subnet::{Answered, Preference, Scorer, Settings, Values, Votes};

/// The most entries that votes are about: their strengths are found by solving so many equations.
pub const VOTED_MAX: usize = 64;
const WEIGHT_ONE: i128 = 65_535;
const NUMBER_BITS: u32 = 48;
/// Numerators of ratios stay below this.
const RATIO_BITS: u32 = 78;

/// A validator's votes, and which entry of its row is meant.
#[derive(Clone, Copy, Debug)]
pub struct Ballot<'a> {
    /// All votes, between places of the row.
    pub votes: &'a Votes,
    /// How many entries the row has.
    pub entries: usize,
    /// Which one is meant.
    pub place: usize,
}

/// The weight that answers are worth; zero means that they are left out of the row.
///
/// # Errors
/// The reason, for people, where the answers don't fit the scorer.
pub fn weight(
    settings: &Settings,
    answered: &[Answered],
    ballot: Option<Ballot<'_>>,
) -> Result<u16, String> {
    let score = match (settings.scorer, ballot) {
        (Scorer::Votes, Some(ballot)) => strength(ballot)?,
        (Scorer::Votes, None) => return Err("the scorer needs votes".to_owned()),
        (_, Some(_)) => return Err("the scorer has no use for votes".to_owned()),
        (scorer, None) => of_answers(scorer, answered)?,
    };
    let score = score.clamp(Number::ZERO, Number::ONE);
    let mut powered = Number::ONE;
    for _ in 0..settings.power {
        powered = powered.times(score);
    }
    let weight = (powered.to_bits() * WEIGHT_ONE) >> NUMBER_BITS;
    Ok(u16::try_from(weight).unwrap_or(u16::MAX))
}

fn of_answers(scorer: Scorer, answered: &[Answered]) -> Result<Number, String> {
    let one = |score: fn(&Values, &Values) -> Result<Number, String>| mean(answered, score);
    match scorer {
        Scorer::ExactMatch => {
            let answers: Vec<&Values> = answered.iter().map(|one| &one.answer).collect();
            let truths: Vec<&Values> = answered.iter().map(|one| &one.probe.truth).collect();
            scorers::exact_match(&answers, &truths).map_err(|error| error.to_string())
        }
        Scorer::Similarity => one(similarity),
        Scorer::Correlation => one(correlation),
        Scorer::Contribution { full } => {
            mean(answered, |answer, truth| contribution(answer, truth, full))
        }
        Scorer::Ensemble { scale } => {
            mean(answered, |answer, truth| ensemble(answer, truth, scale))
        }
        Scorer::Trading {
            leverage_max,
            drawdown_max,
            challenge_days,
            gain_full,
        } => {
            let limits = TradingLimits {
                leverage_max,
                drawdown_max,
                challenge_days,
            };
            mean(answered, |answer, truth| {
                trading(answer, truth, limits, gain_full)
            })
        }
        Scorer::Votes => Err("the scorer needs votes".to_owned()),
    }
}

fn mean(
    answered: &[Answered],
    score: impl Fn(&Values, &Values) -> Result<Number, String>,
) -> Result<Number, String> {
    let mut sum = Number::ZERO;
    for one in answered {
        sum += score(&one.answer, &one.probe.truth)?.clamp(Number::ZERO, Number::ONE);
    }
    let count = answered.len() as i128;
    let mean = sum.to_bits().checked_div(count);
    mean.map(Number::from_bits)
        .ok_or_else(|| "there are no answers".to_owned())
}

fn narrowed<T: TryFrom<i64>>(values: &Values, what: &str) -> Result<Vec<T>, String> {
    let narrow = |value: &i64| T::try_from(*value).map_err(|_| format!("{value} is no {what}"));
    values.iter().map(narrow).collect()
}

fn similarity(answer: &Values, truth: &Values) -> Result<Number, String> {
    let what = "16-bit number";
    let (answer, truth) = (narrowed(answer, what)?, narrowed(truth, what)?);
    scorers::similarity(&answer, &truth).map_err(|error| error.to_string())
}

fn correlation(answer: &Values, truth: &Values) -> Result<Number, String> {
    let prediction: Vec<u32> = narrowed(answer, "prediction")?;
    let round = Round::new(narrowed(truth, "target")?, Vec::new());
    let entrant = Entrant {
        stake: 0,
        prediction: prediction.into_iter().map(Some).collect(),
    };
    let scores = round.and_then(|round| round.score(&[entrant]));
    let scores = scores.map_err(|error| error.to_string())?.scores;
    let correlation = scores.first().and_then(|score| score.correlation);
    Ok(correlation.unwrap_or(Number::ZERO))
}

/// To the meta model that stands in the truth behind the targets, by what earns a full score.
fn contribution(answer: &Values, truth: &Values, full: u16) -> Result<Number, String> {
    let rows = truth.len() / 2;
    if !truth.len().is_multiple_of(2) {
        return Err("the truth is targets and as many predictions of the meta model".to_owned());
    }
    let (targets, meta): (Vec<u32>, Vec<u32>) = {
        let mut all: Vec<u32> = narrowed(truth, "target or prediction")?;
        let meta = all.split_off(rows);
        (all, meta)
    };
    // The meta model of a round follows stakes: here one entrant has all of it.
    let entrant = |stake: u64, prediction: Vec<u32>| Entrant {
        stake,
        prediction: prediction.into_iter().map(Some).collect(),
    };
    let entrants = [
        entrant(1, meta),
        entrant(0, narrowed(answer, "prediction")?),
    ];
    let scores = Round::new(targets, Vec::new()).and_then(|round| round.score(&entrants));
    let scores = scores.map_err(|error| error.to_string())?.scores;
    let own = scores.get(1).and_then(|score| score.contribution);
    let own = own.unwrap_or(Number::ZERO).max(Number::ZERO);
    Ok(own.over(Number::ratio(i128::from(full), 1 << 16)))
}

/// 1 - CRPS / scale, not below zero.
fn ensemble(answer: &Values, truth: &Values, scale: u64) -> Result<Number, String> {
    let [outcome] = truth[..] else {
        return Err("the truth of an ensemble is one number".to_owned());
    };
    let score = scorers::ensemble_score(answer, outcome).map_err(|error| error.to_string())?;
    // Twice the members squared times: at most 2^25 by a scale below 2^53.
    let members = answer.len() as u128;
    let worst = 2 * members * members * u128::from(scale);
    if score >= worst {
        return Ok(Number::ZERO);
    }
    let used = u128::BITS - worst.leading_zeros();
    let shift = used.saturating_sub(RATIO_BITS - 1);
    let part = Number::ratio((score >> shift) as i128, (worst >> shift) as i128);
    Ok(Number::ONE - part)
}

fn trading(
    answer: &Values,
    truth: &Values,
    limits: TradingLimits,
    gain_full: u32,
) -> Result<Number, String> {
    let positions: Vec<i32> = narrowed(answer, "position")?;
    let positions: Vec<Position> = positions.into_iter().map(Position).collect();
    let account = scorers::trade(truth, &positions, limits).map_err(|error| error.to_string())?;
    Ok(match account.standing {
        Standing::Earning => {
            let gain = (account.value - Number::ONE).max(Number::ZERO);
            gain.over(Number::ratio(i128::from(gain_full), 1 << 16))
        }
        Standing::Challenge | Standing::Eliminated { .. } => Number::ZERO,
    })
}

/// e to the strength less the largest strength: the best entry has 1.
fn strength(ballot: Ballot<'_>) -> Result<Number, String> {
    if ballot.entries > VOTED_MAX {
        return Err(format!(
            "votes are between {} entries, at most {VOTED_MAX}",
            ballot.entries
        ));
    }
    let votes: Vec<votes::Vote> = ballot
        .votes
        .iter()
        .map(|vote| votes::Vote {
            first: vote.first,
            second: vote.second,
            preference: match vote.preference {
                Preference::First => votes::Preference::First,
                Preference::Second => votes::Preference::Second,
                Preference::Tie => votes::Preference::Tie,
            },
        })
        .collect();
    let strengths = bradley_terry(ballot.entries, &votes).map_err(|error| error.to_string())?;
    let largest = strengths.iter().max().copied().unwrap_or(Number::ZERO);
    let own = strengths.get(ballot.place);
    own.map(|own| (*own - largest).exp())
        .ok_or_else(|| "the row has no such entry".to_owned())
}

#[cfg(test)]
mod tests;
