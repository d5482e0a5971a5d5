//! What happens to a lease: settled, paused, filled, ended. None of it reads another lease, but for those that follow in a
//! spot pool.

use lilliput_ledger::{Failure, State, StoreError};
use lilliput_types::market::{
    CloseCause, Lease, LeaseState, LossCause, MarketEvent, MarketProvider, Order, OrderEnd,
    OrderState,
};
use lilliput_types::{Amount, DurationMs, Holder, Segment, TimeMs};

use super::{GRACE_MS, LOW_MS, PAUSE_MS, bond, heard, spot, state as keys};
use crate::bank;
use crate::refuse::overflow;

/// How soon a lease of a lost provider is looked at again.
const RECHECK_MS: u64 = 600_000;

/// Pays what is owed up to a moment of the provider's clock. The caller writes the lease.
pub(super) fn settle(state: &mut State<'_>, lease: &mut Lease, clock: u64) -> Result<(), Failure> {
    let (owed, meter) = lease.meter.read(clock, lease.escrow);
    lease.meter = meter;
    pay(state, lease, owed)
}

fn pay(state: &mut State<'_>, lease: &mut Lease, amount: Amount) -> Result<(), Failure> {
    if amount.is_zero() {
        return Ok(());
    }
    lease.escrow = lease.escrow.minus(amount).map_err(overflow)?;
    lease.paid = lease.paid.plus(amount).map_err(overflow)?;
    let (from, to) = (Holder::Lease(lease.id), lease.provider.into());
    bank::pay(state, lease.asset, from, to, amount, Segment::Iaas)?;
    state.emit(MarketEvent::Settled {
        lease: lease.id,
        paid: amount,
        left: lease.escrow,
    });
    Ok(())
}

/// Settles until now, then lets the meter run at the rate that holds from here on.
pub(super) fn set_rate(
    state: &mut State<'_>,
    lease: &mut Lease,
    provider: &MarketProvider,
    now: TimeMs,
) -> Result<(), Failure> {
    settle(state, lease, provider.clock_now(now, GRACE_MS))?;
    lease.meter.rate = lease.rate_now();
    Ok(())
}

/// Writes a lease with when it must be looked at.
pub(super) fn write(
    state: &mut State<'_>,
    lease: &mut Lease,
    provider: &MarketProvider,
    now: TimeMs,
) {
    let due = next_look(lease, provider, now);
    keys::write_lease(state, lease, due);
}

fn next_look(lease: &Lease, provider: &MarketProvider, now: TimeMs) -> Option<TimeMs> {
    let ends = lease.ends_at;
    let own = match lease.state {
        LeaseState::Closed { .. } => return None,
        LeaseState::Reserved { from } => Some(from),
        LeaseState::Paused { until } => Some(until),
        LeaseState::Active if provider.lost => Some(now.after(DurationMs(RECHECK_MS))),
        LeaseState::Active => {
            let clock = provider.clock_now(now, GRACE_MS);
            let lasts = lease.meter.lasts_ms(clock, lease.escrow);
            let warning = if lease.low_told { 0 } else { LOW_MS };
            lasts.map(|lasts| now.after(DurationMs(lasts.saturating_sub(warning))))
        }
    };
    [own, ends].into_iter().flatten().min()
}

/// What a lease waited for has come.
pub(super) fn look(state: &mut State<'_>, mut lease: Lease, now: TimeMs) -> Result<(), Failure> {
    let provider = heard::record(state, lease.provider, now)?;
    if lease.ends_at.is_some_and(|end| end <= now) {
        let cause = if lease.noticed {
            CloseCause::Reclaimed
        } else {
            CloseCause::Ended
        };
        return close(state, lease, cause, now);
    }
    match lease.state {
        LeaseState::Closed { .. } => {}
        LeaseState::Paused { until } if until <= now => {
            return close(state, lease, CloseCause::Unpaid, now);
        }
        LeaseState::Reserved { from } if from <= now => {
            lease.state = LeaseState::Active;
            // The block may come later than the moment; nothing ran up before.
            lease.meter.mark = provider.clock_at(from, now, GRACE_MS);
            lease.meter.rate = lease.rate_now();
            state.emit(MarketEvent::Started { lease: lease.id });
        }
        LeaseState::Active if !provider.lost => {
            let clock = provider.clock_now(now, GRACE_MS);
            match lease.meter.lasts_ms(clock, lease.escrow) {
                Some(0) => return pause(state, lease, &provider, now),
                Some(lasts_ms) if lasts_ms <= LOW_MS && !lease.low_told => {
                    lease.low_told = true;
                    state.emit(MarketEvent::Low {
                        lease: lease.id,
                        left: lease.escrow,
                        lasts_ms,
                    });
                }
                Some(_) | None => {}
            }
        }
        LeaseState::Active | LeaseState::Paused { .. } | LeaseState::Reserved { .. } => {}
    }
    write(state, &mut lease, &provider, now);
    Ok(())
}

