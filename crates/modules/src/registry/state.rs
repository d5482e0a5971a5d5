//! Where the registry keeps things.

use lilliput_ledger::{State, StateReader, StoreError, read};
use lilliput_types::registry::{Model, RegisteredAttempt};
use lilliput_types::{BlobId, ModelId};

pub(super) const MODELS: &str = "registry/model/";

fn model_key(model: ModelId) -> String {
    format!("{MODELS}{model}")
}

pub(crate) fn model(state: &dyn StateReader, id: ModelId) -> Result<Option<Model>, StoreError> {
    read(state, &model_key(id))
}

fn successor_key(key: ModelId) -> String {
    format!("registry/successor/{key}")
}

/// The model to whose keys a successor was added.
pub(crate) fn succeeded(
    state: &dyn StateReader,
    key: ModelId,
) -> Result<Option<ModelId>, StoreError> {
    read(state, &successor_key(key))
}

pub(super) fn write_successor(state: &mut State<'_>, key: ModelId, model: ModelId) {
    state.write(successor_key(key), &model);
}

pub(super) fn write_model(state: &mut State<'_>, model: &Model) {
    state.write(model_key(model.id), model);
}

pub(super) fn attempts_of(model: ModelId) -> String {
    format!("registry/attempt/{model}/")
}

pub(super) fn attempt_place(number: u64) -> String {
    format!("{number:020}")
}

fn attempts_key(model: ModelId) -> String {
    format!("registry/attempts/{model}")
}

fn source_key(model: ModelId, source: BlobId) -> String {
    format!("registry/attempt_source/{model}/{source}")
}

/// How many evaluations of a model were registered.
pub(super) fn attempts(state: &dyn StateReader, model: ModelId) -> Result<u64, StoreError> {
    Ok(read(state, &attempts_key(model))?.unwrap_or(0))
}

/// The number under which a file was registered.
pub(super) fn attempt_of(
    state: &dyn StateReader,
    model: ModelId,
    source: BlobId,
) -> Result<Option<u64>, StoreError> {
    read(state, &source_key(model, source))
}

/// Writes the next attempt of its model.
pub(super) fn write_attempt(state: &mut State<'_>, registered: &RegisteredAttempt) {
    let (model, number) = (registered.attempt.model, registered.number);
    let key = format!("{}{}", attempts_of(model), attempt_place(number));
    state.write(key, registered);
    state.write(attempts_key(model), &number);
    state.write(source_key(model, registered.attempt.source), &number);
}
