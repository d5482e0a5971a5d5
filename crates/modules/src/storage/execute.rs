//! The messages about stored blobs.

mod accept;
mod challenge;
mod close;
mod order;
mod prove;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::Address;
use lilliput_types::storage::{ClaimDeal, Deal, DealId, DealState, StorageMessage};

use super::{settle, state as keys};
use crate::refuse::refuse;

/// What needs no state.
pub(crate) fn check(message: &StorageMessage) -> Result<(), Refusal> {
    match message {
        StorageMessage::Order(message) => order::check(message),
        StorageMessage::Accept(_)
        | StorageMessage::Challenge(_)
        | StorageMessage::Prove(_)
        | StorageMessage::Claim(_)
        | StorageMessage::Close(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &StorageMessage,
) -> Result<(), Failure> {
    match message {
        StorageMessage::Order(message) => order::execute(state, context, message),
        StorageMessage::Accept(message) => accept::execute(state, context, message),
        StorageMessage::Challenge(message) => challenge::execute(state, context, message),
        StorageMessage::Prove(message) => prove::execute(state, context, message),
        StorageMessage::Claim(message) => claim(state, context, message),
        StorageMessage::Close(message) => close::execute(state, context, message),
    }
}

/// The provider takes what it has earned.
fn claim(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &ClaimDeal,
) -> Result<(), Failure> {
    let mut deal = known(state, message.deal)?;
    stored_by(&deal, context.signer)?;
    let period = deal.period(context.block.time);
    settle::pay_until(state, &mut deal, period)?;
    keys::write_deal(state, &mut deal);
    Ok(())
}

fn known(state: &State<'_>, id: DealId) -> Result<Deal, Failure> {
    match keys::deal(state, id)? {
        Some(deal) => Ok(deal),
        None => refuse("storage.unknown_deal", format!("there is no deal {id}")),
    }
}

/// Refuses whoever doesn't store the deal's blob.
fn stored_by(deal: &Deal, account: Address) -> Result<(), Failure> {
    match deal.state {
        DealState::Stored { provider, .. } if provider == account => Ok(()),
        DealState::Stored { .. } | DealState::Open { .. } | DealState::Closed => refuse(
            "storage.not_provider",
            format!("{account} doesn't store deal {}", deal.id),
        ),
    }
}
