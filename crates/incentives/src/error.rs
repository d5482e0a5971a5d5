//! What can be wrong with inputs, one variant per cause.

use thiserror::Error;

/// Why an epoch under rule `subtensor-425` can't be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SubtensorError {
    #[error("subnet has {count} uids, at most {max} are allowed")]
    TooManyUids { count: u64, max: u64 },
    #[error("field {field} has {got} entries, expected {expected}")]
    Length {
        field: &'static str,
        got: usize,
        expected: usize,
    },
    #[error("matrices have {count} entries, at most {max} are allowed")]
    TooManyEntries { count: usize, max: usize },
    #[error("stakes sum to {total}, more than 2^63 - 1")]
    StakeTooLarge { total: u128 },
    #[error("sum exceeds the range of 32 integer bits")]
    SumOverflows,
    #[error("bonds_moving_average is {got}, at most {max} is allowed")]
    MovingAverageTooLarge { got: u64, max: u64 },
    #[error("owner_uid is {owner}, but there are {count} uids")]
    OwnerOutOfRange { owner: u16, count: usize },
}

/// Why a tournament's round can't be scored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TournamentError {
    #[error("round has {got} rows, expected 1 to {max}")]
    Rows { got: usize, max: usize },
    #[error("list {list} has {got} rows, expected {expected}")]
    Length {
        list: String,
        got: usize,
        expected: usize,
    },
    #[error("only {common} of {of} ids are in every list, at least {min_percent} % are needed")]
    TooManyMissing {
        common: usize,
        of: usize,
        min_percent: usize,
    },
    #[error("target of row {row} isn't between zero and one")]
    Target { row: usize },
    #[error("round has {got} features, at most {max} are allowed")]
    TooManyFeatures { got: usize, max: usize },
    #[error("round has {got} entrants, at most {max} are allowed")]
    TooManyEntrants { got: usize, max: usize },
    #[error("an id appears twice")]
    RepeatedId,
    #[error("stake of model {model} isn't a non-negative number")]
    Stake { model: String },
}

/// Why votes give no ratings.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VotesError {
    #[error("contest has {got} entrants, at most {max} are allowed")]
    TooManyEntrants { got: usize, max: usize },
    #[error("contest has {got} votes, at most {max} are allowed")]
    TooManyVotes { got: usize, max: usize },
    #[error("vote {place} is between {first} and {second}")]
    BadPair {
        place: usize,
        first: u16,
        second: u16,
    },
    #[error("update factor is {got}, at most {max} is allowed")]
    FactorTooLarge { got: u16, max: u16 },
    #[error("entrant {entrant} isn't connected to all others by wins and by losses")]
    Unconnected { entrant: usize },
    #[error("no finite strengths fit the votes")]
    NoMaximum,
}

/// Why an epoch under our rule can't be computed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EpochError {
    #[error("subnet has {got} uids, at most {max} are allowed")]
    TooManyUids { got: usize, max: usize },
    #[error("matrix has {got} entries, at most {max} are allowed")]
    TooManyEntries { got: usize, max: usize },
    #[error("stakes sum to {got}, more than 2^63")]
    StakeTooLarge { got: u128 },
    #[error("emission is {got}, at most {max} is allowed")]
    EmissionTooLarge { got: u64, max: u64 },
    #[error("a row of uid {uid} isn't canonical: uids ascending, known, not its own, no zeros")]
    Row { uid: u16 },
    #[error("rule admits no validator, or its lowest bond speed exceeds the highest")]
    Rule,
}

/// Why a scorer can't score.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScorerError {
    #[error("list has {got} entries, expected {expected}")]
    Length { got: usize, expected: usize },
    #[error("list has {got} entries, expected 1 to {max}")]
    Bounds { got: usize, max: usize },
    #[error("leverage is {got}, at most {max} is allowed")]
    Leverage { got: u32, max: u32 },
    #[error("value {value} is out of bounds")]
    Value { value: i64 },
}
