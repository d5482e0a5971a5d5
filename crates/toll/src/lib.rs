//! Who a bot is and what it pays. A gate asks this crate two things of a request: which bot signed it, and
//! whether it was paid for; and it makes the one answer that says how to pay.
//!
//! | module | purpose |
//! |---|---|
//! | [`bot`] | signed requests: Web Bot Auth |
//! | [`payment`] | the 402 answer, payments settled once, receipts, prepaid balances |
//!
//! It listens on nothing and knows no async runtime: what blocks says so, and its caller runs it where
//! blocking is allowed. Time comes from the caller, in seconds since 1970.

pub mod bot;
mod error;
pub mod payment;

pub use error::TollError;
