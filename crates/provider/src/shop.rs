//! Registration, stake and offers: what the ledger has to know before there are jobs.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use lilliput_client::Sender;
use lilliput_crypto::Digest;
use lilliput_graph::Checked;
use lilliput_prover::ProvingKey;
use lilliput_types::provider::{Deposit, MakeOffer, ProviderMessage, Register};
use lilliput_types::{Message, ModelId, Text};

use crate::config::Config;
use crate::error::ProviderError;
use crate::model_file::{ModelFile, ModelFileError};

/// A model that is being served.
pub(crate) struct Served {
    pub(crate) name: String,
    /// The keys at hand, the newest first; at least one.
    copies: Vec<Copy>,
    /// How long its last run and proof took.
    pub(crate) last: Option<Duration>,
}

/// A key of a model, and the file that counts its openings.
pub(crate) struct Copy {
    pub(crate) id: ModelId,
    pub(crate) key: ProvingKey,
    file: ModelFile,
    /// Its place among the model's keys.
    age: usize,
}

impl Served {
    /// What the model looks like to a verifier; the same under all its keys.
    pub(crate) fn checked(&self) -> &Checked {
        self.copies[0].key.verifying_key().checked()
    }

    /// Whether a proof can be made without showing the weights.
    pub(crate) fn can_prove(&self) -> Result<(), ModelFileError> {
        let mut refused = Ok(());
        for copy in &self.copies {
            match copy.file.openings_left() {
                Ok(Some(left)) if left.is_empty() => {
                    refused = Err(copy.file.used_up());
                }
                Ok(_) => return Ok(()),
                Err(error) => refused = Err(error),
            }
        }
        refused
    }

    /// The newest key that has an opening left, and the opening's number.
    pub(crate) fn opening(&self) -> Result<(&Copy, u32), ModelFileError> {
        let mut refused = None;
        for copy in &self.copies {
            match copy.file.take_opening() {
                Ok(number) => return Ok((copy, number)),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.unwrap_or_else(|| self.copies[0].file.used_up()))
    }
}

/// Puts the keys of every model together, then registers, deposits and offers what the ledger doesn't have yet.
pub(crate) fn open(
    config: &Config,
    sender: &Sender,
) -> Result<BTreeMap<ModelId, Served>, ProviderError> {
    if config.models.is_empty() {
        return Err(ProviderError::NoModels);
    }
    let mut served: BTreeMap<ModelId, Served> = BTreeMap::new();
    for file in &config.models {
        let key = file.proving_key()?;
        let id = ModelId(Digest(key.verifying_key().model_id().0));
        // By a successor's id the ledger gives the model that it belongs to.
        let model = sender.client().model(id).map_err(|error| {
            let name = file.model.name.clone();
            match error.is_not_found() {
                true => ProviderError::Unpublished { model: id, name },
                false => error.into(),
            }
        })?;
        let successors = model.successors.iter();
        let age = successors.map(|key| key.id).position(|key| key == id);
        let entry = served.entry(model.id).or_insert_with(|| Served {
            name: file.model.name.clone(),
            copies: Vec::new(),
            last: None,
        });
        entry.copies.push(Copy {
            id,
            key,
            file: file.clone(),
            age: age.map_or(0, |place| place + 1),
        });
    }
    for model in served.values_mut() {
        model.copies.sort_by_key(|copy| Reverse(copy.age));
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
