//! Stake behind a registration: one's own and delegated.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::subnet::{Collect, Pool, SetTake, Stake, Subnet, SubnetEvent, Terms, Unstake};
use lilliput_types::{Amount, Holder, Registration};

use super::{known, lasting, member, running};
use crate::refuse::{overflow, refusal, refuse};
use crate::subnet::{pools, state as keys};
use crate::{bank, genesis};

/// The largest part of what delegated stake earns that a member may take.
const TAKE_MAX: u16 = 1 << 15;
/// The most stake of a subnet: with all that can be minted it stays within the bounds of an epoch's arithmetic.
const STAKE_MAX: Amount = Amount(1 << 62);

pub(super) fn check_take(message: &SetTake) -> Result<(), Refusal> {
    if message.take > TAKE_MAX {
        return Err(refusal("subnet.take", "a take is at most 32768"));
    }
    Ok(())
}

pub(super) fn stake(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Stake,
) -> Result<(), Failure> {
    let subnet = lasting(state, message.subnet)?;
    join(
        state,
        context,
        &subnet,
        message.registration,
        message.amount,
    )
}

/// Puts what the signer holds behind a registration.
pub(super) fn join(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    subnet: &Subnet,
    registration: Registration,
    amount: Amount,
) -> Result<(), Failure> {
    let terms = genesis::params(state)?.subnets;
    let asset = subnet.stake_asset(terms.asset);
    let mut pool = pool(state, subnet, registration)?;
    if pool.uid.is_none() {
        return refuse("subnet.registration_ended", "this registration has ended");
    }
    if let Some(uid) = pool.uid {
        super::register::stays(&keys::seated(state, subnet.id, uid)?)?;
    }
    if amount < terms.stake_step {
        return refuse(
            "subnet.stake_small",
            format!("at least {} is staked at once", terms.stake_step),
        );
    }
    let holder = Holder::SubnetStake(subnet.id);
    let held = bank::state::balance(state, holder, asset)?;
    if held.plus(amount).map_err(overflow)? > STAKE_MAX {
        return refuse(
            "subnet.stake_large",
            format!("the stake of a subnet is at most {STAKE_MAX}"),
        );
    }
    let signer = context.signer;
    bank::transfer(state, asset, signer.into(), holder, amount)?;
    let mut position = pools::touch(state, subnet, &terms, registration, signer)?;
    pools::join(&mut pool, &mut position, amount, subnet.epoch)?;
    keys::write_pool(state, subnet.id, &pool);
    keys::write_position(state, subnet.id, registration, signer, &position);
    state.emit(SubnetEvent::Staked {
        subnet: subnet.id,
        registration,
        account: signer,
        amount,
    });
    Ok(())
}

pub(super) fn unstake(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Unstake,
) -> Result<(), Failure> {
    let subnet = known(state, message.subnet)?;
    let terms = genesis::params(state)?.subnets;
    let (signer, registration) = (context.signer, message.registration);
    let mut pool = pool(state, &subnet, registration)?;
    let mut position = pools::touch(state, &subnet, &terms, registration, signer)?;
    let held = pools::worth(position.units, pool.index);
    let Some(units) = pools::take_out(&pool, &mut position, message.amount) else {
        return refuse(
            "subnet.stake_missing",
            format!(
                "{signer} has {held} behind registration {registration}; what joins can't leave yet"
            ),
        );
    };
    let amount = pools::worth(units, pool.index);
    if amount.is_zero() {
        return refuse("subnet.stake_missing", "there is nothing to take back");
    }
    if pool.uid.is_some() {
        pools::leave(&mut pool, &mut position, units, subnet.epoch)?;
    } else {
        pool.amount = pool.amount.minus(amount).map_err(overflow)?;
        pay_out(state, &subnet, &terms, context, amount)?;
    }
    keys::write_pool(state, subnet.id, &pool);
    keys::write_position(state, subnet.id, registration, signer, &position);
    state.emit(SubnetEvent::Unstaked {
        subnet: subnet.id,
        registration,
        account: signer,
        amount,
    });
    Ok(())
}

pub(super) fn collect(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Collect,
) -> Result<(), Failure> {
    let subnet = known(state, message.subnet)?;
    let terms = genesis::params(state)?.subnets;
    let (signer, registration) = (context.signer, message.registration);
    let mut pool = pool(state, &subnet, registration)?;
    let mut position = pools::touch(state, &subnet, &terms, registration, signer)?;
    let amount = std::mem::take(&mut position.unbonding);
    if amount.is_zero() {
        return refuse("subnet.nothing_left", "nothing that was taken back waits");
    }
    // Whose registration or subnet has ended needn't wait: nothing can be slashed any more.
    if pool.uid.is_some() && context.block.time < position.unbonding_until {
        return refuse(
            "subnet.unbonding",
            format!(
                "it can be collected from {} on, it is {}",
                position.unbonding_until, context.block.time
            ),
        );
    }
    pool.unbonding = pool.unbonding.minus(amount).map_err(overflow)?;
    pay_out(state, &subnet, &terms, context, amount)?;
    keys::write_pool(state, subnet.id, &pool);
    keys::write_position(state, subnet.id, registration, signer, &position);
    state.emit(SubnetEvent::Collected {
        subnet: subnet.id,
        registration,
        account: signer,
        amount,
    });
    Ok(())
}

fn pay_out(
    state: &mut State<'_>,
    subnet: &Subnet,
    terms: &Terms,
    context: &MessageContext<'_>,
    amount: Amount,
) -> Result<(), Failure> {
    let (from, to) = (Holder::SubnetStake(subnet.id), context.signer.into());
    bank::transfer(state, subnet.stake_asset(terms.asset), from, to, amount)
}

pub(super) fn set_take(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SetTake,
) -> Result<(), Failure> {
    let subnet = running(state, message.subnet)?;
    let member = member(state, subnet.id, context.signer)?;
    let mut pool = keys::pool_of(state, subnet.id, member.registration)?;
    pool.take_next = message.take;
    keys::write_pool(state, subnet.id, &pool);
    state.emit(SubnetEvent::TakeChanged {
        subnet: subnet.id,
        uid: member.uid,
        take: message.take,
    });
    Ok(())
}

fn pool(state: &State<'_>, subnet: &Subnet, registration: Registration) -> Result<Pool, Failure> {
    match keys::pool(state, subnet.id, registration)? {
        Some(pool) => Ok(pool),
        None => refuse(
            "subnet.unknown_registration",
            format!("subnet {} has no registration {registration}", subnet.id),
        ),
    }
}
