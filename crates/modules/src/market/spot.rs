//! Spot: the highest bids of a pool run, the others wait with their disk.

use lilliput_ledger::{Failure, State, StoreError};
use lilliput_types::market::{Lease, LeaseId, MarketEvent, Pool};
use lilliput_types::{Address, TimeMs};

use super::{SLOTS_MAX, heard, lease as leases, state as keys};

/// More steps than any change of one lease or of a pool's slots needs.
const STEPS_MAX: u16 = 2 * SLOTS_MAX + 2;

/// Puts a lease into its pool, waiting. The caller sets its rate and rebalances once it is written.
pub(super) fn enter(state: &mut State<'_>, lease: &mut Lease) -> Result<(), Failure> {
    let Some(spot) = &mut lease.spot else {
        return Ok(());
    };
    spot.running = false;
    let mut pool = known(state, lease.provider, spot.pool)?;
    pool.waiting = pool.waiting.saturating_add(1);
    keys::write_pool(state, &pool);
    keys::list_spot(state, lease, true);
    Ok(())
}

/// Takes a lease out of its pool, if it is in.
pub(super) fn leave(state: &mut State<'_>, lease: &mut Lease) -> Result<(), Failure> {
    let Some(spot) = lease.spot else {
        return Ok(());
    };
    // Only what isn't paused or closed is listed.
    if !matches!(lease.state, lilliput_types::market::LeaseState::Active) {
        return Ok(());
    }
    let mut pool = known(state, lease.provider, spot.pool)?;
    if spot.running {
        pool.running = pool.running.saturating_sub(1);
    } else {
        pool.waiting = pool.waiting.saturating_sub(1);
    }
    keys::write_pool(state, &pool);
    keys::list_spot(state, lease, false);
    Ok(())
}

/// Lets the highest bids of a lease's pool run.
pub(super) fn rebalance(state: &mut State<'_>, lease: &Lease, now: TimeMs) -> Result<(), Failure> {
    match lease.spot {
        Some(spot) => rebalance_pool(state, lease.provider, spot.pool, now),
        None => Ok(()),
    }
}

pub(super) fn rebalance_pool(
    state: &mut State<'_>,
    provider: Address,
    number: u16,
    now: TimeMs,
) -> Result<(), Failure> {
    for _ in 0..STEPS_MAX {
        let pool = known(state, provider, number)?;
        let running = keys::first_of(state, &keys::running_in(provider, number))?;
        let waiting = keys::first_of(state, &keys::waiting_in(provider, number))?;
        let (id, run) = match (running, waiting) {
            (Some(lowest), _) if pool.running > u32::from(pool.slots) => (lowest, false),
            (_, Some(highest)) if pool.running < u32::from(pool.slots) => (highest, true),
            (Some(lowest), Some(highest)) if bid(state, lowest)? < bid(state, highest)? => {
                (lowest, false)
            }
            _ => return Ok(()),
        };
        switch(state, id, run, pool, now)?;
    }
    Ok(())
}

fn bid(state: &State<'_>, id: LeaseId) -> Result<u64, Failure> {
    let lease = listed(state, id)?;
    Ok(lease.spot.map_or(0, |spot| spot.bid.0))
}

/// Starts or stops one lease.
fn switch(
    state: &mut State<'_>,
    id: LeaseId,
    run: bool,
    mut pool: Pool,
    now: TimeMs,
) -> Result<(), Failure> {
    let mut lease = listed(state, id)?;
    let provider = heard::record(state, lease.provider, now)?;
    keys::list_spot(state, &lease, false);
    if let Some(spot) = &mut lease.spot {
        spot.running = run;
    }
    if run {
        pool.running = pool.running.saturating_add(1);
        pool.waiting = pool.waiting.saturating_sub(1);
    } else {
        pool.running = pool.running.saturating_sub(1);
        pool.waiting = pool.waiting.saturating_add(1);
    }
    keys::write_pool(state, &pool);
    keys::list_spot(state, &lease, true);
    leases::set_rate(state, &mut lease, &provider, now)?;
    leases::write(state, &mut lease, &provider, now);
    state.emit(MarketEvent::Spot {
        lease: id,
        running: run,
        rate: lease.meter.rate,
    });
    Ok(())
}

fn listed(state: &State<'_>, id: LeaseId) -> Result<Lease, Failure> {
    let lease = keys::lease(state, id)?;
    lease.ok_or_else(|| corrupt(format!("lease {id} of a pool")).into())
}

/// A pool is never removed.
fn known(state: &State<'_>, provider: Address, number: u16) -> Result<Pool, Failure> {
    let pool = keys::pool(state, provider, number)?;
    pool.ok_or_else(|| corrupt(format!("pool {number} of {provider}")).into())
}

fn corrupt(key: String) -> StoreError {
    StoreError::Corrupt {
        key,
        reason: "there is none".to_owned(),
    }
}
