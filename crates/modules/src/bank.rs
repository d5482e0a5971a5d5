//! Assets, balances, fees, revenue by segment.
//!
//! Owns every balance: other modules move money by calling [`transfer`] and [`pay`], never by
//! writing. Anyone may create an asset under their own address; its authority alone mints it.
//!
//! Invariant: a payee takes a toll's nonce once for as long as a toll with that nonce could be paid.
//!
//! Invariant: for each asset, the balances of all holders sum to its supply, which is at most its
//! `supply_max`.

mod execute;
pub mod invariants;
pub mod query;
pub(crate) mod state;
mod transfer;

pub(crate) use execute::{check, execute};
pub(crate) use transfer::{issue, pay, transfer, withdraw_supply};

/// For how long a toll may be payable, and so how long a paid one is remembered: a day.
pub const TOLL_LIFETIME_MAX_MS: u64 = 24 * 3600 * 1000;
/// Most decimals an asset may have.
pub const DECIMALS_MAX: u8 = 18;
