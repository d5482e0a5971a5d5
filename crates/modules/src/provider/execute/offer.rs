//! Serving a model at a price, or changing the price.

use lilliput_ledger::{Failure, State};
use lilliput_types::Address;
use lilliput_types::provider::{MakeOffer, Offer, ProviderEvent};

use crate::provider::state as keys;
use crate::refuse::refuse;
use crate::registry;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &MakeOffer,
) -> Result<(), Failure> {
    super::registered(state, signer)?;
    if registry::state::model(state, message.model)?.is_none() {
        return refuse(
            "registry.unknown_model",
            format!("there is no model {}", message.model),
        );
    }
    let offer = Offer {
        provider: signer,
        model: message.model,
        price: message.price,
    };
    keys::write_offer(state, &offer);
    state.emit(ProviderEvent::Offered {
        provider: offer.provider,
        model: offer.model,
        price: offer.price,
    });
    Ok(())
}
