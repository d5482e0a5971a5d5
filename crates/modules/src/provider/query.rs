//! What anyone may ask about providers.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::provider::{Offer, Provider};
use lilliput_types::{Address, ModelId};

use super::state;

/// One provider.
///
/// # Errors
/// When the database fails.
pub fn provider(state: &dyn StateReader, address: Address) -> Result<Option<Provider>, StoreError> {
    state::provider(state, address)
}

/// At most `limit` providers, in the order of their addresses, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn providers(
    state: &dyn StateReader,
    after: Option<Address>,
    limit: usize,
) -> Result<Vec<Provider>, StoreError> {
    let after = after.map(|address| address.to_string()).unwrap_or_default();
    Scan::after(state, state::PROVIDERS, &after)
        .take(limit)
        .map(|entry| entry.map(|(_, provider)| provider))
        .collect()
}

/// A provider's offer for a model.
///
/// # Errors
/// When the database fails.
pub fn offer(
    state: &dyn StateReader,
    model: ModelId,
    provider: Address,
) -> Result<Option<Offer>, StoreError> {
    state::offer(state, model, provider)
}

/// At most `limit` offers for a model, in the order of their providers.
///
/// # Errors
/// When the database fails.
pub fn offers(
    state: &dyn StateReader,
    model: ModelId,
    limit: usize,
) -> Result<Vec<Offer>, StoreError> {
    Scan::new(state, &state::offers_of(model))
        .take(limit)
        .map(|entry| entry.map(|(_, offer)| offer))
        .collect()
}
