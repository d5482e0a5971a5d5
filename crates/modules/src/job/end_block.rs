//! Deadlines that passed.

use lilliput_ledger::{BlockContext, Failure, State, StateReader, StoreError};
use lilliput_types::TimeMs;
use lilliput_types::job::{JobState, RefundReason};

use super::{EXPIRIES_MAX, settle, state as keys};

/// Closes the jobs whose deadline has come, the earliest first.
pub(crate) fn end_block(state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError> {
    for _ in 0..EXPIRIES_MAX {
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
        let job = keys::job(state, id)?.ok_or_else(|| corrupt("no such job".to_owned()))?;
        let reason = match job.state {
            JobState::Open => RefundReason::NotAccepted,
            JobState::Accepted => RefundReason::AnswerLate,
            JobState::Paid | JobState::Refunded => {
                return Err(corrupt("the job is closed".to_owned()));
            }
        };
        match settle::refund(state, &job, reason, "", block.height) {
            Ok(()) => {}
            Err(Failure::Store(error)) => return Err(error),
            // Escrow and bond are there by the invariants, so no rule can refuse this.
            Err(Failure::Refused(refusal)) => return Err(corrupt(refusal.reason)),
        }
    }
    Ok(())
}

/// When the next deadline comes.
pub(crate) fn next_deadline(state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError> {
    Ok(earliest(state)?.map(|(_, deadline, _)| deadline))
}

fn earliest(
    state: &dyn StateReader,
) -> Result<Option<(String, TimeMs, lilliput_types::JobId)>, StoreError> {
    let end = format!("{}\u{7f}", keys::DEADLINES);
    let Some((key, _)) = state.first(keys::DEADLINES, &end)? else {
        return Ok(None);
    };
    let (deadline, job) = keys::parse_deadline(&key)?;
    Ok(Some((key, deadline, job)))
}
