//! Where providers and offers are kept.

use lilliput_ledger::{State, StateReader, StoreError, read};
use lilliput_types::provider::{Offer, Provider};
use lilliput_types::{Address, ModelId};

pub(super) const PROVIDERS: &str = "provider/record/";

fn provider_key(provider: Address) -> String {
    format!("{PROVIDERS}{provider}")
}

pub(super) fn offers_of(model: ModelId) -> String {
    format!("provider/offer/{model}/")
}

fn offer_key(model: ModelId, provider: Address) -> String {
    format!("provider/offer/{model}/{provider}")
}

pub(crate) fn provider(
    state: &dyn StateReader,
    address: Address,
) -> Result<Option<Provider>, StoreError> {
    read(state, &provider_key(address))
}

pub(crate) fn write_provider(state: &mut State<'_>, provider: &Provider) {
    state.write(provider_key(provider.address), provider);
}

pub(crate) fn offer(
    state: &dyn StateReader,
    model: ModelId,
    provider: Address,
) -> Result<Option<Offer>, StoreError> {
    read(state, &offer_key(model, provider))
}

pub(super) fn write_offer(state: &mut State<'_>, offer: &Offer) {
    state.write(offer_key(offer.model, offer.provider), offer);
}

pub(super) fn remove_offer(state: &mut State<'_>, model: ModelId, provider: Address) {
    state.remove(offer_key(model, provider));
}
