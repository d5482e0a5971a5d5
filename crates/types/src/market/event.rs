//! What changed in the market. Money that moves is seen in the bank's events too.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{DeploymentId, LeaseId, OrderId, Rate};
use crate::{Address, Amount, TimeMs};

/// How an order ended.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum OrderEnd {
    /// No bids that make the whole group.
    Unmatched,
    /// Nobody chose in time.
    NotChosen,
    /// Its owner closed it.
    Withdrawn,
    /// All its leases ended.
    Served,
}

/// Why a lease ended.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum CloseCause {
    /// The owner left.
    OwnerLeft,
    /// The provider left without notice.
    ProviderLeft,
    /// The notice ran out.
    Reclaimed,
    /// Its time was over.
    Ended,
    /// It was paused for too long.
    Unpaid,
    /// Its replicated order was judged.
    Judged,
    /// The provider contradicted itself.
    Evidence,
}

/// Why a bond was lost.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LossCause {
    /// A sealed bid wasn't shown.
    Unrevealed,
    /// A sealed bid broke a rule.
    Void,
    /// The provider left without notice.
    Left,
    /// Its result differs from the majority's.
    Differs,
    /// It showed no result.
    Silent,
    /// It contradicted itself.
    Contradiction,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketEvent {
    /// A provider stated its attributes.
    Described {
        /// Who.
        provider: Address,
    },
    /// An auditor signed attributes.
    Audited {
        /// Whose.
        provider: Address,
        /// By whom.
        auditor: Address,
    },
    /// An auditor took its signature back.
    Revoked {
        /// Whose attributes.
        provider: Address,
        /// By whom.
        auditor: Address,
    },
    /// A pool has so many slots.
    PoolSet {
        /// Whose.
        provider: Address,
        /// Which.
        pool: u16,
        /// How many.
        slots: u16,
    },
    /// A provider was heard of.
    Heard {
        /// Who.
        provider: Address,
        /// Its clock now.
        clock: u64,
    },
    /// A provider wasn't heard of for too long: its leases are suspended.
    Lost {
        /// Who.
        provider: Address,
        /// Since when nothing accrues.
        since: TimeMs,
        /// How many leases.
        leases: u32,
    },
    /// A lost provider was heard of again: its leases go on.
    Returned {
        /// Who.
        provider: Address,
        /// How many leases.
        leases: u32,
    },
    /// A new deployment.
    Deployed {
        /// Which.
        deployment: DeploymentId,
        /// Whose.
        owner: Address,
    },
    /// A new order.
    Ordered {
        /// Which.
        order: OrderId,
        /// Of which deployment.
        deployment: DeploymentId,
        /// What is locked for it.
        deposit: Amount,
    },
    /// A bid in the open.
    Bid {
        /// On which order.
        order: OrderId,
        /// By whom.
        provider: Address,
        /// What all of it would cost.
        rate: Rate,
    },
    /// A sealed bid.
    Sealed {
        /// On which order.
        order: OrderId,
        /// By whom.
        provider: Address,
    },
    /// A sealed bid was shown.
    Revealed {
        /// On which order.
        order: OrderId,
        /// By whom.
        provider: Address,
        /// What all of it would cost.
        rate: Rate,
    },
    /// A bid was taken back.
    Retracted {
        /// On which order.
        order: OrderId,
        /// By whom.
        provider: Address,
    },
    /// A provider said why it doesn't bid.
    Declined {
        /// On which order.
        order: OrderId,
        /// Who.
        provider: Address,
    },
    /// Bidding is over; sealed bids may be shown, or the owner may choose.
    BiddingOver {
        /// On which order.
        order: OrderId,
        /// Of how many bids.
        bids: u32,
    },
    /// A lease came to be.
    Leased {
        /// Which.
        lease: LeaseId,
        /// Of which order.
        order: OrderId,
        /// Who serves.
        provider: Address,
        /// At which rate.
        rate: Rate,
        /// With how much in escrow.
        escrow: Amount,
    },
    /// An order is over.
    OrderClosed {
        /// Which.
        order: OrderId,
        /// How.
        end: OrderEnd,
        /// What went back to the owner.
        refunded: Amount,
    },
    /// A reservation's time has come.
    Started {
        /// Which lease.
        lease: LeaseId,
    },
    /// A provider was paid.
    Settled {
        /// Of which lease.
        lease: LeaseId,
        /// How much.
        paid: Amount,
        /// What is left in escrow.
        left: Amount,
    },
    /// An escrow will soon be dry.
    Low {
        /// Of which lease.
        lease: LeaseId,
        /// What is left.
        left: Amount,
        /// For how long.
        lasts_ms: u64,
    },
    /// An escrow is dry: the work stops, the disk stays.
    Paused {
        /// Of which lease.
        lease: LeaseId,
        /// When it will be closed.
        until: TimeMs,
    },
    /// More came into an escrow.
    ToppedUp {
        /// Of which lease.
        lease: LeaseId,
        /// From whom.
        by: Address,
        /// How much.
        amount: Amount,
    },
    /// A pause ended.
    Resumed {
        /// Of which lease.
        lease: LeaseId,
    },
    /// A spot lease runs, or waits.
    Spot {
        /// Which lease.
        lease: LeaseId,
        /// Whether it runs.
        running: bool,
        /// What it costs now.
        rate: Rate,
    },
    /// A provider gave notice.
    Noticed {
        /// Which lease.
        lease: LeaseId,
        /// When it ends.
        ends_at: TimeMs,
    },
    /// A lease is over.
    Closed {
        /// Which.
        lease: LeaseId,
        /// Why.
        cause: CloseCause,
        /// What the provider got in all.
        paid: Amount,
        /// What went back to the owner.
        refunded: Amount,
    },
    /// A result was committed to.
    Committed {
        /// Of which lease.
        lease: LeaseId,
    },
    /// All results are committed to, or the deadline came: they may be shown.
    Judging {
        /// Of which order.
        order: OrderId,
        /// Until when.
        until: TimeMs,
    },
    /// A result was shown.
    Shown {
        /// Of which lease.
        lease: LeaseId,
        /// Its hash.
        result: Digest,
    },
    /// A replicated order was judged.
    Judged {
        /// Which.
        order: OrderId,
        /// What most showed; none if no result has most.
        result: Option<Digest>,
    },
    /// A bond was lost.
    BondLost {
        /// Whose.
        provider: Address,
        /// On which order.
        order: OrderId,
        /// How much.
        bond: Amount,
        /// Why.
        cause: LossCause,
    },
}
