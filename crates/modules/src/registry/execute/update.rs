//! Changing a model's price or listing: its owner only. Orders already made keep their price.

use lilliput_ledger::{Failure, State};
use lilliput_types::Address;
use lilliput_types::registry::{RegistryEvent, Update};

use crate::refuse::refuse;
use crate::registry::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &Update,
) -> Result<(), Failure> {
    let Some(mut model) = keys::model(state, message.model)? else {
        return refuse(
            "registry.unknown_model",
            format!("there is no model {}", message.model),
        );
    };
    if model.owner != signer {
        return refuse(
            "registry.not_owner",
            format!("{signer} doesn't own model {}", message.model),
        );
    }
    model.price = message.price;
    model.listed = message.listed;
    keys::write_model(state, &model);
    state.emit(RegistryEvent::Updated {
        model: model.id,
        price: model.price,
        listed: model.listed,
    });
    Ok(())
}
