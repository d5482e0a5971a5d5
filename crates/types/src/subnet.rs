//! Subnets: who opens them, who registers, stakes, scores and is audited, and what an epoch paid.
//!
//! | module | purpose |
//! |---|---|
//! | `message` | what an account may ask |
//! | `settings` | what a subnet's owner decides |
//! | `transcript` | what validators and miners sign and commit to outside of the ledger |
//! | `market` | a subnet's token against the network token |
//! | `record` | subnets, members, pools and positions as the state holds them |
//! | `epoch` | an epoch as it is replayed: the input of its payouts, and the payouts |
//! | `event` | what changed |
//!
//! `specs/subnet-ledger.md` is normative.

mod epoch;
mod event;
mod market;
mod message;
mod record;
mod settings;
mod transcript;

pub use epoch::{EpochInput, EpochRecord, Payout, SeatInput};
pub use event::{SlashReason, SubnetEvent};
pub use market::{EpochMarket, Market};
pub use message::{
    Audit, Buy, Close, Collect, Commit, Leave, Link, Match, Open, OpenMarket, Register, Reveal,
    Sell, Set, SetEndpoint, SetRule, SetTake, Stake, SubnetMessage, Unstake,
};
pub use record::{
    Challenge, Joining, KeptRow, Leaving, Mark, Member, Phase, Pool, Position, Revealed, Subnet,
    SubnetState, Totals, WeightsCommitment,
};
pub use settings::{BondSpeed, Rule, Scorer, Settings, SubtensorRule, Terms};
pub use transcript::{
    AnswerContext, Answered, EntryProof, Preference, Probe, TranscriptEntry, Values, Vote, Votes,
    WeightRow, WeightsOpening, draw, randomness, votes_digest,
};

/// The most uids of a subnet.
pub const UIDS_MAX: u32 = 4_096;
/// The most answers that are shown for one weight.
pub const PROBES_MAX: u32 = 64;
/// The most numbers of an answer or a truth.
pub const VALUES_MAX: u32 = 4_096;
/// The most votes between pairs that a validator shows.
pub const VOTES_MAX: u32 = 4_096;
/// The most audits that are drawn for a validator in an epoch.
pub const AUDITS_MAX: u32 = 32;
/// The most registrations that wait for a place in a full subnet.
pub const CHALLENGES_MAX: u32 = 8;
