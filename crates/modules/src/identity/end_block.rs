//! Commitments that wait for a period that has begun enter, a bounded number of them.

use lilliput_ledger::{BlockContext, Failure, State, StateReader, StoreError};
use lilliput_types::TimeMs;
use lilliput_types::identity::GroupId;

use super::{CHANGES_MAX, settle, state as keys};
use crate::keyed::earliest;

/// Changes what is due, the earliest first.
pub(crate) fn end_block(state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
    let mut left = CHANGES_MAX;
    while left > 0 {
        let Some((key, due, id)) = earliest::<GroupId>(state, keys::DUE)? else {
            return Ok(());
        };
        if due > block.time {
            return Ok(());
        }
        let corrupt = |reason: String| StoreError::Corrupt {
            key: key.clone(),
            reason,
        };
        let group = keys::group(state, id)?;
        let mut group = group.ok_or_else(|| corrupt("no such group".to_owned()))?;
        match settle::due(state, &mut group, block, left) {
            // What stands in the queue has something that waits.
            Ok(made) => left = left.saturating_sub(made.max(1)),
            Err(Failure::Store(error)) => return Err(error),
            // Commitments were checked when they were asked for.
            Err(Failure::Refused(refusal)) => return Err(corrupt(refusal.reason)),
        }
    }
    Ok(())
}

/// When the next period begins for which something waits.
pub(crate) fn next_deadline(state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
    Ok(earliest::<GroupId>(state, keys::DUE)?.map(|(_, due, _)| due))
}
