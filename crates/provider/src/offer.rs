//! Registering, stake, offers: what the ledger must know before jobs come.

use lilliput_client::Sender;
use lilliput_types::provider::{Deposit, MakeOffer, ProviderMessage, Register};
use lilliput_types::{Message, Text};

use crate::config::{Config, Event};
use crate::error::ProviderError;

/// Registers, fills the stake up, and offers the models that are on the ledger. What stands there
/// already is left as it is.
pub(crate) fn prepare(
    sender: &Sender,
    config: &Config,
    tell: &dyn Fn(Event),
) -> Result<(), ProviderError> {
    let client = sender.client();
    let mut messages = Vec::new();
    let endpoint = Text::new(config.endpoint.clone())?;
    match client.provider(sender.address()) {
        Ok(provider) if provider.endpoint == endpoint => {}
        Ok(_) => messages.push(ProviderMessage::Register(Register { endpoint })),
        Err(error) if error.is_not_found() => {
            messages.push(ProviderMessage::Register(Register { endpoint }));
        }
        Err(error) => return Err(error.into()),
    }
    let stake = client.account(sender.address())?.stake;
    if let Ok(amount) = config.stake.minus(stake)
        && !amount.is_zero()
    {
        messages.push(ProviderMessage::Deposit(Deposit { amount }));
    }
    if !messages.is_empty() {
        let messages = messages.into_iter().map(Message::Provider).collect();
        sender.send(messages, Vec::new())?;
    }
    tell(Event::Ready);
    for model in &config.models {
        offer(sender, config, model.id(), tell)?;
    }
    Ok(())
}

fn offer(
    sender: &Sender,
    config: &Config,
    model: lilliput_types::ModelId,
    tell: &dyn Fn(Event),
) -> Result<(), ProviderError> {
    let client = sender.client();
    match client.model(model) {
        Ok(_) => {}
        Err(error) if error.is_not_found() => {
            tell(Event::NotPublished { model });
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    }
    let (me, price) = (sender.address(), config.price);
    let offers = client.offers(model)?.items;
    let stands = offers
        .iter()
        .any(|offer| offer.provider == me && offer.price == price);
    if !stands {
        let message = ProviderMessage::Offer(MakeOffer { model, price });
        sender.send(vec![Message::Provider(message)], Vec::new())?;
    }
    tell(Event::Offered { model });
    Ok(())
}
