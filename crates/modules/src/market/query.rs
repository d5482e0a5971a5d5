//! What anyone may ask about the market.

use lilliput_ledger::{StateReader, StoreError};
use lilliput_types::market::{
    Audit, Bid, Decline, Deployment, DeploymentId, HourPrice, Lease, LeaseId, MarketProvider,
    Order, OrderId, Pool, Rate,
};
use lilliput_types::{Address, Amount, TimeMs};

use super::{GRACE_MS, state};
use crate::keyed::{digits, listed};

/// One deployment.
///
/// # Errors
/// When the database fails.
pub fn deployment(
    reader: &dyn StateReader,
    id: DeploymentId,
) -> Result<Option<Deployment>, StoreError> {
    state::deployment(reader, id)
}

/// At most `limit` deployments of an account, the first opened first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn deployments_of(
    reader: &dyn StateReader,
    owner: Address,
    after: Option<DeploymentId>,
    limit: usize,
) -> Result<Vec<Deployment>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    let ids: Vec<DeploymentId> = listed(reader, &state::owned_by(owner), &after, limit)?;
    known(ids, |id| state::deployment(reader, id))
}

/// One order.
///
/// # Errors
/// When the database fails.
pub fn order(reader: &dyn StateReader, id: OrderId) -> Result<Option<Order>, StoreError> {
    state::order(reader, id)
}

/// At most `limit` orders, the first opened first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn orders(
    reader: &dyn StateReader,
    after: Option<OrderId>,
    limit: usize,
) -> Result<Vec<Order>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(reader, state::ORDERS, &after, limit)
}

/// At most `limit` orders that take bids or wait for a choice, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn open_orders(
    reader: &dyn StateReader,
    after: Option<OrderId>,
    limit: usize,
) -> Result<Vec<Order>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    let ids: Vec<OrderId> = listed(reader, state::OPEN, &after, limit)?;
    known(ids, |id| state::order(reader, id))
}

/// All bids on an order, by provider: at most 64.
///
/// # Errors
/// When the database fails.
pub fn bids(reader: &dyn StateReader, order: OrderId) -> Result<Vec<Bid>, StoreError> {
    state::all(reader, &state::bids_of(order))
}

/// Why providers didn't bid on an order: at most 64.
///
/// # Errors
/// When the database fails.
pub fn declines(reader: &dyn StateReader, order: OrderId) -> Result<Vec<Decline>, StoreError> {
    state::all(reader, &state::declines_of(order))
}

/// One lease.
///
/// # Errors
/// When the database fails.
pub fn lease(reader: &dyn StateReader, id: LeaseId) -> Result<Option<Lease>, StoreError> {
    state::lease(reader, id)
}

/// At most `limit` leases, the first made first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn leases(
    reader: &dyn StateReader,
    after: Option<LeaseId>,
    limit: usize,
) -> Result<Vec<Lease>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(reader, state::LEASES, &after, limit)
}

/// At most `limit` leases that a provider serves and that aren't closed, behind `after`: what it must run.
///
/// # Errors
/// When the database fails.
pub fn served(
    reader: &dyn StateReader,
    provider: Address,
    after: Option<LeaseId>,
    limit: usize,
) -> Result<Vec<Lease>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    let ids: Vec<LeaseId> = listed(reader, &state::served_by(provider), &after, limit)?;
    known(ids, |id| state::lease(reader, id))
}

/// What a lease owes and isn't paid yet, and for how long its escrow lasts, if nothing happens.
///
/// # Errors
/// When the database fails.
pub fn standing(
    reader: &dyn StateReader,
    lease: &Lease,
    now: TimeMs,
) -> Result<(Amount, Option<u64>, bool), StoreError> {
    let provider = super::heard::record(reader, lease.provider, now)?;
    let clock = provider.clock_now(now, GRACE_MS);
    let (owed, _) = lease.meter.read(clock, lease.escrow);
    Ok((
        owed,
        lease.meter.lasts_ms(clock, lease.escrow),
        provider.lost,
    ))
}

/// One provider as the market knows it.
///
/// # Errors
/// When the database fails.
pub fn provider(
    reader: &dyn StateReader,
    address: Address,
) -> Result<Option<MarketProvider>, StoreError> {
    state::provider(reader, address)
}

/// At most `limit` providers that the market knows, by address, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn providers(
    reader: &dyn StateReader,
    after: Option<Address>,
    limit: usize,
) -> Result<Vec<MarketProvider>, StoreError> {
    let after = after.map(|address| address.to_string()).unwrap_or_default();
    listed(reader, state::PROVIDERS, &after, limit)
}

/// Auditors' signatures under a provider's attributes: at most 64.
///
/// # Errors
/// When the database fails.
pub fn audits(reader: &dyn StateReader, provider: Address) -> Result<Vec<Audit>, StoreError> {
    state::all(reader, &state::audits_of(provider))
}

/// At most `limit` pools of a provider.
///
/// # Errors
/// When the database fails.
pub fn pools(
    reader: &dyn StateReader,
    provider: Address,
    limit: usize,
) -> Result<Vec<Pool>, StoreError> {
    let prefix = format!("{}{provider}/", state::POOLS);
    listed(reader, &prefix, "", limit)
}

/// At most `limit` classes in which there were trades, by name.
///
/// # Errors
/// When the database fails.
pub fn classes(reader: &dyn StateReader, limit: usize) -> Result<Vec<String>, StoreError> {
    listed(reader, state::CLASSES, "", limit)
}

/// All hours of a class that are kept, the oldest first: at most 720.
///
/// # Errors
/// When the database fails.
pub fn prices(reader: &dyn StateReader, class: &str) -> Result<Vec<HourPrice>, StoreError> {
    state::all(reader, &state::prices_of(class))
}

/// Turnover by volume of the last 24 hours in which there was a trade.
#[must_use]
pub fn index(prices: &[HourPrice]) -> Option<Rate> {
    let latest = prices.iter().rev().take(24);
    let (turnover, volume) = latest.fold((0_u128, 0_u128), |(turnover, volume), price| {
        (
            turnover.saturating_add(price.turnover),
            volume.saturating_add(u128::from(price.volume_milli)),
        )
    });
    let index = turnover.saturating_mul(1_000).checked_div(volume)?;
    u64::try_from(index).ok().map(Rate)
}

fn known<I, T>(
    ids: Vec<I>,
    find: impl Fn(I) -> Result<Option<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let found = ids.into_iter().map(find);
    found.filter_map(Result::transpose).collect()
}
