//! Commitments that wait for a period: new ones enter as old ones leave, all before the group is used again.

use lilliput_ledger::{BlockContext, Failure, State};
use lilliput_types::Commitment;
use lilliput_types::identity::{Change, ChangeCause, Group, GroupId, IdentityEvent, Seat};

use super::{CHANGES_MAX, WAITING_MAX, state as keys, tree};
use crate::refuse::{refusal, refuse};

/// The group, with what was due changed. Refused while more is due than one message may change.
pub(super) fn ready(
    state: &mut State<'_>,
    id: GroupId,
    block: &BlockContext,
) -> Result<Group, Failure> {
    let Some(mut group) = keys::group(state, id)? else {
        return refuse("identity.unknown_group", format!("there is no group {id}"));
    };
    due(state, &mut group, block, CHANGES_MAX)?;
    if group.due.is_some_and(|due| due <= block.time) {
        return refuse(
            "identity.settling",
            format!("group {id} is being changed for its new period; try again in the next block"),
        );
    }
    Ok(group)
}

/// Makes at most so many changes that are due; says how many.
pub(super) fn due(
    state: &mut State<'_>,
    group: &mut Group,
    block: &BlockContext,
    limit: usize,
) -> Result<usize, Failure> {
    if group.due.is_none_or(|due| due > block.time) {
        return Ok(0);
    }
    let seats = keys::waiting(state, group.id, limit)?;
    let mut leaves = Vec::with_capacity(seats.len());
    for index in &seats {
        let mut seat = known_seat(state, group.id, *index)?;
        keys::remove_waiting(state, group.id, *index);
        group.waiting = group.waiting.saturating_sub(1);
        let Some(change) = seat.next.take() else {
            continue;
        };
        let old = seat.commitment.replace(change.commitment);
        if old.is_none() {
            group.members = group.members.saturating_add(1);
        }
        leaves.push((*index, Some(change.commitment)));
        keys::write_seat(state, &seat);
        state.emit(IdentityEvent::Changed {
            group: group.id,
            seat: *index,
            old,
            new: change.commitment,
        });
    }
    tree::update(state, group, &leaves, block.time)?;
    let due = group.due.filter(|_| group.waiting > 0);
    keys::write_due(state, group, due);
    Ok(seats.len())
}

/// Lets a commitment wait for the next period; writes the seat and the group.
pub(super) fn ask(
    state: &mut State<'_>,
    group: &mut Group,
    seat: &mut Seat,
    commitment: Commitment,
    cause: ChangeCause,
    block: &BlockContext,
) -> Result<(), Failure> {
    if seat.next.is_none() {
        if group.waiting >= WAITING_MAX {
            return refuse(
                "identity.too_many_changes",
                format!(
                    "{WAITING_MAX} changes wait in group {} already; ask again in the next period",
                    group.id
                ),
            );
        }
        group.waiting = group.waiting.saturating_add(1);
        keys::write_waiting(state, group.id, seat.index);
    }
    let period = group.period(block.time).saturating_add(1);
    seat.next = Some(Change {
        commitment,
        period,
        cause,
    });
    keys::write_seat(state, seat);
    keys::write_commitment(state, group.id, commitment, seat.index);
    let due = Some(group.begins(period));
    keys::write_due(state, group, due);
    state.emit(IdentityEvent::ChangeAsked {
        group: group.id,
        seat: seat.index,
        account: seat.account,
        commitment,
        period,
        cause,
    });
    Ok(())
}

/// Lets what waits for a seat wait no longer; the caller writes seat and group.
pub(super) fn cancel(state: &mut State<'_>, group: &mut Group, seat: &mut Seat) {
    if seat.next.take().is_none() {
        return;
    }
    keys::remove_waiting(state, group.id, seat.index);
    group.waiting = group.waiting.saturating_sub(1);
    if group.waiting == 0 {
        keys::write_due(state, group, None);
    }
}

/// A seat that the state names.
pub(super) fn known_seat(state: &State<'_>, group: GroupId, index: u64) -> Result<Seat, Failure> {
    let found = keys::seat(state, group, index)?;
    found.ok_or_else(|| {
        refusal(
            "identity.no_seat",
            format!("group {group} has no seat {index}"),
        )
        .into()
    })
}
