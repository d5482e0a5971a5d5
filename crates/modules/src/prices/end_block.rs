//! The windows that have closed are settled, the earliest first.

use lilliput_ledger::{BlockContext, Failure, State, StateReader, StoreError};
use lilliput_types::TimeMs;
use lilliput_types::prices::FeedId;

use super::{WINDOWS_MAX, settle, state as keys};
use crate::keyed::earliest;

/// Settles what has closed.
pub(crate) fn end_block(state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
    for _ in 0..WINDOWS_MAX {
        let Some((key, due, id)) = earliest::<FeedId>(state, keys::WINDOWS)? else {
            return Ok(());
        };
        if due > block.time {
            return Ok(());
        }
        let corrupt = |reason: String| StoreError::Corrupt {
            key: key.clone(),
            reason,
        };
        let feed = keys::feed(state, id)?.ok_or_else(|| corrupt("no such feed".to_owned()))?;
        match settle::window(state, feed, block) {
            Ok(()) => {}
            Err(Failure::Store(error)) => return Err(error),
            // The money is there by the invariants, so no rule can refuse this.
            Err(Failure::Refused(refusal)) => return Err(corrupt(refusal.reason)),
        }
    }
    Ok(())
}

/// When the next window closes.
pub(crate) fn next_deadline(state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
    Ok(earliest::<FeedId>(state, keys::WINDOWS)?.map(|(_, due, _)| due))
}
