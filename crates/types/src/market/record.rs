//! What the state holds of the market.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{
    Attributes, BidTerms, CloseCause, DeploymentId, GroupOrder, LEASES_MAX, LeaseId, Meter,
    ORDERS_MAX, OfferLine, OrderEnd, OrderId, REASONS_MAX, Rate, Reason, UNITS_MAX,
};
use crate::{Address, Amount, AssetId, DurationMs, Height, List, TimeMs};

macro_rules! record {
    ($(#[$doc:meta])* $type:ident { $($(#[$field_doc:meta])* $field:ident: $of:ty,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $type {
            $($(#[$field_doc])* pub $field: $of,)+
        }
    };
}

record!(
    /// Orders that belong together.
    Deployment {
        /// Which.
        id: DeploymentId,
        /// Whose.
        owner: Address,
        /// Of the manifest that providers are told.
        manifest: Digest,
        /// Its orders.
        orders: List<OrderId, ORDERS_MAX>,
        /// Since when.
        created_at: TimeMs,
        /// In which block.
        height: Height,
    }
);
record!(
    /// An order.
    Order {
        /// Which.
        id: OrderId,
        /// Of which deployment.
        deployment: DeploymentId,
        /// Whose.
        owner: Address,
        /// What is asked.
        group: GroupOrder,
        /// What is locked, until it is leased or closed.
        deposit: Amount,
        /// In which asset.
        asset: AssetId,
        /// Where it stands.
        state: OrderState,
        /// When the next thing happens by itself.
        due: Option<TimeMs>,
        /// How many bids there are,
        bids: u32,
        /// and how many declines.
        declines: u32,
        /// Its leases.
        leases: List<LeaseId, LEASES_MAX>,
        /// How many of them aren't closed.
        leases_open: u32,
        /// What a replicated order came to.
        result: Option<Digest>,
        /// Since when.
        created_at: TimeMs,
        /// When its leases end, if it says so.
        deadline: Option<TimeMs>,
    }
);

/// Where an order stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Bids come in, until some time.
    Bidding {
        /// Until when.
        until: TimeMs,
    },
    /// Sealed bids are shown.
    Revealing {
        /// Until when.
        until: TimeMs,
    },
    /// The owner may choose.
    Choosing {
        /// Until when.
        until: TimeMs,
    },
    /// Leases exist.
    Leased,
    /// Replicated results are shown.
    Judging {
        /// Until when.
        until: TimeMs,
    },
    /// Over.
    Closed {
        /// How.
        end: OrderEnd,
    },
}

record!(
    /// A bid.
    Bid {
        /// On which order.
        order: OrderId,
        /// Whose.
        provider: Address,
        /// What it locked.
        bond: Amount,
        /// The commitment, of a sealed one.
        sealed: Option<Digest>,
        /// What is offered, once known.
        terms: Option<BidTerms>,
        /// Where it stands.
        state: BidState,
        /// When it came.
        at: TimeMs,
    }
);

/// Where a bid stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum BidState {
    /// It may be chosen; its bond is locked.
    Live,
    /// It was chosen; the bond is the lease's.
    Won,
    /// It wasn't; the bond went back.
    Lost,
    /// It wasn't shown, or broke a rule; the bond is lost.
    Void,
}

record!(
    /// Why a provider didn't bid.
    Decline {
        /// Which order.
        order: OrderId,
        /// Who.
        provider: Address,
        /// Why.
        reasons: List<Reason, REASONS_MAX>,
        /// When.
        at: TimeMs,
    }
);

record!(
    /// A provider as the market knows it.
    MarketProvider {
        /// Who.
        address: Address,
        /// What it says of itself.
        attributes: Attributes,
        /// How many leases it serves.
        leases: u32,
        /// When it was last heard of.
        heard_at: TimeMs,
        /// How long it was heard of in all, in milliseconds: what meters run by.
        clock: u64,
        /// Whether it hasn't been heard of for too long.
        lost: bool,
        /// When it will be lost, unless it is heard of.
        due: Option<TimeMs>,
        /// How often it was lost.
        losses: u32,
        /// Leases that ended without its fault.
        leases_ended: u64,
        /// Bonds lost.
        bonds_lost: u32,
    }
);

record!(
    /// An auditor's signature under attributes.
    Audit {
        /// Whose attributes.
        provider: Address,
        /// Whose signature.
        auditor: Address,
        /// Which.
        attributes: Attributes,
        /// When.
        at: TimeMs,
    }
);

record!(
    /// A provider's room for spot leases.
    Pool {
        /// Whose.
        provider: Address,
        /// Which.
        pool: u16,
        /// How many run at once.
        slots: u16,
        /// How many run,
        running: u32,
        /// and how many wait.
        waiting: u32,
    }
);

/// What a lease has to do with spot.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SpotPart {
    /// In which pool.
    pub pool: u16,
    /// What it pays while it runs.
    pub bid: Rate,
    /// Below what it can't bid.
    pub ask: Rate,
    /// What it pays while it waits.
    pub waiting_rate: Rate,
    /// Whether it runs.
    pub running: bool,
}

