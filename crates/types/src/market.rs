//! The market: orders, bids, leases, escrow.
//!
//! | module | purpose |
//! |---|---|
//! | this one | messages, seals |
//! | `id` | deployments, orders, leases |
//! | `resources` | what is asked for; rates |
//! | `order` | terms of orders and bids, reasons of declines |
//! | `meter` | rate by time |
//! | `usage` | statements that providers sign |
//! | `record` | what the state holds |
//! | `event` | what changed |
//!
//! `specs/market.md` is normative.

mod event;
mod id;
mod meter;
mod order;
mod record;
mod resources;
mod usage;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label};
use serde::{Deserialize, Serialize};

use crate::{Address, Amount, ChainId, List};

pub use event::{CloseCause, LossCause, MarketEvent, OrderEnd};
pub use id::{DeploymentId, LeaseId, OrderId};
pub use meter::Meter;
pub use order::{
    BidTerms, Book, Choice, Dimension, GroupOrder, Latency, LeaseLevel, OfferLine, OrderTerms,
    Purchase, Reason,
};
pub use record::{
    Audit, Bid, BidState, Decline, Deployment, HourPrice, Lease, LeaseState, MarketProvider, Order,
    OrderState, Pool, SpotPart,
};
pub use resources::{Attribute, Attributes, HOUR_MS, Rate, ResourceNeed, UnitOrder, VolumeNeed};
pub use usage::{SignedUsage, UsageStatement};

/// The most orders of a deployment.
pub const ORDERS_MAX: u32 = 16;
/// The most units of an order.
pub const UNITS_MAX: u32 = 32;
/// The most volumes of a unit.
pub const VOLUMES_MAX: u32 = 20;
/// The most models of GPU that a unit takes.
pub const GPU_MODELS_MAX: u32 = 16;
/// The most attributes of an order, a provider or an audit.
pub const ATTRIBUTES_MAX: u32 = 64;
/// The most auditors in a list.
pub const AUDITORS_MAX: u32 = 16;
/// The most reasons of a decline.
pub const REASONS_MAX: u32 = 16;
/// The most leases of an order.
pub const LEASES_MAX: u32 = 16;

/// What an account may ask of the market.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketMessage {
    /// State one's attributes as a provider; replaces those stated before.
    Describe(Describe),
    /// Sign attributes of a provider as an auditor; replaces what one signed before.
    Audit(SignAttributes),
    /// Take the signature back.
    Revoke(Revoke),
    /// Open a pool for spot leases, or change its slots.
    Pool(SetPool),
    /// Say that one's leases run.
    Beat,
    /// Open a deployment with its orders and their deposits.
    Create(Create),
    /// Bid in the open, or replace such a bid.
    Bid(MakeBid),
    /// Bid sealed.
    Seal(SealBid),
    /// Show a sealed bid.
    Reveal(RevealBid),
    /// Take an open bid back.
    Retract(Retract),
    /// Say why one doesn't bid.
    Decline(SayNo),
    /// Choose among bids; the owner only.
    Award(Award),
    /// Close an order that isn't leased; the owner only.
    CloseOrder(CloseOrder),
    /// Close all that is left of a deployment; the owner only.
    CloseDeployment(CloseDeployment),
    /// Put more into a lease's escrow.
    TopUp(TopUp),
    /// Pay a lease's provider what it is owed by now.
    Settle(Settle),
    /// Change what a spot lease pays; the owner only.
    Rebid(Rebid),
    /// Give notice; the provider only.
    Reclaim(Reclaim),
    /// End a lease; owner or provider.
    Leave(Leave),
    /// Commit to a replicated result.
    Commit(CommitResult),
    /// Show a replicated result.
    Show(ShowResult),
    /// Two statements of usage that contradict each other.
    Evidence(Box<Evidence>),
}

