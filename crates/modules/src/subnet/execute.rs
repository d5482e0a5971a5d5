//! The subnets' messages.

mod audit;
mod link;
mod open;
mod register;
mod stake;
mod trade;
mod weights;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::subnet::{Member, Phase, Subnet, SubnetMessage, SubnetState};
use lilliput_types::{Address, Amount, SubnetId, TimeMs};

use super::{settings, state as keys};
use crate::refuse::{refusal, refuse};

/// What needs no state.
pub(crate) fn check(message: &SubnetMessage) -> Result<(), Refusal> {
    match message {
        SubnetMessage::Open(message) => settings::check(&message.settings),
        SubnetMessage::Set(message) => settings::check(&message.settings),
        SubnetMessage::Stake(message) => some(message.amount),
        SubnetMessage::Unstake(message) => message.amount.map_or(Ok(()), some),
        SubnetMessage::SetTake(message) => stake::check_take(message),
        SubnetMessage::Close(_)
        | SubnetMessage::Register(_)
        | SubnetMessage::Match(_)
        | SubnetMessage::SetEndpoint(_)
        | SubnetMessage::Collect(_)
        | SubnetMessage::Commit(_)
        | SubnetMessage::Reveal(_)
        | SubnetMessage::Audit(_)
        | SubnetMessage::Link(_)
        | SubnetMessage::Leave(_)
        | SubnetMessage::OpenMarket(_) => Ok(()),
        SubnetMessage::Buy(message) => some(message.pay),
        SubnetMessage::Sell(message) => message.amount.map_or(Ok(()), some),
        SubnetMessage::SetRule(message) => settings::check_rule(&message.rule),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SubnetMessage,
) -> Result<(), Failure> {
    match message {
        SubnetMessage::Open(message) => open::open(state, context, message),
        SubnetMessage::Set(message) => open::set(state, context, message),
        SubnetMessage::Close(message) => open::close(state, context, message),
        SubnetMessage::Register(message) => register::register(state, context, message),
        SubnetMessage::Match(message) => register::match_price(state, context, message),
        SubnetMessage::SetEndpoint(message) => register::set_endpoint(state, context, message),
        SubnetMessage::Stake(message) => stake::stake(state, context, message),
        SubnetMessage::Unstake(message) => stake::unstake(state, context, message),
        SubnetMessage::Collect(message) => stake::collect(state, context, message),
        SubnetMessage::SetTake(message) => stake::set_take(state, context, message),
        SubnetMessage::Commit(message) => weights::commit(state, context, message),
        SubnetMessage::Reveal(message) => weights::reveal(state, context, message),
        SubnetMessage::Audit(message) => audit::audit(state, context, message),
        SubnetMessage::Link(message) => link::link(state, context, message),
        SubnetMessage::SetRule(message) => open::set_rule(state, context, message),
        SubnetMessage::Leave(message) => register::leave(state, context, message),
        SubnetMessage::OpenMarket(message) => trade::open_market(state, context, message),
        SubnetMessage::Buy(message) => trade::buy(state, context, message),
        SubnetMessage::Sell(message) => trade::sell(state, context, message),
    }
}

fn some(amount: Amount) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Err(refusal("subnet.zero_amount", "the amount is zero"));
    }
    Ok(())
}

fn known(state: &State<'_>, id: SubnetId) -> Result<Subnet, Failure> {
    match keys::subnet(state, id)? {
        Some(subnet) => Ok(subnet),
        None => refuse("subnet.unknown", format!("there is no subnet {id}")),
    }
}

/// A subnet that hasn't ended.
fn running(state: &State<'_>, id: SubnetId) -> Result<Subnet, Failure> {
    let subnet = known(state, id)?;
    match subnet.state {
        SubnetState::Open | SubnetState::Closing => Ok(subnet),
        SubnetState::Closed => refuse("subnet.closed", format!("subnet {id} has ended")),
    }
}

/// A subnet that goes on after the present epoch.
fn lasting(state: &State<'_>, id: SubnetId) -> Result<Subnet, Failure> {
    let subnet = running(state, id)?;
    if subnet.state == SubnetState::Closing {
        return refuse(
            "subnet.closing",
            format!("subnet {id} ends with the present epoch"),
        );
    }
    Ok(subnet)
}

fn owned(subnet: &Subnet, signer: Address) -> Result<(), Failure> {
    if subnet.owner != signer {
        return refuse("subnet.not_owner", "only the subnet's owner may do that");
    }
    Ok(())
}

/// The signer's membership.
fn member(state: &State<'_>, subnet: SubnetId, signer: Address) -> Result<Member, Failure> {
    match keys::uid(state, subnet, signer)? {
        Some(uid) => Ok(keys::seated(state, subnet, uid)?),
        None => refuse(
            "subnet.not_member",
            format!("{signer} has no uid in subnet {subnet}, register first"),
        ),
    }
}

/// A phase whose deadline has come is over, whether or not a block's end has begun the next one.
fn in_phase(subnet: &Subnet, phase: Phase, now: TimeMs) -> Result<(), Failure> {
    if subnet.phase != phase {
        return refuse(
            "subnet.phase",
            format!("subnet {} is in phase {}", subnet.id, name(subnet.phase)),
        );
    }
    if now >= subnet.phase_ends_at {
        return refuse(
            "subnet.late",
            format!(
                "phase {} ended at {}, it is {now}",
                name(phase),
                subnet.phase_ends_at
            ),
        );
    }
    Ok(())
}

const fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Commit => "commit",
        Phase::Reveal => "reveal",
        Phase::Audit => "audit",
    }
}