/// Where a lease stands. Whether its provider is lost stands in the provider's record.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// Its time hasn't come.
    Reserved {
        /// When it does.
        from: TimeMs,
    },
    /// It runs, or waits in its pool.
    Active,
    /// The escrow is dry.
    Paused {
        /// When it is closed, unless it is filled.
        until: TimeMs,
    },
    /// Over.
    Closed {
        /// Why.
        cause: CloseCause,
        /// When.
        at: TimeMs,
    },
}

record!(
    /// A lease.
    Lease {
        /// Which.
        id: LeaseId,
        /// Of which deployment,
        deployment: DeploymentId,
        /// and order.
        order: OrderId,
        /// Who pays.
        owner: Address,
        /// Who serves.
        provider: Address,
        /// What it serves.
        lines: List<OfferLine, UNITS_MAX>,
        /// Of what money is.
        asset: AssetId,
        /// What it costs, if it isn't spot.
        rate: Rate,
        /// What runs up.
        meter: Meter,
        /// What is left in escrow.
        escrow: Amount,
        /// What was put in,
        funded: Amount,
        /// what the provider got,
        paid: Amount,
        /// and what went back.
        refunded: Amount,
        /// What the provider loses when it breaks a rule.
        bond: Amount,
        /// Where it stands.
        state: LeaseState,
        /// What it has to do with spot.
        spot: Option<SpotPart>,
        /// Whether it is paid to its end.
        reserved: bool,
        /// The notice granted.
        notice_ms: DurationMs,
        /// Whether notice was given.
        noticed: bool,
        /// When it ends by itself.
        ends_at: Option<TimeMs>,
        /// Whether it was said that the escrow is low.
        low_told: bool,
        /// When it is next looked at.
        due: Option<TimeMs>,
        /// A sealed result.
        sealed: Option<Digest>,
        /// A shown result.
        result: Option<Digest>,
        /// Since when.
        opened_at: TimeMs,
    }
);

record!(
    /// What a class cost in an hour.
    HourPrice {
        /// Which hour since 1970, in network time.
        hour: u64,
        /// The first rate, per thing and hour,
        first: Rate,
        /// the highest,
        highest: Rate,
        /// the lowest,
        lowest: Rate,
        /// and the last.
        last: Rate,
        /// How many trades.
        trades: u32,
        /// Of how many things in all, in thousandths.
        volume_milli: u64,
        /// At what rate in all.
        turnover: u128,
    }
);

impl Order {
    /// Whether bids may be made, shown or chosen.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(
            self.state,
            OrderState::Bidding { .. } | OrderState::Revealing { .. } | OrderState::Choosing { .. }
        )
    }
}

impl MarketProvider {
    /// One that wasn't heard of yet.
    #[must_use]
    pub fn new(address: Address, now: TimeMs) -> Self {
        Self {
            address,
            attributes: List::default(),
            leases: 0,
            heard_at: now,
            clock: 0,
            lost: false,
            due: None,
            losses: 0,
            leases_ended: 0,
            bonds_lost: 0,
        }
    }

    /// The clock if the provider is heard of until now: what ends or pauses a lease counts by it.
    #[must_use]
    pub fn clock_now(&self, now: TimeMs, grace_ms: u64) -> u64 {
        self.clock_at(now, now, grace_ms)
    }

    /// What [`Self::clock_now`] was at a moment before now that no message fell into.
    #[must_use]
    pub fn clock_at(&self, moment: TimeMs, now: TimeMs, grace_ms: u64) -> u64 {
        let since = now.0.saturating_sub(self.heard_at.0);
        let counted = if self.lost { 0 } else { since.min(grace_ms) };
        let reached = self.heard_at.0.saturating_add(counted);
        let clock = self.clock.saturating_add(counted);
        clock.saturating_sub(reached.saturating_sub(moment.0))
    }

    /// What it says under a key.
    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        let found = attributes.find(|attribute| attribute.key.as_str() == key);
        found.map(|attribute| attribute.value.as_str())
    }
}

impl Lease {
    /// Whether it is over.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, LeaseState::Closed { .. })
    }

    /// What it costs now: nothing before its time or while paused.
    #[must_use]
    pub fn rate_now(&self) -> Rate {
        match (self.state, self.spot) {
            (LeaseState::Active, None) => self.rate,
            (LeaseState::Active, Some(spot)) if spot.running => spot.bid,
            (LeaseState::Active, Some(spot)) => spot.waiting_rate,
            (
                LeaseState::Reserved { .. } | LeaseState::Paused { .. } | LeaseState::Closed { .. },
                _,
            ) => Rate(0),
        }
    }
}

impl HourPrice {
    /// The mean rate of one thing, by volume.
    #[must_use]
    pub fn mean(&self) -> Rate {
        let mean = self
            .turnover
            .saturating_mul(1_000)
            .checked_div(u128::from(self.volume_milli));
        Rate(mean.and_then(|mean| u64::try_from(mean).ok()).unwrap_or(0))
    }
}
