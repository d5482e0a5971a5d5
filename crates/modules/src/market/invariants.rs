//! Money, the queue and the pools agree with orders, leases and providers.

use std::collections::{BTreeMap, BTreeSet};

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::market::{
    Bid, BidState, Lease, LeaseId, LeaseState, MarketProvider, Order, OrderId, Pool,
};
use lilliput_types::{Address, Amount, AssetId, Holder, TimeMs};

use super::state::{self, Waiting};
use crate::bank;

/// What the records say about queue and bonds.
#[derive(Default)]
struct Told {
    due: BTreeSet<(TimeMs, Waiting)>,
    bonds: BTreeMap<Address, u128>,
    open: BTreeSet<OrderId>,
    served: BTreeMap<Address, u32>,
    asset: Option<AssetId>,
}

impl Told {
    fn waits(&mut self, due: Option<TimeMs>, waiting: Waiting) {
        self.due.extend(due.map(|due| (due, waiting)));
    }
}

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut told = Told::default();
    for entry in Scan::<Order>::new(reader, state::ORDERS) {
        check_order(reader, &entry?.1, &mut told, &mut found)?;
    }
    for entry in Scan::<Lease>::new(reader, state::LEASES) {
        check_lease(reader, &entry?.1, &mut told, &mut found)?;
    }
    for entry in Scan::<Bid>::new(reader, state::BIDS) {
        let (_, bid) = entry?;
        if bid.state == BidState::Live {
            *told.bonds.entry(bid.provider).or_default() += bid.bond.0;
        }
    }
    for entry in Scan::<MarketProvider>::new(reader, state::PROVIDERS) {
        let (_, provider) = entry?;
        told.waits(provider.due, Waiting::Provider(provider.address));
        let served = told.served.remove(&provider.address).unwrap_or_default();
        if served != provider.leases {
            found.push(format!("{} miscounts its leases", provider.address));
        }
        let bonds = told.bonds.remove(&provider.address).unwrap_or_default();
        check_bond(reader, provider.address, bonds, told.asset, &mut found)?;
    }
    // Who has bonds without a record: bids of providers that the market doesn't know yet.
    for (provider, bonds) in std::mem::take(&mut told.bonds) {
        check_bond(reader, provider, bonds, told.asset, &mut found)?;
    }
    if !told.served.is_empty() {
        found.push("a lease is served by nobody".to_owned());
    }
    check_queue(reader, &told, &mut found)?;
    for entry in Scan::<Pool>::new(reader, state::POOLS) {
        check_pool(reader, &entry?.1, &mut found)?;
    }
    Ok(found)
}

fn check_order(
    reader: &dyn StateReader,
    order: &Order,
    told: &mut Told,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    told.asset = Some(order.asset);
    told.waits(order.due, Waiting::Order(order.id));
    if order.is_open() {
        told.open.insert(order.id);
    }
    let held = bank::state::balance(reader, Holder::Order(order.id), order.asset)?;
    if held != order.deposit || (!order.is_open() && !held.is_zero()) {
        found.push(format!("order {} holds {held}, not its deposit", order.id));
    }
    let mut open = 0;
    for id in order.leases.iter() {
        let lease = state::lease(reader, *id)?;
        open += u32::from(lease.is_some_and(|lease| !lease.is_closed()));
    }
    if open != order.leases_open {
        found.push(format!("order {} miscounts its open leases", order.id));
    }
    Ok(())
}

fn check_lease(
    reader: &dyn StateReader,
    lease: &Lease,
    told: &mut Told,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    told.waits(lease.due, Waiting::Lease(lease.id));
    let held = bank::state::balance(reader, Holder::Lease(lease.id), lease.asset)?;
    if held != lease.escrow || (lease.is_closed() && !held.is_zero()) {
        found.push(format!("lease {} holds {held}, not its escrow", lease.id));
    }
    let out = Amount::sum([lease.paid, lease.refunded, lease.escrow]);
    if out != Ok(lease.funded) {
        found.push(format!("lease {} doesn't give out what it got", lease.id));
    }
    if lease.meter.rate != lease.rate_now() {
        found.push(format!(
            "the meter of lease {} runs at another rate",
            lease.id
        ));
    }
    if !lease.is_closed() {
        *told.bonds.entry(lease.provider).or_default() += lease.bond.0;
        *told.served.entry(lease.provider).or_default() += 1;
    }
    Ok(())
}

fn check_bond(
    reader: &dyn StateReader,
    provider: Address,
    bonds: u128,
    asset: Option<AssetId>,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let Some(asset) = asset else {
        return Ok(());
    };
    let held = bank::state::balance(reader, Holder::MarketBond(provider), asset)?;
    if held != Amount(bonds) {
        found.push(format!("{provider} holds bonds of {held}, not {bonds}"));
    }
    Ok(())
}

fn check_queue(
    reader: &dyn StateReader,
    told: &Told,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mut queued = BTreeSet::new();
    for entry in Scan::<()>::new(reader, state::QUEUE) {
        queued.insert(state::parse_due(&entry?.0)?);
    }
    if queued != told.due {
        found.push("the market's queue doesn't match its records".to_owned());
    }
    let open: Vec<OrderId> = state::all(reader, state::OPEN)?;
    if !open.iter().eq(told.open.iter()) {
        found.push("the list of open orders doesn't match the orders".to_owned());
    }
    Ok(())
}

fn check_pool(
    reader: &dyn StateReader,
    pool: &Pool,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let read = |list: &str| -> Result<Vec<Lease>, StoreError> {
        let ids: Vec<LeaseId> = state::all(reader, list)?;
        let leases = ids.into_iter().map(|id| state::lease(reader, id));
        leases.filter_map(Result::transpose).collect()
    };
    let running = read(&state::running_in(pool.provider, pool.pool))?;
    let waiting = read(&state::waiting_in(pool.provider, pool.pool))?;
    let bid = |lease: &Lease| lease.spot.map(|spot| spot.bid);
    let active = |lease: &Lease, runs: bool| {
        lease.state == LeaseState::Active && lease.spot.is_some_and(|spot| spot.running == runs)
    };
    let counted = running.len() == pool.running as usize && waiting.len() == pool.waiting as usize;
    let states = running.iter().all(|lease| active(lease, true))
        && waiting.iter().all(|lease| active(lease, false));
    if !counted || !states {
        found.push(format!("pool {} miscounts its leases", pool.pool));
    }
    let lowest = running.iter().map(bid).min();
    let highest = waiting.iter().map(bid).max();
    let full = pool.running == u32::from(pool.slots)
        || (pool.running < u32::from(pool.slots) && waiting.is_empty());
    if !full || (pool.slots > 0 && lowest.is_some() && highest > lowest) {
        found.push(format!("pool {} runs the wrong leases", pool.pool));
    }
    Ok(())
}
