//! What falls due is handled, the earliest first.

use lilliput_ledger::{BlockContext, Failure, State, StateReader, StoreError};
use lilliput_types::TimeMs;

use super::state::Waiting;
use super::{DUE_MAX, heard, lease, order, state as keys};

/// Handles what has come.
pub(crate) fn end_block(state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
    for _ in 0..DUE_MAX {
        let Some((key, due, waiting)) = earliest(state)? else {
            return Ok(());
        };
        if due > block.time {
            return Ok(());
        }
        match handle(state, &key, waiting, block.time) {
            Ok(()) => {}
            Err(Failure::Store(error)) => return Err(error),
            // The money is there by the invariants, so no rule can refuse this.
            Err(Failure::Refused(refusal)) => {
                return Err(StoreError::Corrupt {
                    key,
                    reason: refusal.reason,
                });
            }
        }
    }
    Ok(())
}

fn handle(state: &mut State<'_>, key: &str, waiting: Waiting, now: TimeMs) -> Result<(), Failure> {
    let missing = || StoreError::Corrupt {
        key: key.to_owned(),
        reason: "nothing that waits".to_owned(),
    };
    match waiting {
        Waiting::Order(id) => {
            let found = keys::order(state, id)?.ok_or_else(missing)?;
            order::advance(state, found, now)
        }
        Waiting::Lease(id) => {
            let found = keys::lease(state, id)?.ok_or_else(missing)?;
            lease::look(state, found, now)
        }
        Waiting::Provider(address) => {
            let mut found = keys::provider(state, address)?.ok_or_else(missing)?;
            heard::lose(state, &mut found);
            Ok(())
        }
    }
}

/// When the next thing falls due.
pub(crate) fn next_deadline(state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
    Ok(earliest(state)?.map(|(_, due, _)| due))
}

fn earliest(state: &dyn StateReader) -> Result<Option<(String, TimeMs, Waiting)>, StoreError> {
    let end = format!("{}\u{7f}", keys::QUEUE);
    let Some((key, _)) = state.first(keys::QUEUE, &end)? else {
        return Ok(None);
    };
    let (due, waiting) = keys::parse_due(&key)?;
    Ok(Some((key, due, waiting)))
}
