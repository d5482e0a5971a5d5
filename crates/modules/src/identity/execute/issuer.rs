//! Adding an issuer, and changing what it says of itself.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::identity::{AddIssuer, IdentityEvent, Issuer, SetIssuer};

use super::{keys, known_issuer};
use crate::refuse::refuse;

pub(super) fn add(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &AddIssuer,
) -> Result<(), Failure> {
    let issuer = Issuer {
        id: keys::next_issuer(state)?,
        name: message.name.clone(),
        owner: context.signer,
        terms: message.terms.clone(),
        kind: message.kind.clone(),
        fee: message.fee,
        used: 0,
        revoked: 0,
        added_at: context.block.height,
    };
    keys::write_issuer(state, &issuer);
    state.emit(IdentityEvent::IssuerAdded {
        issuer: issuer.id,
        owner: issuer.owner,
    });
    Ok(())
}

pub(super) fn set(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SetIssuer,
) -> Result<(), Failure> {
    let mut issuer = known_issuer(state, message.issuer)?;
    if issuer.owner != context.signer {
        return refuse(
            "identity.not_issuer",
            format!("issuer {} is {}'s", issuer.id, issuer.owner),
        );
    }
    issuer.owner = message.owner;
    issuer.terms = message.terms.clone();
    issuer.kind = message.kind.clone();
    issuer.fee = message.fee;
    keys::write_issuer(state, &issuer);
    state.emit(IdentityEvent::IssuerSet {
        issuer: issuer.id,
        owner: issuer.owner,
    });
    Ok(())
}
