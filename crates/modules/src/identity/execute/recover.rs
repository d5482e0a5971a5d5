//! Taking one's seat back with new evidence.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::List;
use lilliput_types::identity::{Attestation, ChangeCause, Group, Issuer, Recover, Seat};

use super::{keys, unused};
use crate::identity::{evidence, settle};
use crate::refuse::{refusal, refuse};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Recover,
) -> Result<(), Failure> {
    let mut group = settle::ready(state, message.group, &context.block)?;
    let (id, account) = (group.id, context.signer);
    unused(state, id, message.commitment)?;
    let weighed = evidence::weigh(state, context, &group, &message.evidence)?;
    let mut seat = seat_of(state, &group, &weighed)?;
    renew(&mut seat, &weighed)?;
    if seat.account != account {
        if keys::seat_of_account(state, id, account)?.is_some() {
            return refuse(
                "identity.account_used",
                format!("{account} has another seat in group {id}; recover with another account"),
            );
        }
        keys::remove_account(state, id, seat.account);
        keys::write_account(state, id, account, seat.index);
        seat.account = account;
    }
    evidence::pay(state, account, &weighed)?;
    let (commitment, cause) = (message.commitment, ChangeCause::Recovered);
    settle::ask(
        state,
        &mut group,
        &mut seat,
        commitment,
        cause,
        &context.block,
    )
}

/// The one seat that all the evidence is about.
fn seat_of(
    state: &State<'_>,
    group: &Group,
    weighed: &[(Issuer, Attestation)],
) -> Result<Seat, Failure> {
    let mut found = None;
    for (issuer, piece) in weighed {
        let Some(index) = keys::seat_of_subject(state, group.id, issuer.id, piece.subject)? else {
            return refuse(
                "identity.subject_unknown",
                format!("this subject of issuer {} has no seat; join", issuer.id),
            );
        };
        if found.is_some_and(|other| other != index) {
            return refuse(
                "identity.other_seat",
                "the evidence is about different seats",
            );
        }
        found = Some(index);
    }
    let index = found.ok_or_else(|| refusal("identity.evidence", "there is no evidence"))?;
    settle::known_seat(state, group.id, index)
}

/// Puts new evidence in the place of old.
fn renew(seat: &mut Seat, weighed: &[(Issuer, Attestation)]) -> Result<(), Failure> {
    let mut pieces = seat.evidence.to_vec();
    for (_, new) in weighed {
        let same = |old: &&mut Attestation| (old.issuer, old.subject) == (new.issuer, new.subject);
        let Some(old) = pieces.iter_mut().find(same) else {
            return refuse(
                "identity.other_seat",
                "the seat doesn't stand on this evidence",
            );
        };
        // Else whoever copied a voucher, or kept one from before a revocation, could bring the old account back.
        if new.issued_at <= old.issued_at {
            return refuse(
                "identity.old_evidence",
                format!(
                    "the evidence of issuer {} isn't newer than what was shown before; ask for a new voucher",
                    new.issuer
                ),
            );
        }
        *old = *new;
    }
    seat.evidence =
        List::new(pieces).map_err(|error| refusal("identity.evidence", error.to_string()))?;
    Ok(())
}
