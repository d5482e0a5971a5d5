//! The economics of supplying compute: a miner's choice, the merit order, burn and mint. Formulas with their sources.

mod burn_and_mint;
mod merit_order;
mod mining;

#[cfg(test)]
mod tests;

pub use burn_and_mint::{Breaker, BurnAndMint, EmissionSchedule, tokens_for};
pub use merit_order::{Bid, Clearing, Dispatch, Supplier, SupplierKind, clear};
pub use mining::{Choice, GpuFleet, Hour, MineOrSell, Miner, hashprice, mine_or_sell};

use crate::error::ForecastError;

/// A finite number in a range, or an error that names it.
fn within(
    what: &'static str,
    expected: &'static str,
    range: std::ops::RangeInclusive<f64>,
    got: f64,
) -> Result<(), ForecastError> {
    if range.contains(&got) {
        Ok(())
    } else {
        Err(ForecastError::Range {
            what,
            expected,
            got,
        })
    }
}
