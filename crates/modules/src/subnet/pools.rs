//! Stake behind a registration: units, their index, and marks for what joined or left.
//!
//! A pool's index moves by the ratio of its amounts, floored; units are bought and sold by it, floored. So what all
//! positions are worth is never more than the pool, and a dividend or a slash touches the pool alone.

use lilliput_ledger::{Failure, State, StateReader, StoreError};
use lilliput_types::subnet::{Joining, Leaving, Mark, Pool, Position, Subnet, Terms};
use lilliput_types::{Amount, Registration, SubnetEpoch, TimeMs};

use super::state as keys;
use crate::refuse::{overflow, refuse};

const INDEX_BITS: u32 = 32;
/// What a unit is worth at first.
pub(super) const INDEX_ONE: u64 = 1 << INDEX_BITS;
/// Below this a pool was slashed too often to take more stake.
const INDEX_MIN: u64 = 1 << 16;
/// What would lift the index beyond stays unclaimed.
const INDEX_MAX: u64 = 1 << 63;

/// What units are worth. A position is worth at most its pool, below 2^63, so that the product stays below 2^96.
pub(super) fn worth(units: Amount, index: u64) -> Amount {
    Amount(units.0.saturating_mul(u128::from(index)) >> INDEX_BITS)
}

/// How many units an amount below 2^63 buys.
fn bought(amount: Amount, index: u64) -> Amount {
    Amount((amount.0 << INDEX_BITS) / u128::from(index.max(1)))
}

/// The least units that are worth an amount below 2^63.
fn sold(amount: Amount, index: u64) -> Amount {
    Amount((amount.0 << INDEX_BITS).div_ceil(u128::from(index.max(1))))
}

/// A position as it stands after the epochs that have settled; the marks that it used.
pub(super) fn caught_up(
    state: &dyn StateReader,
    subnet: &Subnet,
    terms: &Terms,
    registration: Registration,
    position: &Position,
) -> Result<(Position, Vec<SubnetEpoch>), StoreError> {
    let mut now = *position;
    let mut used = Vec::new();
    if let Some(Joining { amount, epoch }) = now.joining
        && epoch < subnet.epoch
    {
        let mark = keys::mark(state, subnet.id, registration, epoch)?;
        let units = bought(amount, mark.index);
        now.units = Amount(now.units.0.saturating_add(units.0));
        now.joining = None;
        used.push(epoch);
    }
    if let Some(Leaving { units, epoch }) = now.leaving
        && epoch < subnet.epoch
    {
        let mark = keys::mark(state, subnet.id, registration, epoch)?;
        let left = worth(units, mark.index);
        now.unbonding = Amount(now.unbonding.0.saturating_add(left.0));
        now.unbonding_until = now.unbonding_until.max(mark.at.after(terms.unbonding_ms));
        now.leaving = None;
        used.push(epoch);
    }
    Ok((now, used))
}

/// Reads a position, brings it up to date, and lets go of its marks. The caller writes it.
pub(super) fn touch(
    state: &mut State<'_>,
    subnet: &Subnet,
    terms: &Terms,
    registration: Registration,
    account: lilliput_types::Address,
) -> Result<Position, StoreError> {
    let position = keys::position(state, subnet.id, registration, account)?;
    let (now, used) = caught_up(state, subnet, terms, registration, &position)?;
    for epoch in used {
        let mut mark = keys::mark(state, subnet.id, registration, epoch)?;
        mark.waiting = mark.waiting.saturating_sub(1);
        keys::write_mark(state, subnet.id, registration, epoch, &mark);
    }
    Ok(now)
}

/// Lets an amount join when the present epoch settles.
pub(super) fn join(
    pool: &mut Pool,
    position: &mut Position,
    amount: Amount,
    epoch: SubnetEpoch,
) -> Result<(), Failure> {
    if pool.index < INDEX_MIN {
        return refuse(
            "subnet.pool_worn",
            "this registration was slashed too often to take more stake",
        );
    }
    let before = match position.joining {
        Some(joining) => joining.amount,
        None => {
            pool.moving = pool.moving.saturating_add(1);
            Amount::ZERO
        }
    };
    position.joining = Some(Joining {
        amount: before.plus(amount).map_err(overflow)?,
        epoch,
    });
    pool.joining = pool.joining.plus(amount).map_err(overflow)?;
    Ok(())
}

/// Takes units out of a position: those worth an amount, or all. None if it holds less.
pub(super) fn take_out(
    pool: &Pool,
    position: &mut Position,
    amount: Option<Amount>,
) -> Option<Amount> {
    let units = match amount {
        None => position.units,
        Some(amount) if amount > worth(position.units, pool.index) => return None,
        Some(amount) => sold(amount, pool.index).min(position.units),
    };
    position.units = position.units.minus(units).ok()?;
    Some(units)
}

/// Lets units leave when the present epoch settles.
pub(super) fn leave(
    pool: &mut Pool,
    position: &mut Position,
    units: Amount,
    epoch: SubnetEpoch,
) -> Result<(), Failure> {
    let before = match position.leaving {
        Some(leaving) => leaving.units,
        None => {
            pool.moving = pool.moving.saturating_add(1);
            Amount::ZERO
        }
    };
    position.leaving = Some(Leaving {
        units: before.plus(units).map_err(overflow)?,
        epoch,
    });
    pool.leaving = pool.leaving.plus(units).map_err(overflow)?;
    Ok(())
}

/// What an epoch does to a pool: a gain or a loss, then joins and leaves, then the new take.
pub(super) fn settle(
    state: &mut State<'_>,
    subnet: &Subnet,
    pool: &mut Pool,
    gain: Amount,
    loss: Amount,
    at: TimeMs,
) -> Result<(), Failure> {
    let before = pool.amount;
    let after = before
        .plus(gain)
        .and_then(|sum| sum.minus(loss))
        .map_err(overflow)?;
    if !before.is_zero() {
        // Both amounts are below 2^63, and so is the index.
        let index = u128::from(pool.index).saturating_mul(after.0) / before.0;
        pool.index = u64::try_from(index).unwrap_or(INDEX_MAX).min(INDEX_MAX);
    }
    let left = worth(pool.leaving, pool.index).min(after);
    pool.amount = after
        .minus(left)
        .and_then(|rest| rest.plus(pool.joining))
        .map_err(overflow)?;
    pool.unbonding = pool.unbonding.plus(left).map_err(overflow)?;
    pool.leaving = Amount::ZERO;
    pool.joining = Amount::ZERO;
    let mark = Mark {
        index: pool.index,
        at,
        waiting: std::mem::take(&mut pool.moving),
    };
    if mark.waiting > 0 {
        keys::write_mark(state, subnet.id, pool.registration, subnet.epoch, &mark);
    }
    pool.take = pool.take_next;
    Ok(())
}
