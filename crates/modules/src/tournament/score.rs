//! Scores and payouts of a round, as a pure function of what is public. The ledger settles by it, and anyone recomputes
//! a round with it.

use lilliput_incentives::tournament::{Claim, Entrant, PayoutTerms, Round, Settlement};
use lilliput_incentives::{Number, TournamentError, tournament};
use lilliput_types::tournament::blob::{Data, Prediction, TargetList};
use lilliput_types::tournament::{Scores, Terms};

/// Units of an entry's row: to rank and correlate it.
const ROW_UNITS: u64 = 16;
/// With features a second time, for what they don't explain.
const NEUTRAL_UNITS: u64 = 16;

/// An entry with all that is staked on it; no prediction if it wasn't revealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// In base units, backers' stakes included.
    pub stake: u64,
    /// What was revealed.
    pub prediction: Option<Prediction>,
}

/// The scores of a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundResult {
    /// One a candidate.
    pub scores: Vec<Scores>,
    /// The meta model: twice the rank of each row less one.
    pub meta_ranks: Vec<u32>,
}

/// Units of work that scoring takes at most.
#[must_use]
pub fn work(rows: u32, entries: u32, features: u16) -> u64 {
    let features = u64::from(features);
    // The square: an entry with missing rows needs a basis of the features in its own rows.
    let neutral = match features {
        0 => 0,
        some => NEUTRAL_UNITS + some * some,
    };
    u64::from(rows)
        .saturating_mul(u64::from(entries))
        .saturating_mul(ROW_UNITS + neutral)
}

/// Scores all candidates. One that wasn't revealed has no scores and the worst rate.
///
/// # Errors
/// When lists have different lengths or are out of bounds.
pub fn score(
    terms: &Terms,
    data: &Data,
    targets: &TargetList,
    candidates: &[Candidate],
) -> Result<RoundResult, TournamentError> {
    let round = Round::new(targets.values().to_vec(), data.features().to_vec())?;
    let entrants: Vec<Entrant> = candidates
        .iter()
        .filter_map(|candidate| {
            let prediction = candidate.prediction.as_ref()?;
            Some(Entrant {
                stake: candidate.stake,
                prediction: prediction.places().to_vec(),
            })
        })
        .collect();
    let found = round.score(&entrants)?;
    let mut scored = found.scores.into_iter();
    let scores = candidates.iter().map(|candidate| {
        let revealed = candidate.prediction.as_ref().and_then(|_| scored.next());
        revealed.map_or_else(|| unrevealed(terms), |score| scores(terms, &score))
    });
    Ok(RoundResult {
        scores: scores.collect(),
        meta_ranks: found.meta_ranks,
    })
}

/// What each stake, given with its candidate's place, wins or loses. None if it is more than the arithmetic takes.
#[must_use]
pub fn pay(scores: &[Scores], stakes: &[(u32, u64)], pot: u64) -> Option<Settlement> {
    let claims = stakes.iter().map(|(candidate, stake)| {
        let scores = scores.get(*candidate as usize)?;
        Some(Claim {
            stake: *stake,
            rate: Number::from_bits(i128::from(scores.rate)),
        })
    });
    let claims: Option<Vec<Claim>> = claims.collect();
    tournament::settle(&claims?, pot)
}

/// The larger the clip, the worse it is to keep a prediction back.
fn unrevealed(terms: &Terms) -> Scores {
    Scores {
        correlation: None,
        contribution: None,
        feature_neutral: None,
        rate: -(i64::from(terms.clip) << 32),
    }
}

fn scores(terms: &Terms, score: &tournament::Score) -> Scores {
    let payout = PayoutTerms {
        factor: signed(terms.factor),
        correlation_weight: signed(terms.correlation_weight),
        contribution_weight: signed(terms.contribution_weight),
        clip: terms.clip,
    };
    let counted = if terms.feature_neutral {
        score.feature_neutral
    } else {
        score.correlation
    };
    Scores {
        correlation: score.correlation.map(bits),
        contribution: score.contribution.map(bits),
        feature_neutral: score.feature_neutral.map(bits),
        rate: bits(payout.rate(counted, score.contribution)),
    }
}

/// Factor and weights are at most 2^20.
fn signed(weight: u32) -> i32 {
    i32::try_from(weight).unwrap_or(i32::MAX)
}

/// Scores lie below 2^15 in size.
fn bits(number: Number) -> i64 {
    let bits = number.to_bits();
    i64::try_from(bits).unwrap_or(if bits < 0 { i64::MIN } else { i64::MAX })
}
