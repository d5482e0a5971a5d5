//! The messages about identities.

mod app;
mod check_in;
mod group;
mod issuer;
mod join;
mod recover;
mod revoke;
mod rotate;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::Commitment;
use lilliput_types::identity::{GroupId, IdentityMessage, Issuer, IssuerId};

use super::state as keys;
use crate::refuse::{refusal, refuse};

/// What needs no state.
pub(crate) fn check(message: &IdentityMessage) -> Result<(), Refusal> {
    match message {
        IdentityMessage::OpenGroup(message) => group::check(message),
        IdentityMessage::SetWeight(message) => group::check_weight(message.weight),
        IdentityMessage::Join(message) => super::evidence::check(&message.evidence),
        IdentityMessage::Recover(message) => super::evidence::check(&message.evidence),
        IdentityMessage::CheckIn(message) => check_in::check(message),
        IdentityMessage::AddIssuer(_)
        | IdentityMessage::SetIssuer(_)
        | IdentityMessage::Rotate(_)
        | IdentityMessage::Revoke(_)
        | IdentityMessage::OpenApp(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &IdentityMessage,
) -> Result<(), Failure> {
    match message {
        IdentityMessage::AddIssuer(message) => issuer::add(state, context, message),
        IdentityMessage::SetIssuer(message) => issuer::set(state, context, message),
        IdentityMessage::OpenGroup(message) => group::open(state, context, message),
        IdentityMessage::SetWeight(message) => group::set_weight(state, context, message),
        IdentityMessage::Join(message) => join::execute(state, context, message),
        IdentityMessage::Rotate(message) => rotate::execute(state, context, message),
        IdentityMessage::Recover(message) => recover::execute(state, context, message),
        IdentityMessage::Revoke(message) => revoke::execute(state, context, message),
        IdentityMessage::OpenApp(message) => app::execute(state, context, message),
        IdentityMessage::CheckIn(message) => check_in::execute(state, context, message),
    }
}

pub(super) fn known_issuer(state: &State<'_>, id: IssuerId) -> Result<Issuer, Failure> {
    let found = keys::issuer(state, id)?;
    found.ok_or_else(|| {
        refusal(
            "identity.unknown_issuer",
            format!("there is no issuer {id}"),
        )
        .into()
    })
}

/// Refuses a commitment that can't be a leaf, or that some seat of the group used.
fn unused(state: &State<'_>, group: GroupId, commitment: Commitment) -> Result<(), Failure> {
    super::tree::leaf(commitment)?;
    if keys::seat_of_commitment(state, group, commitment)?.is_some() {
        return refuse(
            "identity.commitment_used",
            format!("the commitment was used in group {group}; make another identity"),
        );
    }
    Ok(())
}
