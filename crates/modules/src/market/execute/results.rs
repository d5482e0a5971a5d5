//! Results of replicated orders: committed to, then shown.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::market::{
    CommitResult, Lease, LeaseLevel, MarketEvent, OrderState, ShowResult, seal_result,
};

use crate::market::{heard, judge, lease as leases};
use crate::refuse::refuse;

pub(super) fn commit(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &CommitResult,
) -> Result<(), Failure> {
    let mut lease = super::served_lease(state, message.lease, context.signer)?;
    let order = super::known_order(state, lease.order)?;
    if !matches!(order.group.terms.level, LeaseLevel::Replicated { .. }) {
        return refuse(
            "market.level",
            "only results of replicated orders are sealed",
        );
    }
    let now = context.block.time;
    if order.state != OrderState::Leased || order.deadline.is_some_and(|end| now >= end) {
        return refuse("market.late", "the time to commit to a result is over");
    }
    if lease.sealed.is_some() {
        return refuse("market.sealed", "a result was committed to already");
    }
    lease.sealed = Some(message.sealed);
    let provider = heard::record(state, lease.provider, now)?;
    leases::write(state, &mut lease, &provider, now);
    state.emit(MarketEvent::Committed { lease: lease.id });
    let all = judge::leases_of(state, &order)?;
    if all
        .iter()
        .all(|lease| lease.sealed.is_some() || lease.is_closed())
    {
        return judge::begin(state, order, now);
    }
    Ok(())
}

pub(super) fn show(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &ShowResult,
) -> Result<(), Failure> {
    let mut lease = super::served_lease(state, message.lease, context.signer)?;
    let order = super::known_order(state, lease.order)?;
    let now = context.block.time;
    let OrderState::Judging { until } = order.state else {
        return refuse("market.early", "results aren't shown yet");
    };
    if now >= until {
        return refuse("market.late", "the time to show results is over");
    }
    if lease.result.is_some() {
        return refuse("market.shown", "the result was shown already");
    }
    let (chain, provider) = (context.block.chain, context.signer);
    let seal = seal_result(chain, lease.id, provider, message.result, message.salt);
    if lease.sealed != Some(seal) {
        return refuse("market.seal", "this isn't what was sealed");
    }
    lease.result = Some(message.result);
    let record = heard::record(state, provider, now)?;
    leases::write(state, &mut lease, &record, now);
    state.emit(MarketEvent::Shown {
        lease: lease.id,
        result: message.result,
    });
    let all = judge::leases_of(state, &order)?;
    let shown =
        |lease: &Lease| lease.result.is_some() || lease.sealed.is_none() || lease.is_closed();
    if all.iter().all(shown) {
        return judge::finish(state, order, now);
    }
    Ok(())
}
