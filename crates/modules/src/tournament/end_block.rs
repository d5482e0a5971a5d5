//! The ends of rounds' phases: a block is made when one comes, so that network time tells it; rounds whose targets
//! weren't shown in time are voided.

use lilliput_ledger::{BlockContext, Failure, State, StateReader, StoreError};
use lilliput_types::TimeMs;
use lilliput_types::tournament::{RoundId, RoundState, TournamentEvent};

use super::{DEADLINES_MAX, VOIDS_MAX, settle, state as keys};
use crate::keyed::earliest;

/// Handles the deadlines that have come, the earliest first.
pub(crate) fn end_block(state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
    let mut voided = 0;
    for _ in 0..DEADLINES_MAX {
        let Some((key, deadline, id)) = earliest::<RoundId>(state, keys::DEADLINES)? else {
            return Ok(());
        };
        if deadline > block.time || voided == VOIDS_MAX {
            return Ok(());
        }
        let corrupt = |reason: String| StoreError::Corrupt {
            key: key.clone(),
            reason,
        };
        let round = keys::round(state, id)?.ok_or_else(|| corrupt("no such round".to_owned()))?;
        match round.state {
            RoundState::Open => {}
            RoundState::Settled | RoundState::Void => {
                return Err(corrupt("the round is closed".to_owned()));
            }
        }
        if deadline < round.targets_until {
            keys::remove_deadline(state, deadline, id);
            let phase = round.phase(deadline);
            state.emit(TournamentEvent::PhaseBegan { round: id, phase });
            continue;
        }
        voided += 1;
        match settle::void(state, round, block.height) {
            Ok(()) => {}
            Err(Failure::Store(error)) => return Err(error),
            // The money is there by the invariants, so no rule can refuse this.
            Err(Failure::Refused(refusal)) => return Err(corrupt(refusal.reason)),
        }
    }
    Ok(())
}

/// When the next deadline comes.
pub(crate) fn next_deadline(state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
    Ok(earliest::<RoundId>(state, keys::DEADLINES)?.map(|(_, deadline, _)| deadline))
}