macro_rules! message {
    ($(#[$doc:meta])* $type:ident { $($(#[$field_doc:meta])* $field:ident: $of:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $type {
            $($(#[$field_doc])* pub $field: $of,)+
        }
    };
}

message!(
    /// See [`MarketMessage::Describe`].
    Describe {
        /// All of them.
        attributes: Attributes,
    }
);
message!(
    /// See [`MarketMessage::Audit`].
    SignAttributes {
        /// Whose.
        provider: Address,
        /// Those that hold.
        attributes: Attributes,
    }
);
message!(
    /// See [`MarketMessage::Revoke`].
    Revoke {
        /// Whose attributes were signed.
        provider: Address,
    }
);
message!(
    /// See [`MarketMessage::Pool`].
    SetPool {
        /// Which of the provider's pools.
        pool: u16,
        /// How many leases run at once.
        slots: u16,
    }
);
message!(
    /// See [`MarketMessage::Create`].
    Create {
        /// Of the manifest that the providers chosen will be told.
        manifest: Digest,
        /// An order for each group.
        orders: List<PlaceOrder, ORDERS_MAX>,
    }
);
message!(
    /// An order with what is locked for it.
    PlaceOrder {
        /// What is asked.
        group: GroupOrder,
        /// How much.
        deposit: Amount,
    }
);
message!(
    /// See [`MarketMessage::Bid`].
    MakeBid {
        /// On which order.
        order: OrderId,
        /// What is offered.
        terms: BidTerms,
    }
);
message!(
    /// See [`MarketMessage::Seal`].
    SealBid {
        /// On which order.
        order: OrderId,
        /// What [`seal_bid`] gives.
        sealed: Digest,
    }
);
message!(
    /// See [`MarketMessage::Reveal`].
    RevealBid {
        /// On which order.
        order: OrderId,
        /// What was sealed.
        terms: BidTerms,
        /// What it was sealed with.
        salt: Digest,
    }
);
message!(
    /// See [`MarketMessage::Retract`].
    Retract {
        /// Of which order.
        order: OrderId,
    }
);
message!(
    /// See [`MarketMessage::Decline`].
    SayNo {
        /// Which order.
        order: OrderId,
        /// In which dimensions it doesn't fit.
        reasons: List<Reason, REASONS_MAX>,
    }
);
message!(
    /// See [`MarketMessage::Award`].
    Award {
        /// Which order.
        order: OrderId,
        /// Whose bids are taken.
        providers: List<Address, LEASES_MAX>,
    }
);
message!(
    /// See [`MarketMessage::CloseOrder`].
    CloseOrder {
        /// Which.
        order: OrderId,
    }
);
message!(
    /// See [`MarketMessage::CloseDeployment`].
    CloseDeployment {
        /// Which.
        deployment: DeploymentId,
    }
);
message!(
    /// See [`MarketMessage::TopUp`].
    TopUp {
        /// Which lease.
        lease: LeaseId,
        /// How much.
        amount: Amount,
    }
);
message!(
    /// See [`MarketMessage::Settle`].
    Settle {
        /// Which lease.
        lease: LeaseId,
    }
);
message!(
    /// See [`MarketMessage::Rebid`].
    Rebid {
        /// Which lease.
        lease: LeaseId,
        /// What it pays while it runs.
        bid: Rate,
    }
);
message!(
    /// See [`MarketMessage::Reclaim`].
    Reclaim {
        /// Which lease.
        lease: LeaseId,
    }
);
message!(
    /// See [`MarketMessage::Leave`].
    Leave {
        /// Which lease.
        lease: LeaseId,
    }
);
message!(
    /// See [`MarketMessage::Commit`].
    CommitResult {
        /// Which lease.
        lease: LeaseId,
        /// What [`seal_result`] gives.
        sealed: Digest,
    }
);
message!(
    /// See [`MarketMessage::Show`].
    ShowResult {
        /// Which lease.
        lease: LeaseId,
        /// The result's hash.
        result: Digest,
        /// What it was sealed with.
        salt: Digest,
    }
);
message!(
    /// See [`MarketMessage::Evidence`].
    Evidence {
        /// Which lease.
        lease: LeaseId,
        /// One statement,
        first: SignedUsage,
        /// and another.
        second: SignedUsage,
    }
);

/// The commitment to a bid. It opens for this order and provider alone.
#[must_use]
pub fn seal_bid(
    chain: ChainId,
    order: OrderId,
    provider: Address,
    terms: &BidTerms,
    salt: Digest,
) -> Digest {
    Digest::of_value(Label::SealedBid, &(chain, order, provider, terms, salt))
}

/// The commitment to a result. It opens for this lease and provider alone.
#[must_use]
pub fn seal_result(
    chain: ChainId,
    lease: LeaseId,
    provider: Address,
    result: Digest,
    salt: Digest,
) -> Digest {
    Digest::of_value(Label::SealedResult, &(chain, lease, provider, result, salt))
}
