//! Messages about one lease.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::Holder;
use lilliput_types::market::{
    CloseCause, LeaseState, Leave, MarketEvent, Rebid, Reclaim, Settle, TopUp,
};

use crate::bank;
use crate::market::{heard, lease as leases, spot, state as keys};
use crate::refuse::refuse;

pub(super) fn top_up(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &TopUp,
) -> Result<(), Failure> {
    let lease = super::open_lease(state, message.lease)?;
    let (from, to) = (context.signer.into(), Holder::Lease(lease.id));
    bank::transfer(state, lease.asset, from, to, message.amount)?;
    state.emit(MarketEvent::ToppedUp {
        lease: lease.id,
        by: context.signer,
        amount: message.amount,
    });
    leases::fill(state, lease, message.amount, context.block.time)
}

pub(super) fn settle(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Settle,
) -> Result<(), Failure> {
    let mut lease = super::open_lease(state, message.lease)?;
    let now = context.block.time;
    let provider = heard::record(state, lease.provider, now)?;
    leases::settle(state, &mut lease, provider.clock)?;
    leases::write(state, &mut lease, &provider, now);
    Ok(())
}

pub(super) fn rebid(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Rebid,
) -> Result<(), Failure> {
    let mut lease = super::open_lease(state, message.lease)?;
    if lease.owner != context.signer {
        return refuse(
            "market.not_owner",
            format!("lease {} belongs to {}", lease.id, lease.owner),
        );
    }
    let Some(mut spot) = lease.spot else {
        return refuse("market.not_spot", format!("lease {} isn't spot", lease.id));
    };
    if message.bid < spot.ask {
        return refuse(
            "market.bid",
            format!("{} an hour, the provider asks {}", message.bid, spot.ask),
        );
    }
    let now = context.block.time;
    let provider = heard::record(state, lease.provider, now)?;
    let listed = lease.state == LeaseState::Active;
    if listed {
        keys::list_spot(state, &lease, false);
    }
    spot.bid = message.bid;
    lease.spot = Some(spot);
    lease.rate = message.bid;
    if listed {
        keys::list_spot(state, &lease, true);
    }
    leases::set_rate(state, &mut lease, &provider, now)?;
    leases::write(state, &mut lease, &provider, now);
    state.emit(MarketEvent::Spot {
        lease: lease.id,
        running: spot.running && listed,
        rate: lease.meter.rate,
    });
    spot::rebalance(state, &lease, now)
}

pub(super) fn reclaim(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Reclaim,
) -> Result<(), Failure> {
    let mut lease = super::served_lease(state, message.lease, context.signer)?;
    if lease.reserved {
        return refuse("market.reserved", "a reservation can't be reclaimed");
    }
    if lease.noticed {
        return refuse("market.noticed", "notice was given already");
    }
    let now = context.block.time;
    let provider = heard::record(state, lease.provider, now)?;
    let ends_at = now.after(lease.notice_ms);
    let ends_at = lease.ends_at.map_or(ends_at, |end| end.min(ends_at));
    lease.ends_at = Some(ends_at);
    lease.noticed = true;
    leases::write(state, &mut lease, &provider, now);
    state.emit(MarketEvent::Noticed {
        lease: lease.id,
        ends_at,
    });
    Ok(())
}

pub(super) fn leave(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Leave,
) -> Result<(), Failure> {
    let lease = super::open_lease(state, message.lease)?;
    let cause = if lease.owner == context.signer {
        CloseCause::OwnerLeft
    } else if lease.provider == context.signer {
        CloseCause::ProviderLeft
    } else {
        return refuse(
            "market.not_party",
            format!("lease {} is between others", lease.id),
        );
    };
    leases::close(state, lease, cause, context.block.time)
}
