//! What anyone may ask about jobs.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::job::Job;
use lilliput_types::{Address, JobId};

use super::state;

/// One job.
///
/// # Errors
/// When the database fails.
pub fn job(state: &dyn StateReader, id: JobId) -> Result<Option<Job>, StoreError> {
    state::job(state, id)
}

/// At most `limit` jobs, the latest first.
///
/// # Errors
/// When the database fails.
pub fn recent(state: &dyn StateReader, limit: usize) -> Result<Vec<Job>, StoreError> {
    listed(state, state::RECENT, "", limit)
}

/// At most `limit` jobs that an account ordered or is to answer, the latest first.
///
/// # Errors
/// When the database fails.
pub fn of_account(
    state: &dyn StateReader,
    account: Address,
    limit: usize,
) -> Result<Vec<Job>, StoreError> {
    listed(state, &state::of_account(account), "", limit)
}

/// At most `limit` jobs that wait for a provider, in the order of their ids, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn open(
    state: &dyn StateReader,
    after: Option<JobId>,
    limit: usize,
) -> Result<Vec<Job>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    listed(state, state::OPEN, &after, limit)
}

/// The jobs that the entries under a prefix name.
fn listed(
    state: &dyn StateReader,
    prefix: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<Job>, StoreError> {
    Scan::<JobId>::after(state, prefix, after)
        .take(limit)
        .map(|entry| {
            let (key, id) = entry?;
            state::job(state, id)?.ok_or_else(|| StoreError::Corrupt {
                key,
                reason: "names a job that doesn't exist".to_owned(),
            })
        })
        .collect()
}
