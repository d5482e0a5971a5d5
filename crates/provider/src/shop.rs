//! Registration, stake and offers: what the ledger has to know before there are jobs.

use std::collections::BTreeMap;
use std::time::Duration;

use lilliput_client::Sender;
use lilliput_crypto::Digest;
use lilliput_prover::{ProvingKey, setup};
use lilliput_types::provider::{Deposit, MakeOffer, ProviderMessage, Register};
use lilliput_types::{Message, ModelId, Text};

use crate::config::Config;
use crate::error::ProviderError;

/// A model that is being served.
pub(crate) struct Served {
    pub(crate) name: String,
    pub(crate) key: ProvingKey,
    /// How long its last run and proof took.
    pub(crate) last: Option<Duration>,
}

/// Sets up every model, then registers, deposits and offers what the ledger doesn't have yet.
pub(crate) fn open(
    config: &Config,
    sender: &Sender,
) -> Result<BTreeMap<ModelId, Served>, ProviderError> {
    if config.models.is_empty() {
        return Err(ProviderError::NoModels);
    }
    let mut served = BTreeMap::new();
    for model in &config.models {
        let name = model.name.clone();
        let (key, verifying) =
            setup(&model.graph, model.weights.clone()).map_err(|source| ProviderError::Setup {
                name: name.clone(),
                source,
            })?;
        let id = ModelId(Digest(verifying.model_id().0));
        if let Err(error) = sender.client().model(id) {
            return Err(match error.is_not_found() {
                true => ProviderError::Unpublished { model: id, name },
                false => error.into(),
            });
        }
        let last = None;
        served.insert(id, Served { name, key, last });
    }
    let messages = missing(config, sender, served.keys().copied())?;
    // One message a transaction: their number is bounded there, the number of models isn't.
    for message in messages {
        sender.send(vec![Message::Provider(message)], Vec::new())?;
    }
    Ok(served)
}

/// What the ledger doesn't have yet.
fn missing(
    config: &Config,
    sender: &Sender,
    models: impl Iterator<Item = ModelId>,
) -> Result<Vec<ProviderMessage>, ProviderError> {
    let (client, address) = (sender.client(), sender.address());
    let mut messages = Vec::new();
    let endpoint = Text::new(config.endpoint.clone())?;
    let known = match client.provider(address) {
        Ok(provider) => Some(provider),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(error.into()),
    };
    if known.is_none_or(|provider| provider.endpoint != endpoint) {
        messages.push(ProviderMessage::Register(Register { endpoint }));
    }
    let stake = client.account(address)?.stake;
    if stake < config.stake {
        let amount = config.stake.minus(stake)?;
        messages.push(ProviderMessage::Deposit(Deposit { amount }));
    }
    for model in models {
        let offers = client.offers(model)?.items;
        let offered = offers.iter().find(|offer| offer.provider == address);
        if offered.is_none_or(|offer| offer.price != config.price) {
            let price = config.price;
            messages.push(ProviderMessage::Offer(MakeOffer { model, price }));
        }
    }
    Ok(messages)
}
