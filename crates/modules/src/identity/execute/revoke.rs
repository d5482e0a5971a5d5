//! Evidence counts no longer; who falls below the threshold is removed at once.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::List;
use lilliput_types::identity::{IdentityEvent, Issuer, IssuerKind, Revoke};

use super::{keys, known_issuer};
use crate::identity::{settle, tree};
use crate::refuse::{refusal, refuse};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Revoke,
) -> Result<(), Failure> {
    let mut group = settle::ready(state, message.group, &context.block)?;
    let issuer = known_issuer(state, message.issuer)?;
    if issuer.owner != context.signer {
        return refuse(
            "identity.not_issuer",
            format!("issuer {} is {}'s", issuer.id, issuer.owner),
        );
    }
    let found = keys::seat_of_subject(state, group.id, issuer.id, message.subject)?;
    let Some(index) = found else {
        return refuse(
            "identity.subject_unknown",
            format!("this subject has no seat in group {}", group.id),
        );
    };
    let mut seat = settle::known_seat(state, group.id, index)?;
    let now = context.block.time;
    let mut pieces = seat.evidence.to_vec();
    let piece = pieces.iter_mut().find(|piece| {
        (piece.issuer, piece.subject, piece.revoked) == (issuer.id, message.subject, false)
    });
    let Some(piece) = piece else {
        return refuse("identity.evidence", "this evidence is revoked already");
    };
    piece.revoked = true;
    // What was issued before must not count again. Logins are dated by clocks on walls; an issuer's may be ahead.
    let now_there = match issuer.kind {
        IssuerKind::Vouching { .. } => now,
        IssuerKind::Login { .. } => context.block.wall(),
    };
    piece.issued_at = piece.issued_at.max(now_there);
    seat.evidence =
        List::new(pieces).map_err(|error| refusal("identity.evidence", error.to_string()))?;
    state.emit(IdentityEvent::Revoked {
        group: group.id,
        issuer: issuer.id,
        subject: message.subject,
        seat: index,
    });
    if seat.weight() < group.terms.threshold {
        settle::cancel(state, &mut group, &mut seat);
        if let Some(commitment) = seat.commitment.take() {
            group.members = group.members.saturating_sub(1);
            tree::update(state, &mut group, &[(index, None)], now)?;
            state.emit(IdentityEvent::Removed {
                group: group.id,
                seat: index,
                commitment,
            });
        }
    }
    keys::write_seat(state, &seat);
    keys::write_group(state, &group);
    let revoked = issuer.revoked.saturating_add(1);
    keys::write_issuer(state, &Issuer { revoked, ..issuer });
    Ok(())
}
