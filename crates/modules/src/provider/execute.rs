//! The providers' messages.

mod deposit;
mod offer;
mod register;
mod withdraw;
mod withdraw_offer;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::provider::{Provider, ProviderMessage};
use lilliput_types::{Address, Amount};

use super::state as keys;
use crate::refuse::{refusal, refuse};

/// What needs no state.
pub(crate) fn check(message: &ProviderMessage) -> Result<(), Refusal> {
    match message {
        ProviderMessage::Register(message) => register::check(message),
        ProviderMessage::Deposit(message) => some(message.amount),
        ProviderMessage::Withdraw(message) => some(message.amount),
        ProviderMessage::Offer(_) | ProviderMessage::WithdrawOffer(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &ProviderMessage,
) -> Result<(), Failure> {
    let signer = context.signer;
    match message {
        ProviderMessage::Register(message) => register::execute(state, context, message),
        ProviderMessage::Deposit(message) => deposit::execute(state, signer, message),
        ProviderMessage::Withdraw(message) => withdraw::execute(state, signer, message),
        ProviderMessage::Offer(message) => offer::execute(state, signer, message),
        ProviderMessage::WithdrawOffer(message) => withdraw_offer::execute(state, signer, message),
    }
}

fn some(amount: Amount) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Err(refusal("provider.zero_amount", "the amount is zero"));
    }
    Ok(())
}

/// The record of a signer who must be registered.
fn registered(state: &State<'_>, signer: Address) -> Result<Provider, Failure> {
    match keys::provider(state, signer)? {
        Some(provider) => Ok(provider),
        None => refuse(
            "provider.not_registered",
            format!("{signer} is not registered as a provider"),
        ),
    }
}
