//! What a buyer says about an order, and a provider about its bid.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::{AUDITORS_MAX, Attributes, Rate, UNITS_MAX, UnitOrder};
use crate::{Address, Amount, DurationMs, List, Text};

/// What is bought.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Purchase {
    /// From now until someone leaves.
    OnDemand,
    /// While the bid is among a pool's highest.
    Spot {
        /// What the buyer pays for the whole group while it runs.
        bid: Rate,
    },
    /// From one moment to another.
    Reserved {
        /// In how long it begins.
        in_ms: DurationMs,
        /// For how long.
        for_ms: DurationMs,
    },
}

/// How bids come in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Book {
    /// Everyone sees them.
    Open {
        /// For how long.
        for_ms: DurationMs,
    },
    /// Nobody sees them until bidding is over.
    Sealed {
        /// For how long.
        for_ms: DurationMs,
        /// How long they may then be revealed.
        reveal_ms: DurationMs,
    },
}

/// Who chooses among bids.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// The ledger takes the cheapest when bidding is over.
    Cheapest,
    /// The owner, until some time after bidding is over.
    Manual {
        /// How long after.
        for_ms: DurationMs,
    },
}

/// How results are checked.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum LeaseLevel {
    /// The provider's word.
    Trusted,
    /// Several providers, equal results.
    Replicated {
        /// How many.
        replicas: u8,
    },
}

/// The most milliseconds to a place.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// Where to.
    pub to: Text<64>,
    /// How many.
    pub max_ms: u32,
}

/// How an order is bought; never changes, but for a spot bid.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderTerms {
    /// What is bought.
    pub purchase: Purchase,
    /// How bids come in.
    pub book: Book,
    /// Who chooses among them.
    pub choice: Choice,
    /// Whether several providers may share the group.
    pub split: bool,
    /// How results are checked.
    pub level: LeaseLevel,
    /// When leases end, from the order on.
    pub deadline_ms: Option<DurationMs>,
    /// The least notice before a provider takes its machines back.
    pub notice_ms: DurationMs,
    /// The most milliseconds to a place.
    pub latency: Option<Latency>,
    /// What each bid locks.
    pub bond: Amount,
}

/// A group to be placed: what an SDL file says of one placement.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupOrder {
    /// For people.
    pub name: Text<64>,
    /// What a provider must have.
    pub attributes: Attributes,
    /// All of these must have signed it.
    pub signed_by_all: List<Address, AUDITORS_MAX>,
    /// One of these must have signed it.
    pub signed_by_any: List<Address, AUDITORS_MAX>,
    /// What it must run.
    pub units: List<UnitOrder, UNITS_MAX>,
    /// How it is bought.
    pub terms: OrderTerms,
}

impl GroupOrder {
    /// What the whole group may cost, once; none if that doesn't fit.
    #[must_use]
    pub fn ceiling(&self) -> Option<Rate> {
        let units = self.units.iter();
        units
            .map(|unit| unit.rate_max.times(unit.count))
            .try_fold(Rate(0), |sum, rate| sum.plus(rate?))
    }

    /// On how many providers the whole group runs.
    #[must_use]
    pub fn copies(&self) -> u32 {
        match self.terms.level {
            LeaseLevel::Trusted => 1,
            LeaseLevel::Replicated { replicas } => u32::from(replicas),
        }
    }

    /// What the deposit must cover at least, if `least_ms` of running must be paid for; none if that
    /// doesn't fit.
    #[must_use]
    pub fn deposit_min(&self, least_ms: u64) -> Option<Amount> {
        let (rate, span_ms) = match self.terms.purchase {
            Purchase::Spot { bid } => (bid, least_ms),
            Purchase::OnDemand => (self.ceiling()?, least_ms),
            Purchase::Reserved { for_ms, .. } => (self.ceiling()?, for_ms.0),
        };
        Some(rate.times(self.copies())?.for_ms(span_ms))
    }
}

/// What a bid offers of one unit.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfferLine {
    /// Which unit, from 0.
    pub unit: u16,
    /// How many replicas at most.
    pub count: u32,
    /// What one costs.
    pub rate: Rate,
    /// The GPU that one would get.
    pub gpu: Option<Text<96>>,
}

/// What a provider offers.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BidTerms {
    /// By unit, each at most once.
    pub offers: List<OfferLine, UNITS_MAX>,
    /// The notice that it grants.
    pub notice_ms: DurationMs,
    /// The pool that a spot lease would run in.
    pub pool: Option<u16>,
    /// What a spot lease costs while it waits.
    pub waiting_rate: Rate,
}

impl BidTerms {
    /// What all that is offered would cost; none if that doesn't fit.
    #[must_use]
    pub fn total(&self) -> Option<Rate> {
        let lines = self.offers.iter();
        lines
            .map(|line| line.rate.times(line.count))
            .try_fold(Rate(0), |sum, rate| sum.plus(rate?))
    }
}

/// What a bid falls short in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Cores, in all or on one machine.
    Cpu,
    /// The processor's architecture.
    Arch,
    /// Memory.
    Memory,
    /// Disk.
    Storage,
    /// A class of storage.
    StorageClass,
    /// How many GPUs.
    Gpu,
    /// Which GPU.
    GpuModel,
    /// Ports or addresses.
    Endpoints,
    /// What the buyer would pay.
    Price,
    /// An attribute.
    Attribute,
    /// An auditor's signature.
    Audit,
    /// Milliseconds to a place.
    Latency,
    /// The notice demanded.
    Notice,
    /// The level of verification.
    Level,
    /// When it begins or how long it lasts.
    Time,
    /// No machine has room for a replica, though all together would.
    Packing,
    /// Anything else.
    Other,
}

/// Why a provider doesn't bid, in one dimension.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// In what.
    pub dimension: Dimension,
    /// Which unit, from 0; none is the group.
    pub unit: Option<u16>,
    /// What the order wants.
    pub wanted: Text<128>,
    /// What the provider has.
    pub has: Text<128>,
}
