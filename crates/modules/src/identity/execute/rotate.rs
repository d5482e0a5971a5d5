//! Another commitment for one's seat, from the next period on.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::identity::{ChangeCause, Rotate};

use super::{keys, unused};
use crate::identity::settle;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Rotate,
) -> Result<(), Failure> {
    let mut group = settle::ready(state, message.group, &context.block)?;
    let Some(index) = keys::seat_of_account(state, group.id, context.signer)? else {
        return refuse(
            "identity.no_seat",
            format!("{} has no seat in group {}", context.signer, group.id),
        );
    };
    let mut seat = settle::known_seat(state, group.id, index)?;
    if seat
        .next
        .is_some_and(|next| next.cause == ChangeCause::Recovered)
    {
        return refuse(
            "identity.recovering",
            "a recovery of this seat waits; rotate in the next period",
        );
    }
    if seat.commitment.is_none() {
        return refuse(
            "identity.threshold",
            "the member was removed; recover the seat with new evidence",
        );
    }
    unused(state, group.id, message.commitment)?;
    let (commitment, cause) = (message.commitment, ChangeCause::Rotated);
    settle::ask(
        state,
        &mut group,
        &mut seat,
        commitment,
        cause,
        &context.block,
    )
}
