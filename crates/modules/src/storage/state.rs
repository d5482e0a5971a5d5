//! Where deals and the queue of what falls due are kept.

use lilliput_ledger::{State, StateReader, StoreError, read};
use lilliput_types::TimeMs;
use lilliput_types::storage::{Deal, DealId};

const COUNT: &str = "storage/count/deal";
pub(super) const DEALS: &str = "storage/deal/";
pub(super) const DUES: &str = "storage/due/";

fn deal_key(id: DealId) -> String {
    format!("{DEALS}{:020}", id.0)
}

fn due_key(due: TimeMs, deal: DealId) -> String {
    format!("{DUES}{:020}/{:020}", due.0, deal.0)
}

/// The time of a place in the queue.
pub(super) fn parse_due(key: &str) -> Result<TimeMs, StoreError> {
    let time = key
        .strip_prefix(DUES)
        .and_then(|rest| rest.split_once('/'))
        .and_then(|(time, _)| time.parse().ok());
    time.map(TimeMs).ok_or_else(|| StoreError::Corrupt {
        key: key.to_owned(),
        reason: "not a time that a deal falls due".to_owned(),
    })
}

pub(super) fn next_deal(state: &mut State<'_>) -> Result<DealId, StoreError> {
    let count: u64 = state.read(COUNT)?.unwrap_or_default();
    let next = count.saturating_add(1);
    state.write(COUNT, &next);
    Ok(DealId(next))
}

pub(crate) fn deal(state: &dyn StateReader, id: DealId) -> Result<Option<Deal>, StoreError> {
    read(state, &deal_key(id))
}

/// Writes a deal, and its place in the queue.
pub(super) fn write_deal(state: &mut State<'_>, deal: &mut Deal) {
    let due = deal.next_due();
    if let Some(old) = deal.due.filter(|_| deal.due != due) {
        state.remove(due_key(old, deal.id));
    }
    if let Some(new) = due {
        state.write(due_key(new, deal.id), &deal.id);
    }
    deal.due = due;
    state.write(deal_key(deal.id), deal);
}
