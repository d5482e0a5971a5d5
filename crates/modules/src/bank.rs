//! Assets, balances, fees, revenue by segment.
//!
//! Owns every balance: other modules move money by calling [`transfer`] and [`pay`], never by
//! writing. Anyone may create an asset under their own address; its authority alone mints it.
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

/// Most decimals an asset may have.
pub const DECIMALS_MAX: u8 = 18;
