//! What changed about feeds and contests. Money that moves is seen in the bank's events too.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::{ContestId, FeedId, OutCause};
use crate::{Address, Amount};

/// Why a reporter lost stake.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SlashCause {
    /// Its report was off the median by more than the tolerance.
    Off,
    /// It was silent for too many windows in a row.
    Silent,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PricesEvent {
    /// A new feed.
    FeedOpened {
        /// Which.
        feed: FeedId,
        /// By whom.
        opener: Address,
    },
    /// A feed is no more.
    FeedClosed {
        /// Which.
        feed: FeedId,
    },
    /// A reporter came, or added stake.
    Staked {
        /// On which feed.
        feed: FeedId,
        /// Who.
        account: Address,
        /// What it has now.
        stake: Amount,
    },
    /// A reporter took its stake back.
    Left {
        /// Which feed.
        feed: FeedId,
        /// Who.
        account: Address,
        /// What it got back.
        stake: Amount,
    },
    /// A report.
    Reported {
        /// Of which feed.
        feed: FeedId,
        /// For which period.
        period: u64,
        /// By whom.
        account: Address,
        /// The price.
        price: u64,
    },
    /// A window closed.
    Priced {
        /// Of which feed.
        feed: FeedId,
        /// Which period's.
        period: u64,
        /// The median; none without a quorum.
        price: Option<u64>,
        /// Of how many reports.
        reports: u32,
    },
    /// A reporter lost stake to the treasury.
    Slashed {
        /// On which feed.
        feed: FeedId,
        /// In which period.
        period: u64,
        /// Who.
        account: Address,
        /// How much.
        amount: Amount,
        /// Why.
        cause: SlashCause,
    },
    /// A new contest.
    ContestOpened {
        /// Which.
        contest: ContestId,
        /// On which feed.
        feed: FeedId,
        /// By whom.
        opener: Address,
    },
    /// A new entrant.
    Entered {
        /// In which contest.
        contest: ContestId,
        /// Its number there.
        entrant: u16,
        /// Whose.
        account: Address,
    },
    /// The pot grew.
    Funded {
        /// Which contest's.
        contest: ContestId,
        /// By whom.
        account: Address,
        /// By how much.
        amount: Amount,
    },
    /// A sealed signal.
    Signalled {
        /// In which contest.
        contest: ContestId,
        /// For which period.
        period: u64,
        /// Whose.
        entrant: u16,
        /// Its place among all.
        sequence: u64,
    },
    /// A signal was shown.
    Revealed {
        /// In which contest.
        contest: ContestId,
        /// For which period.
        period: u64,
        /// Whose.
        entrant: u16,
        /// The position.
        leverage: i32,
    },
    /// All accounts of a contest were carried on by a period.
    Stepped {
        /// Which contest.
        contest: ContestId,
        /// By which period.
        period: u64,
        /// Its price.
        price: Option<u64>,
    },
    /// An entrant is out.
    Eliminated {
        /// Of which contest.
        contest: ContestId,
        /// Which.
        entrant: u16,
        /// In which period.
        period: u64,
        /// Why.
        cause: OutCause,
    },
    /// An entrant repeated another's changes, and earns nothing in this epoch.
    Copied {
        /// In which contest.
        contest: ContestId,
        /// In which epoch.
        epoch: u32,
        /// Who.
        entrant: u16,
        /// Whose changes.
        of: u16,
    },
    /// An entrant was paid for an epoch.
    Paid {
        /// In which contest.
        contest: ContestId,
        /// For which epoch.
        epoch: u32,
        /// Who.
        entrant: u16,
        /// How much.
        amount: Amount,
    },
    /// The last epoch was paid.
    ContestClosed {
        /// Which contest.
        contest: ContestId,
        /// What was left for the treasury.
        left: Amount,
    },
}
