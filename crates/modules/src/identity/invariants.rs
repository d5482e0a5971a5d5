//! Trees, seats, what waits and check-ins agree with one another.

use std::collections::BTreeSet;

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_semaphore::{Element, Group as Members};
use lilliput_types::TimeMs;
use lilliput_types::identity::{App, CheckedIn, Group, GroupId, Seat};

use super::state;
use crate::keyed::time_of;

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut due: BTreeSet<(TimeMs, GroupId)> = BTreeSet::new();
    for entry in Scan::<Group>::new(reader, state::GROUPS) {
        let (_, group) = entry?;
        due.extend(group.due.map(|time| (time, group.id)));
        check_group(reader, &group, &mut found)?;
    }
    let mut queued = BTreeSet::new();
    for entry in Scan::<GroupId>::new(reader, state::DUE) {
        let (key, group) = entry?;
        queued.insert((time_of(state::DUE, &key)?, group));
    }
    if queued != due {
        found.push("the queue of groups doesn't match those that wait".to_owned());
    }
    for entry in Scan::<App>::new(reader, state::APPS) {
        let (_, app) = entry?;
        let records = Scan::<CheckedIn>::new(reader, &state::nullifiers_of(app.id));
        let mut came = 0;
        for record in records {
            came += u64::from(record?.1.period == app.period);
        }
        if came != app.came {
            found.push(format!("app {} miscounts who came", app.id));
        }
    }
    Ok(found)
}

fn check_group(
    reader: &dyn StateReader,
    group: &Group,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let id = group.id;
    let mut members = Members::new();
    let mut occupied = 0_u64;
    let mut waiting = BTreeSet::new();
    for entry in Scan::<Seat>::new(reader, &state::seats_of(id)) {
        let (_, seat) = entry?;
        let leaf = seat
            .commitment
            .and_then(|commitment| Element::from_bytes(commitment.as_bytes()).ok());
        if members.insert(leaf.unwrap_or(Element::ZERO)) != Ok(seat.index) {
            found.push(format!(
                "seat {} of group {id} isn't in its place",
                seat.index
            ));
        }
        occupied += u64::from(leaf.is_some());
        if seat.next.is_some() {
            waiting.insert(seat.index);
        }
        check_seat(reader, group, &seat, found)?;
    }
    if members.size() != group.size || occupied != group.members {
        found.push(format!("group {id} miscounts its seats or members"));
    }
    if members.root().to_bytes() != *group.root.as_bytes() {
        found.push(format!("the root of group {id} isn't that of its seats"));
    }
    let kept: BTreeSet<u64> = state::waiting(reader, id, usize::MAX)?
        .into_iter()
        .collect();
    if kept != waiting || kept.len() != group.waiting as usize {
        found.push(format!("group {id} miscounts what waits"));
    }
    if group.due.is_some() != (group.waiting > 0) {
        found.push(format!(
            "group {id} waits for nothing, or not for what it should"
        ));
    }
    Ok(())
}

fn check_seat(
    reader: &dyn StateReader,
    group: &Group,
    seat: &Seat,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let (id, index) = (group.id, seat.index);
    let mut places = vec![state::seat_of_account(reader, id, seat.account)?];
    for piece in seat.evidence.iter() {
        places.push(state::seat_of_subject(
            reader,
            id,
            piece.issuer,
            piece.subject,
        )?);
    }
    let next = seat.next.map(|next| next.commitment);
    for commitment in seat.commitment.into_iter().chain(next) {
        places.push(state::seat_of_commitment(reader, id, commitment)?);
    }
    if places.iter().any(|place| *place != Some(index)) {
        found.push(format!(
            "seat {index} of group {id} isn't found by all it has"
        ));
    }
    let carried = seat.weight() >= group.terms.threshold;
    if !carried && (seat.commitment.is_some() || seat.next.is_some()) {
        found.push(format!("seat {index} of group {id} is below the threshold"));
    }
    Ok(())
}
