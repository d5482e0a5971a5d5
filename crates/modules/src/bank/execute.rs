//! The bank's messages.

mod burn;
mod create_asset;
mod mint;
mod set_authority;
mod toll;
mod transfer;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::bank::{Asset, BankMessage};
use lilliput_types::{Address, Amount, AssetId};

use crate::refuse::{refusal, refuse};

/// What needs no state.
pub(crate) fn check(message: &BankMessage) -> Result<(), Refusal> {
    match message {
        BankMessage::CreateAsset(message) => create_asset::check(message),
        BankMessage::Mint(message) => some(message.amount),
        BankMessage::Burn(message) => some(message.amount),
        BankMessage::Transfer(message) => some(message.amount),
        BankMessage::SetAuthority(_) => Ok(()),
        BankMessage::Toll(message) => some(message.amount),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &BankMessage,
) -> Result<(), Failure> {
    let signer = context.signer;
    match message {
        BankMessage::CreateAsset(message) => create_asset::execute(state, signer, message),
        BankMessage::Mint(message) => mint::execute(state, signer, message),
        BankMessage::Burn(message) => burn::execute(state, signer, message),
        BankMessage::Transfer(message) => transfer::execute(state, signer, message),
        BankMessage::SetAuthority(message) => set_authority::execute(state, signer, message),
        BankMessage::Toll(message) => toll::execute(state, context, message),
    }
}

fn some(amount: Amount) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Err(refusal("bank.zero_amount", "the amount is zero"));
    }
    Ok(())
}

/// The record of an asset whose authority the signer is.
fn with_authority(state: &State<'_>, signer: Address, asset: AssetId) -> Result<Asset, Failure> {
    let record = super::transfer::known(state, asset)?;
    if record.authority != Some(signer) {
        return refuse(
            "bank.not_authority",
            format!("{signer} is not the authority of {asset}"),
        );
    }
    Ok(record)
}
