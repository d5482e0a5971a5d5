//! Incentives as pure arithmetic: who earns what in a subnet's epoch and in a tournament's round.
//!
//! No I/O, no clock, no randomness, no storage. What the ledger would compute is integers only, and the same
//! on every machine; `float` holds the double-precision versions that check it.
//!
//! | module | purpose |
//! |---|---|
//! | [`epoch`] | rule `evidence-1`, the default of our subnets |
//! | [`float`] | scores in doubles, for comparison only |
//! | [`market`] | a subnet's token against the network token |
//! | [`scorers`] | scores of answers that a subnet can choose from |
//! | [`subtensor`] | rule `subtensor-425`, the arithmetic of another network reproduced exactly |
//! | [`tournament`] | scores and payouts of a prediction round |
//! | [`votes`] | ratings from votes between pairs |

pub mod epoch;
mod error;
pub mod float;
pub mod market;
mod number;
pub mod scorers;
mod share;
pub mod subtensor;
pub mod tournament;
pub mod votes;

pub use error::{EpochError, ScorerError, SubtensorError, TournamentError, VotesError};
pub use number::Number;
