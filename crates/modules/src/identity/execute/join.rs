//! Taking a seat.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::List;
use lilliput_types::identity::{IdentityEvent, Join, Seat};

use super::{keys, unused};
use crate::identity::{SEATS_MAX, evidence, settle, tree};
use crate::refuse::{refusal, refuse};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Join,
) -> Result<(), Failure> {
    let mut group = settle::ready(state, message.group, &context.block)?;
    let (id, account, now) = (group.id, context.signer, context.block.time);
    if group.size >= SEATS_MAX {
        return refuse("identity.full", format!("group {id} has {SEATS_MAX} seats"));
    }
    if keys::seat_of_account(state, id, account)?.is_some() {
        return refuse(
            "identity.account_used",
            format!("{account} has a seat in group {id}; rotate or recover it"),
        );
    }
    unused(state, id, message.commitment)?;
    let weighed = evidence::weigh(state, context, &group, &message.evidence)?;
    let index = group.size;
    for (issuer, piece) in &weighed {
        if keys::seat_of_subject(state, id, issuer.id, piece.subject)?.is_some() {
            return refuse(
                "identity.subject_used",
                format!(
                    "this subject of issuer {} has a seat; recover it",
                    issuer.id
                ),
            );
        }
        keys::write_subject(state, id, issuer.id, piece.subject, index);
    }
    evidence::pay(state, account, &weighed)?;
    let pieces = weighed.into_iter().map(|(_, piece)| piece).collect();
    let seat = Seat {
        group: id,
        index,
        account,
        commitment: Some(message.commitment),
        next: None,
        evidence: List::new(pieces)
            .map_err(|error| refusal("identity.evidence", error.to_string()))?,
        joined: group.period(now),
    };
    keys::write_seat(state, &seat);
    keys::write_account(state, id, account, index);
    keys::write_commitment(state, id, message.commitment, index);
    state.emit(IdentityEvent::Joined {
        group: id,
        seat: index,
        account,
        commitment: message.commitment,
    });
    tree::insert(state, &mut group, message.commitment, now)?;
    group.members = group.members.saturating_add(1);
    keys::write_group(state, &group);
    Ok(())
}
