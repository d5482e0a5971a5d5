//! The jobs' messages.

mod accept;
mod answer;
mod order;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::job::{Job, JobMessage};
use lilliput_types::{JobId, TimeMs};

use super::state as keys;
use crate::check::ProofCheck;
use crate::refuse::refuse;

/// What needs no state.
pub(crate) fn check(message: &JobMessage) -> Result<(), Refusal> {
    match message {
        JobMessage::Order(message) => order::check(message),
        JobMessage::Accept(_) | JobMessage::Answer(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    checker: &dyn ProofCheck,
    message: &JobMessage,
) -> Result<(), Failure> {
    match message {
        JobMessage::Order(message) => order::execute(state, context, message),
        JobMessage::Accept(message) => accept::execute(state, context, message),
        JobMessage::Answer(message) => answer::execute(state, context, checker, message),
    }
}

fn known(state: &State<'_>, id: JobId) -> Result<Job, Failure> {
    match keys::job(state, id)? {
        Some(job) => Ok(job),
        None => refuse("job.unknown", format!("there is no job {id}")),
    }
}

/// A deadline that has come is over, whether or not a block's end has closed the job yet.
fn in_time(job: &Job, now: TimeMs) -> Result<(), Failure> {
    if now >= job.deadline {
        return refuse(
            "job.late",
            format!("the deadline was {}, it is {now}", job.deadline),
        );
    }
    Ok(())
}
