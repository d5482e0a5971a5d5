//! Where the registry keeps things.

use lilliput_ledger::{State, StateReader, StoreError, read};
use lilliput_types::ModelId;
use lilliput_types::registry::Model;

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
