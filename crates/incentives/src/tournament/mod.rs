//! A tournament's round in integers: the same scores and payouts on every machine.
//!
//! Scores are those of `float`, within 2^-28 of them (about 4e-9); `specs/tournaments.md` is normative. Only the order
//! of a prediction's values matters, so predictions are plain integers.
//!
//! Invariants: what winners get, losers lose and the pot keeps sums to zero; entrants with the same prediction
//! have the same score; splitting a stake never gains.
//!
//! | module | purpose |
//! |---|---|
//! | `normal` | the inverse normal of ranks, by table |
//! | `ranks` | ranks with ties kept |
//! | `statistics` | correlation and contribution of vectors |
//! | `features` | what features explain, taken out of a prediction |
//! | `round` | the scores of a round |
//! | `settle` | payouts, clipped, from the losers to the winners |

mod features;
mod normal;
mod ranks;
mod round;
mod settle;
mod statistics;

pub use round::{
    ENTRANTS_MAX, Entrant, FEATURES_MAX, FULL, MISSING_MAX_PERCENT, ROWS_MAX, Round, RoundScores,
    Score,
};
pub use settle::{Claim, PayoutTerms, Settlement, settle};
