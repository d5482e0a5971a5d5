//! Serving a model no longer; jobs already accepted stand.

use lilliput_ledger::{Failure, State};
use lilliput_types::Address;
use lilliput_types::provider::{ProviderEvent, WithdrawOffer};

use crate::provider::state as keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &WithdrawOffer,
) -> Result<(), Failure> {
    if keys::offer(state, message.model, signer)?.is_none() {
        return refuse(
            "provider.no_offer",
            format!("{signer} doesn't offer model {}", message.model),
        );
    }
    keys::remove_offer(state, message.model, signer);
    state.emit(ProviderEvent::OfferWithdrawn {
        provider: signer,
        model: message.model,
    });
    Ok(())
}
