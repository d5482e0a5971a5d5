//! Replicated orders: what most providers found is the result.

use std::collections::BTreeMap;

use lilliput_crypto::Digest;
use lilliput_ledger::{Failure, State};
use lilliput_types::market::{CloseCause, Lease, LossCause, MarketEvent, Order, OrderState};
use lilliput_types::{DurationMs, TimeMs};

use super::{SHOW_MS, lease as leases, state as keys};

/// All leases of an order, closed ones too.
pub(super) fn leases_of(state: &State<'_>, order: &Order) -> Result<Vec<Lease>, Failure> {
    let mut found = Vec::new();
    for id in order.leases.iter() {
        found.extend(keys::lease(state, *id)?);
    }
    Ok(found)
}

/// Results may be shown from here on; if none was committed to, all is over.
pub(super) fn begin(state: &mut State<'_>, mut order: Order, now: TimeMs) -> Result<(), Failure> {
    let leases = leases_of(state, &order)?;
    if leases.iter().all(|lease| lease.sealed.is_none()) {
        return finish(state, order, now);
    }
    let until = now.after(DurationMs(SHOW_MS));
    order.state = OrderState::Judging { until };
    keys::write_order(state, &mut order, Some(until));
    state.emit(MarketEvent::Judging {
        order: order.id,
        until,
    });
    Ok(())
}

/// Takes the bonds of those that differ or kept silent, and ends all leases. Where nobody showed a result it may be the
/// order's fault, and no bond is lost.
pub(super) fn finish(state: &mut State<'_>, mut order: Order, now: TimeMs) -> Result<(), Failure> {
    let leases = leases_of(state, &order)?;
    let mut votes: BTreeMap<Digest, usize> = BTreeMap::new();
    for result in leases.iter().filter_map(|lease| lease.result) {
        *votes.entry(result).or_default() += 1;
    }
    let most = votes.iter().find(|(_, count)| **count * 2 > leases.len());
    order.result = most.map(|(result, _)| *result);
    keys::write_order(state, &mut order, None);
    state.emit(MarketEvent::Judged {
        order: order.id,
        result: order.result,
    });
    for mut lease in leases {
        if lease.is_closed() {
            continue;
        }
        let loss = match (lease.result, order.result) {
            (None, _) if !votes.is_empty() => Some(LossCause::Silent),
            (Some(own), Some(most)) if own != most => Some(LossCause::Differs),
            (None | Some(_), _) => None,
        };
        if let Some(loss) = loss {
            leases::take_bond(state, &mut lease, &order, loss, now)?;
        }
        leases::close(state, lease, CloseCause::Judged, now)?;
    }
    Ok(())
}
