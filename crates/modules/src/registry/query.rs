//! What anyone may ask about models.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::ModelId;
use lilliput_types::registry::{Model, RegisteredAttempt};

use super::state;

/// One model, by its own id or by that of a key that was added to it.
///
/// # Errors
/// When the database fails.
pub fn model(state: &dyn StateReader, id: ModelId) -> Result<Option<Model>, StoreError> {
    match state::succeeded(state, id)? {
        Some(registered) => state::model(state, registered),
        None => state::model(state, id),
    }
}

/// At most `limit` models, in the order of their ids, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn models(
    state: &dyn StateReader,
    after: Option<ModelId>,
    limit: usize,
) -> Result<Vec<Model>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    Scan::after(state, state::MODELS, &after)
        .take(limit)
        .map(|entry| entry.map(|(_, model)| model))
        .collect()
}

/// At most `limit` evaluations of a model, in the order in which they were registered, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn attempts(
    reader: &dyn StateReader,
    model: ModelId,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<RegisteredAttempt>, StoreError> {
    let after = after.map(state::attempt_place).unwrap_or_default();
    Scan::after(reader, &state::attempts_of(model), &after)
        .take(limit)
        .map(|entry| entry.map(|(_, attempt)| attempt))
        .collect()
}
