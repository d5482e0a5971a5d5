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
    let all = Scan::<Deal>::new(reader, state::DEALS);
    let deals = all.map(|entry| entry.map(|(_, deal)| deal));
    let wanted = deals.filter(|deal| {
        deal.as_ref().map_or(true, |deal| after.is_none_or(|after| deal.id > after))
    });
    wanted.take(limit).collect()
}
