//! A way to pay: its terms, and who settles it.

use std::fmt::Debug;

use serde_json::{Map, Value};

use crate::payment::record::PaymentId;
use crate::payment::x402::{PaymentPayload, Requirements};

/// The terms of a way to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The network, by CAIP-2.
    pub network: String,
    /// The asset.
    pub asset: String,
    /// Whom to pay.
    pub pay_to: String,
    /// The asset's smallest units in one of the gate's currency.
    pub units_per_currency: u128,
    /// What the scheme needs besides.
    pub extra: Map<String, Value>,
}

/// A way to pay.
#[derive(Debug)]
pub struct Rail {
    /// Its terms.
    pub terms: Terms,
    /// Who settles it.
    pub settle: Box<dyn Settle>,
}

/// What a payment claims to be, checked as far as it can be checked here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its name: whatever can be charged only once has one name.
    pub id: PaymentId,
    /// Who pays.
    pub payer: String,
    /// The first second in which it can be settled.
    pub valid_from: u64,
    /// The last second in which it can be settled.
    pub valid_until: u64,
}

/// A payment on its way.
#[derive(Clone, Copy, Debug)]
pub struct Payment<'a> {
    /// What it claims.
    pub claim: &'a Claim,
    /// What it was offered for, as we offered it.
    pub requirements: &'a Requirements,
    /// As the client sent it.
    pub payload: &'a PaymentPayload,
    /// What the network's clock said before it was settled: a block.
    pub mark: u64,
}

/// What is known about a payment's settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The money has moved, in this transaction.
    Paid {
        /// Its name on its network.
        transaction: String,
    },
    /// It hasn't, and this payment never will move it.
    NotPaid {
        /// Why.
        reason: String,
    },
    /// It can't be known now.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// Why a payment isn't taken; nothing was reserved or charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It isn't a payment of these terms.
    Refused(String),
    /// Who would settle it is away.
    Unavailable(String),
}

/// Who settles payments of one way to pay. All but `check` may block, for a bounded time.
pub trait Settle: Debug + Send + Sync {
    /// Checks a payment by itself: its form, its signature, and that it pays just what is required. Not its
    /// time.
    ///
    /// # Errors
    /// What is wrong, for people.
    fn check(&self, requirements: &Requirements, payload: &Value) -> Result<Claim, String>;

    /// Asks whether it would be settled, before anything is reserved; answers with the network's mark.
    ///
    /// # Errors
    /// When it wouldn't, or that can't be asked.
    fn confirm(&self, payment: &Payment<'_>) -> Result<u64, NotTaken>;

    /// Settles it. Doing so again must not charge again.
    fn settle(&self, payment: &Payment<'_>, now: u64) -> Verdict;

    /// Finds out what became of it.
    fn look_up(&self, payment: &Payment<'_>, now: u64) -> Verdict;
}