fn pause(
    state: &mut State<'_>,
    mut lease: Lease,
    provider: &MarketProvider,
    now: TimeMs,
) -> Result<(), Failure> {
    let until = now.after(DurationMs(PAUSE_MS));
    spot::leave(state, &mut lease)?;
    lease.state = LeaseState::Paused { until };
    set_rate(state, &mut lease, provider, now)?;
    write(state, &mut lease, provider, now);
    state.emit(MarketEvent::Paused {
        lease: lease.id,
        until,
    });
    spot::rebalance(state, &lease, now)
}

/// More money; it ends a pause.
pub(super) fn fill(
    state: &mut State<'_>,
    mut lease: Lease,
    amount: Amount,
    now: TimeMs,
) -> Result<(), Failure> {
    let provider = heard::record(state, lease.provider, now)?;
    // What was owed before is paid from what was there before.
    settle(state, &mut lease, provider.clock)?;
    lease.escrow = lease.escrow.plus(amount).map_err(overflow)?;
    lease.funded = lease.funded.plus(amount).map_err(overflow)?;
    lease.low_told = false;
    let paused = matches!(lease.state, LeaseState::Paused { .. });
    if paused {
        lease.state = LeaseState::Active;
        spot::enter(state, &mut lease)?;
        set_rate(state, &mut lease, &provider, now)?;
        state.emit(MarketEvent::Resumed { lease: lease.id });
    }
    write(state, &mut lease, &provider, now);
    if paused {
        spot::rebalance(state, &lease, now)?;
    }
    Ok(())
}

/// Ends a lease: the provider gets what it is owed, the owner the rest, the bond is freed or lost.
pub(super) fn close(
    state: &mut State<'_>,
    mut lease: Lease,
    cause: CloseCause,
    now: TimeMs,
) -> Result<(), Failure> {
    let provider = heard::record(state, lease.provider, now)?;
    let Some(mut order) = keys::order(state, lease.order)? else {
        return Err(missing(&lease).into());
    };
    // The block may come later than the lease's end.
    let ended = lease.ends_at.map_or(now, |end| end.min(now));
    settle(state, &mut lease, provider.clock_at(ended, now, GRACE_MS))?;
    let kept = !provider.lost && !lease.noticed;
    if cause == CloseCause::OwnerLeft && lease.reserved && kept {
        let rest = rest_of_reservation(&lease, now);
        pay(state, &mut lease, rest)?;
    }
    spot::leave(state, &mut lease)?;
    let (from, to) = (Holder::Lease(lease.id), lease.owner.into());
    bank::transfer(state, lease.asset, from, to, lease.escrow)?;
    lease.refunded = lease.refunded.plus(lease.escrow).map_err(overflow)?;
    lease.escrow = Amount::ZERO;
    let bond = std::mem::take(&mut lease.bond);
    let loss = match cause {
        CloseCause::ProviderLeft => Some(LossCause::Left),
        CloseCause::Evidence => Some(LossCause::Contradiction),
        CloseCause::OwnerLeft
        | CloseCause::Reclaimed
        | CloseCause::Ended
        | CloseCause::Unpaid
        | CloseCause::Judged => None,
    };
    match loss {
        Some(loss) => bond::lose(state, lease.provider, &order, bond, loss, now)?,
        None => bond::free(state, lease.provider, &order, bond)?,
    }
    lease.state = LeaseState::Closed { cause, at: now };
    lease.meter.rate = lease.rate_now();
    keys::write_lease(state, &mut lease, None);
    heard::fewer(state, lease.provider, loss.is_some(), now)?;
    state.emit(MarketEvent::Closed {
        lease: lease.id,
        cause,
        paid: lease.paid,
        refunded: lease.refunded,
    });
    order.leases_open = order.leases_open.saturating_sub(1);
    let due = if order.leases_open == 0 {
        order.state = OrderState::Closed {
            end: OrderEnd::Served,
        };
        state.emit(MarketEvent::OrderClosed {
            order: order.id,
            end: OrderEnd::Served,
            refunded: Amount::ZERO,
        });
        None
    } else {
        order.due
    };
    keys::write_order(state, &mut order, due);
    spot::rebalance(state, &lease, now)
}

/// What is left to pay of a reservation that nobody stopped.
fn rest_of_reservation(lease: &Lease, now: TimeMs) -> Amount {
    let begins = match lease.state {
        LeaseState::Reserved { from } => from.max(now),
        LeaseState::Active => now,
        LeaseState::Paused { .. } | LeaseState::Closed { .. } => return Amount::ZERO,
    };
    let ends = lease.ends_at.unwrap_or(now);
    let rest = lease.rate.for_ms(ends.0.saturating_sub(begins.0));
    rest.min(lease.escrow)
}

/// A lease's order is never removed.
pub(super) fn missing(lease: &Lease) -> StoreError {
    StoreError::Corrupt {
        key: format!("order of lease {}", lease.id),
        reason: "there is none".to_owned(),
    }
}

/// Takes the bond of a lease that goes on or is closed right after.
pub(super) fn take_bond(
    state: &mut State<'_>,
    lease: &mut Lease,
    order: &Order,
    cause: LossCause,
    now: TimeMs,
) -> Result<(), Failure> {
    let bond = std::mem::take(&mut lease.bond);
    bond::lose(state, lease.provider, order, bond, cause, now)
}
