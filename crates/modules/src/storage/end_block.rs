//! What has fallen due: orders that nobody took, answers that are late, terms that are over.

use lilliput_ledger::{BlockContext, Failure, State, StateReader, StoreError};
use lilliput_types::TimeMs;
use lilliput_types::storage::{Deal, DealId, DealState};

use super::{DUES_MAX, settle, state as keys};
use crate::keyed::earliest;

/// Handles what is due, the earliest first.
pub(crate) fn end_block(state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
    for _ in 0..DUES_MAX {
        let Some((key, due, id)) = earliest::<DealId>(state, keys::DUES)? else {
            return Ok(());
        };
        if due > block.time {
            return Ok(());
        }
        let corrupt = |reason: String| StoreError::Corrupt {
            key: key.clone(),
            reason,
        };
        let mut deal = keys::deal(state, id)?.ok_or_else(|| corrupt("no such deal".to_owned()))?;
        match fall_due(state, &mut deal, block.time) {
            Ok(()) => keys::write_deal(state, &mut deal),
            Err(Failure::Store(error)) => return Err(error),
            // The money is there by the invariants, so no rule can refuse this.
            Err(Failure::Refused(refusal)) => return Err(corrupt(refusal.reason)),
        }
    }
    Ok(())
}

fn fall_due(state: &mut State<'_>, deal: &mut Deal, now: TimeMs) -> Result<(), Failure> {
    match deal.state {
        DealState::Stored { open: Some(_), .. } => settle::fail(state, deal, now),
        DealState::Stored { open: None, .. } => {
            settle::pay_until(state, deal, deal.terms.periods)?;
            settle::close(state, deal)
        }
        DealState::Open { .. } => settle::close(state, deal),
        DealState::Closed => Ok(()),
    }
}

/// When the next deal falls due.
pub(crate) fn next_deadline(state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
    Ok(earliest::<DealId>(state, keys::DUES)?.map(|(_, due, _)| due))
}
