//! What the modules' keys have in common: numbers that sort, counters, lists in pages, queues by time.

use borsh::BorshDeserialize;
use lilliput_ledger::{Scan, State, StateReader, StoreError};
use lilliput_types::TimeMs;

/// A number as it stands in keys: they sort as the numbers do.
pub(crate) fn digits(number: u64) -> String {
    format!("{number:020}")
}

/// The next number of a counter; the first is one.
pub(crate) fn next(state: &mut State<'_>, counter: &str) -> Result<u64, StoreError> {
    let count: u64 = state.read(counter)?.unwrap_or_default();
    let next = count.saturating_add(1);
    state.write(counter, &next);
    Ok(next)
}

/// At most `limit` values of a prefix by key, behind the key that continues it with `after`.
pub(crate) fn listed<T: BorshDeserialize>(
    state: &dyn StateReader,
    prefix: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<T>, StoreError> {
    Scan::after(state, prefix, after)
        .take(limit)
        .map(|entry| entry.map(|(_, value)| value))
        .collect()
}

/// The first entry of a queue, whose keys continue its prefix with a time and a slash: key, time, value.
pub(crate) fn earliest<T: BorshDeserialize>(
    state: &dyn StateReader,
    queue: &str,
) -> Result<Option<(String, TimeMs, T)>, StoreError> {
    let Some((key, value)) = Scan::<T>::new(state, queue).next().transpose()? else {
        return Ok(None);
    };
    let time = time_of(queue, &key)?;
    Ok(Some((key, time, value)))
}

/// The time in a queue's key.
pub(crate) fn time_of(queue: &str, key: &str) -> Result<TimeMs, StoreError> {
    let time = key
        .strip_prefix(queue)
        .and_then(|rest| rest.split_once('/'))
        .and_then(|(time, _)| time.parse().ok());
    time.map(TimeMs).ok_or_else(|| StoreError::Corrupt {
        key: key.to_owned(),
        reason: "not a place in a queue".to_owned(),
    })
}
