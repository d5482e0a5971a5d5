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

pub(super) fn write_model(state: &mut State<'_>, model: &Model) {
    state.write(model_key(model.id), model);
}
