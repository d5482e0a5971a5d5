//! Money and the queue agree with the deals.

use std::collections::BTreeSet;

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::storage::{Deal, DealId, DealState};
use lilliput_types::{Amount, Holder, TimeMs};

use super::state;
use crate::bank;
use crate::keyed::time_of;

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut due: BTreeSet<(TimeMs, DealId)> = BTreeSet::new();
    for entry in Scan::<Deal>::new(reader, state::DEALS) {
        let (_, deal) = entry?;
        due.extend(deal.due.map(|time| (time, deal.id)));
        if deal.due != deal.next_due() {
            found.push(format!("deal {} waits for the wrong time", deal.id));
        }
        check_money(reader, &deal, &mut found)?;
    }
    let mut queued = BTreeSet::new();
    for entry in Scan::<DealId>::new(reader, state::DUES) {
        let (key, deal) = entry?;
        queued.insert((time_of(state::DUES, &key)?, deal));
    }
    if queued != due {
        found.push("the queue of deals doesn't match the deals".to_owned());
    }
    Ok(found)
}

fn check_money(
    reader: &dyn StateReader,
    deal: &Deal,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let bond = match deal.state {
        DealState::Stored { .. } => deal.terms.bond,
        DealState::Open { .. } | DealState::Closed => Amount::ZERO,
    };
    let held = bank::state::balance(reader, Holder::Storage(deal.id), deal.asset)?;
    if deal.escrow.plus(bond) != Ok(held) {
        let id = deal.id;
        found.push(format!("deal {id} holds {held}, not its escrow and bond"));
    }
    let locked = deal.terms.price.times(u64::from(deal.terms.periods));
    let accounted = deal.paid.plus(deal.escrow);
    let open = deal.state != DealState::Closed;
    if open && accounted != locked {
        found.push(format!(
            "deal {} doesn't account for what was locked",
            deal.id
        ));
    }
    Ok(())
}
