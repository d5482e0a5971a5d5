//! Where jobs, the list of open ones, the order of their making and the queue of deadlines are kept.

use lilliput_ledger::{State, StateReader, StoreError, read};
use lilliput_types::job::{Job, JobState};
use lilliput_types::{Address, Height, JobId, ParseError, TimeMs};

pub(super) const JOBS: &str = "job/record/";
pub(super) const OPEN: &str = "job/open/";
pub(super) const RECENT: &str = "job/recent/";
pub(super) const DEADLINES: &str = "job/deadline/";

fn job_key(job: JobId) -> String {
    format!("{JOBS}{job}")
}

fn open_key(job: JobId) -> String {
    format!("{OPEN}{job}")
}

/// Heights count down, so that the latest job comes first.
fn recent_key(ordered_at: Height, job: JobId) -> String {
    format!("{RECENT}{:020}/{job}", u64::MAX - ordered_at.0)
}

pub(super) fn of_account(account: Address) -> String {
    format!("job/of/{account}/")
}

/// As [`recent_key`], for one buyer or provider.
fn account_key(account: Address, ordered_at: Height, job: JobId) -> String {
    let prefix = of_account(account);
    format!("{prefix}{:020}/{job}", u64::MAX - ordered_at.0)
}

fn deadline_key(deadline: TimeMs, job: JobId) -> String {
    format!("{DEADLINES}{:020}/{job}", deadline.0)
}

/// Time and job of an entry in the queue of deadlines.
pub(super) fn parse_deadline(key: &str) -> Result<(TimeMs, JobId), StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt {
        key: key.to_owned(),
        reason,
    };
    let (time, job) = key
        .strip_prefix(DEADLINES)
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| corrupt("not a deadline".to_owned()))?;
    let time = time.parse().map_err(|_| corrupt("not a time".to_owned()))?;
    let job = job
        .parse()
        .map_err(|error: ParseError| corrupt(error.to_string()))?;
    Ok((TimeMs(time), job))
}

pub(crate) fn job(state: &dyn StateReader, id: JobId) -> Result<Option<Job>, StoreError> {
    read(state, &job_key(id))
}

/// Writes a new job.
pub(super) fn insert(state: &mut State<'_>, job: &Job) {
    state.write(recent_key(job.ordered_at, job.id), &job.id);
    let key = account_key(job.buyer, job.ordered_at, job.id);
    state.write(key, &job.id);
    link(state, job);
    state.write(job_key(job.id), job);
}

/// Writes a changed job and keeps list and queue in step.
pub(super) fn replace(state: &mut State<'_>, before: &Job, after: &Job) {
    state.remove(open_key(before.id));
    state.remove(deadline_key(before.deadline, before.id));
    link(state, after);
    state.write(job_key(after.id), after);
}

fn link(state: &mut State<'_>, job: &Job) {
    if let Some(provider) = job.provider {
        state.write(account_key(provider, job.ordered_at, job.id), &job.id);
    }
    match job.state {
        JobState::Open => {
            state.write(open_key(job.id), &job.id);
            state.write(deadline_key(job.deadline, job.id), &job.id);
        }
        JobState::Accepted => state.write(deadline_key(job.deadline, job.id), &job.id),
        JobState::Paid | JobState::Refunded => {}
    }
}
