//! Phases that end.

use lilliput_ledger::{BlockContext, Failure, Scan, State, StateReader, StoreError};
use lilliput_types::subnet::{Phase, Revealed, Subnet, SubnetEvent, randomness};
use lilliput_types::{SubnetId, TimeMs};

use super::{settle, state as keys};

/// Ends the phase whose deadline came first, if one has come: one a block, so that a block's end is bounded by one
/// subnet's uids and weights.
pub(crate) fn end_block(state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
    let Some((key, deadline, id)) = earliest(state)? else {
        return Ok(());
    };
    if deadline > block.time {
        return Ok(());
    }
    let corrupt = |reason: String| StoreError::Corrupt {
        key: key.clone(),
        reason,
    };
    let found = keys::subnet(state, id)?;
    let mut subnet = found.ok_or_else(|| corrupt("no such subnet".to_owned()))?;
    keys::unqueue(state, &subnet);
    match end_phase(state, &mut subnet, block) {
        Ok(()) => {}
        Err(Failure::Store(error)) => return Err(error),
        // All money that moves is there by the invariants, so no rule can refuse this.
        Err(Failure::Refused(refusal)) => return Err(corrupt(refusal.reason)),
    }
    keys::queue(state, &subnet);
    keys::write_subnet(state, &subnet);
    Ok(())
}

fn end_phase(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    block: &BlockContext,
) -> Result<(), Failure> {
    let next = match subnet.phase {
        Phase::Commit => Phase::Reveal,
        Phase::Reveal => {
            let seeds = seeds(state, subnet)?;
            subnet.randomness = Some(randomness(block.chain, subnet.id, subnet.epoch, &seeds));
            Phase::Audit
        }
        Phase::Audit => return settle::settle(state, subnet, block),
    };
    keys::begin_phase(subnet, next, block.time);
    state.emit(SubnetEvent::PhaseBegan {
        subnet: subnet.id,
        epoch: subnet.epoch,
        phase: next,
        ends_at: subnet.phase_ends_at,
        randomness: subnet.randomness,
    });
    Ok(())
}

/// The seeds of all reveals, by uid. At most as many as a subnet has validators.
fn seeds(
    state: &State<'_>,
    subnet: &Subnet,
) -> Result<Vec<(u16, lilliput_crypto::Digest)>, StoreError> {
    Scan::<Revealed>::new(state, &keys::revealed_of(subnet.id))
        .map(|entry| {
            let (key, revealed) = entry?;
            Ok((keys::parse_uid(&key)?, revealed.seed))
        })
        .collect()
}

/// When the next phase ends.
pub(crate) fn next_deadline(state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
    Ok(earliest(state)?.map(|(_, deadline, _)| deadline))
}

fn earliest(state: &dyn StateReader) -> Result<Option<(String, TimeMs, SubnetId)>, StoreError> {
    let end = format!("{}\u{7f}", keys::DEADLINES);
    let Some((key, _)) = state.first(keys::DEADLINES, &end)? else {
        return Ok(None);
    };
    let (deadline, subnet) = keys::parse_deadline(&key)?;
    Ok(Some((key, deadline, subnet)))
}
