//! The messages of the market.

mod attributes;
mod award;
mod bid;
mod create;
mod evidence;
mod lease;
mod results;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::market::{
    DeploymentId, Lease, LeaseId, MarketEvent, MarketMessage, Order, OrderId, Pool, SetPool,
};
use lilliput_types::{Address, Amount};

use super::{SLOTS_MAX, heard, spot, state as keys};
use crate::provider;
use crate::refuse::{refusal, refuse};

/// What needs no state.
pub(crate) fn check(message: &MarketMessage) -> Result<(), Refusal> {
    match message {
        MarketMessage::Describe(message) => attributes::check(&message.attributes),
        MarketMessage::Audit(message) => attributes::check(&message.attributes),
        MarketMessage::Create(message) => create::check(message),
        MarketMessage::TopUp(message) if message.amount == Amount::ZERO => {
            Err(refusal("market.zero_amount", "the amount is zero"))
        }
        MarketMessage::Pool(message) if message.slots > SLOTS_MAX => Err(refusal(
            "market.slots",
            format!("{} slots, at most {SLOTS_MAX}", message.slots),
        )),
        MarketMessage::Decline(message) if message.reasons.is_empty() => Err(refusal(
            "market.no_reason",
            "a decline needs at least one reason",
        )),
        MarketMessage::Evidence(message) => evidence::check(message),
        MarketMessage::Revoke(_)
        | MarketMessage::Pool(_)
        | MarketMessage::Beat
        | MarketMessage::Bid(_)
        | MarketMessage::Seal(_)
        | MarketMessage::Reveal(_)
        | MarketMessage::Retract(_)
        | MarketMessage::Decline(_)
        | MarketMessage::Award(_)
        | MarketMessage::CloseOrder(_)
        | MarketMessage::CloseDeployment(_)
        | MarketMessage::TopUp(_)
        | MarketMessage::Settle(_)
        | MarketMessage::Rebid(_)
        | MarketMessage::Reclaim(_)
        | MarketMessage::Leave(_)
        | MarketMessage::Commit(_)
        | MarketMessage::Show(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &MarketMessage,
) -> Result<(), Failure> {
    heard::touch(state, context.signer, context.block.time)?;
    match message {
        MarketMessage::Describe(message) => attributes::describe(state, context, message),
        MarketMessage::Audit(message) => attributes::audit(state, context, message),
        MarketMessage::Revoke(message) => attributes::revoke(state, context, message),
        MarketMessage::Pool(message) => set_pool(state, context, message),
        MarketMessage::Beat => beat(state, context),
        MarketMessage::Create(message) => create::execute(state, context, message),
        MarketMessage::Bid(message) => bid::bid(state, context, message),
        MarketMessage::Seal(message) => bid::seal(state, context, message),
        MarketMessage::Reveal(message) => bid::reveal(state, context, message),
        MarketMessage::Retract(message) => bid::retract(state, context, message),
        MarketMessage::Decline(message) => bid::decline(state, context, message),
        MarketMessage::Award(message) => award::execute(state, context, message),
        MarketMessage::CloseOrder(message) => award::close_order(state, context, message.order),
        MarketMessage::CloseDeployment(message) => {
            award::close_deployment(state, context, message.deployment)
        }
        MarketMessage::TopUp(message) => lease::top_up(state, context, message),
        MarketMessage::Settle(message) => lease::settle(state, context, message),
        MarketMessage::Rebid(message) => lease::rebid(state, context, message),
        MarketMessage::Reclaim(message) => lease::reclaim(state, context, message),
        MarketMessage::Leave(message) => lease::leave(state, context, message),
        MarketMessage::Commit(message) => results::commit(state, context, message),
        MarketMessage::Show(message) => results::show(state, context, message),
        MarketMessage::Evidence(message) => evidence::execute(state, context, message),
    }
}

/// Refuses an account that isn't a provider.
fn registered(state: &State<'_>, signer: Address) -> Result<(), Failure> {
    if provider::state::provider(state, signer)?.is_none() {
        return refuse(
            "market.not_registered",
            format!("{signer} is not registered as a provider"),
        );
    }
    Ok(())
}

fn known_order(state: &State<'_>, id: OrderId) -> Result<Order, Failure> {
    match keys::order(state, id)? {
        Some(order) => Ok(order),
        None => refuse("market.unknown_order", format!("there is no order {id}")),
    }
}

/// The signer's own order.
fn own_order(state: &State<'_>, id: OrderId, signer: Address) -> Result<Order, Failure> {
    let order = known_order(state, id)?;
    if order.owner != signer {
        return refuse(
            "market.not_owner",
            format!("order {id} belongs to {}", order.owner),
        );
    }
    Ok(order)
}

/// A lease that isn't over.
fn open_lease(state: &State<'_>, id: LeaseId) -> Result<Lease, Failure> {
    match keys::lease(state, id)? {
        None => refuse("market.unknown_lease", format!("there is no lease {id}")),
        Some(lease) if lease.is_closed() => {
            refuse("market.closed", format!("lease {id} is closed"))
        }
        Some(lease) => Ok(lease),
    }
}

/// A lease that the signer serves.
fn served_lease(state: &State<'_>, id: LeaseId, signer: Address) -> Result<Lease, Failure> {
    let lease = open_lease(state, id)?;
    if lease.provider != signer {
        return refuse(
            "market.not_provider",
            format!("lease {id} is served by {}", lease.provider),
        );
    }
    Ok(lease)
}

fn own_deployment(
    state: &State<'_>,
    id: DeploymentId,
    signer: Address,
) -> Result<lilliput_types::market::Deployment, Failure> {
    match keys::deployment(state, id)? {
        None => refuse(
            "market.unknown_deployment",
            format!("there is no deployment {id}"),
        ),
        Some(deployment) if deployment.owner != signer => refuse(
            "market.not_owner",
            format!("deployment {id} belongs to {}", deployment.owner),
        ),
        Some(deployment) => Ok(deployment),
    }
}

/// [`heard::touch`] has counted it.
fn beat(state: &mut State<'_>, context: &MessageContext<'_>) -> Result<(), Failure> {
    registered(state, context.signer)?;
    let mut provider = heard::record(state, context.signer, context.block.time)?;
    heard::write(state, &mut provider);
    state.emit(MarketEvent::Heard {
        provider: context.signer,
        clock: provider.clock,
    });
    Ok(())
}

fn set_pool(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SetPool,
) -> Result<(), Failure> {
    let provider = context.signer;
    registered(state, provider)?;
    let mut pool = keys::pool(state, provider, message.pool)?.unwrap_or(Pool {
        provider,
        pool: message.pool,
        slots: 0,
        running: 0,
        waiting: 0,
    });
    pool.slots = message.slots;
    keys::write_pool(state, &pool);
    state.emit(MarketEvent::PoolSet {
        provider,
        pool: message.pool,
        slots: message.slots,
    });
    spot::rebalance_pool(state, provider, message.pool, context.block.time)
}
