//! Deals, for whoever asks.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::storage::{Deal, DealId};

use super::state;

/// A deal.
///
/// # Errors
/// When the database fails.
pub fn deal(reader: &dyn StateReader, id: DealId) -> Result<Option<Deal>, StoreError> {
    state::deal(reader, id)
}

/// Deals after one, in order, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn deals(
    reader: &dyn StateReader,
    after: Option<DealId>,
    limit: usize,
) -> Result<Vec<Deal>, StoreError> {
    let after = after.map(|id| format!("{:020}", id.0)).unwrap_or_default();
    Scan::after(reader, state::DEALS, &after)
        .take(limit)
        .map(|entry| entry.map(|(_, deal)| deal))
        .collect()
}
