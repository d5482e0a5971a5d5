//! What a request costs, how it is paid for, and that it is paid for once.
//!
//! | module | purpose |
//! |---|---|
//! | `price` | prices in millionths of a currency, and their header form |
//! | `x402` | the wire types of x402 version 2 |
//! | `offer` | offers: prices that the gate recognises later without remembering them |
//! | `rail` | a way to pay: its terms, and who settles it |
//! | `evm` | EIP-3009 authorisations of EVM networks, checked here |
//! | `facilitator` | who settles them, and what is believed of it |
//! | `evidence` | what an EVM network itself says about an authorisation |
//! | `ledger` | payments of our own ledger |
//! | `record`, `store` | what became of each payment, durably |
//! | `booth` | all of it together: the 402 answer, and one payment for one request |
//! | `crawler` | prepaid balances of signed bots, and the crawler-price headers |
//! | `receipt` | signed receipts |
//!
//! Invariants: a payment buys one request, and only the one that its offer named. It is on disk before it is
//! settled, and its outcome before anything is served. What can't be known is `unknown`: not served, not
//! charged again, and asked about until it is known.

mod booth;
mod crawler;
mod evidence;
mod evm;
mod facilitator;
mod ledger;
mod offer;
mod price;
mod rail;
mod receipt;
mod record;
mod store;
mod x402;

pub use booth::{Answer, Booth, BoothConfig, Charge, Granted, Refused, Required};
pub use crawler::{CrawlerAnswer, CrawlerError};
pub use evm::{EvmAddress, EvmToken, Transfer};
pub use facilitator::{EvmRail, Facilitator};
pub use ledger::{LedgerRail, toll_payload};
pub use offer::{OfferKey, OfferToken};
pub use price::{Currency, Price};
pub use rail::{Claim, NotTaken, Payment, Rail, Settle, Terms, Verdict};
pub use receipt::{Receipt, ReceiptKey};
pub use record::{PaymentId, Record, RecordState};
pub use store::StoreError;
pub use x402::{
    PAYMENT_REQUIRED, PAYMENT_RESPONSE, PAYMENT_SIGNATURE, PaymentPayload, PaymentRequired,
    Requirements, Resource, Settlement,
};
