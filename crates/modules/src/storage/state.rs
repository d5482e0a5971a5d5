//! Where deals and the queue of what falls due are kept.

use lilliput_ledger::{State, StateReader, StoreError, read};
use lilliput_types::TimeMs;
use lilliput_types::storage::{Deal, DealId};

use crate::keyed::next;

const COUNT: &str = "storage/count/deal";
pub(super) const DEALS: &str = "storage/deal/";
pub(super) const DUES: &str = "storage/due/";

fn deal_key(id: DealId) -> String {
    format!("{DEALS}{:020}", id.0)
}

fn due_key(due: TimeMs, deal: DealId) -> String {
    format!("{DUES}{:020}/{:020}", due.0, deal.0)
}

pub(super) fn next_deal(state: &mut State<'_>) -> Result<DealId, StoreError> {
    next(state, COUNT).map(DealId)
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
