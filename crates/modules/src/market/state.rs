//! Where the market keeps things, and what stands in its queue.

use borsh::BorshDeserialize;
use lilliput_ledger::{Scan, State, StateReader, StoreError, read};
use lilliput_types::market::{
    Audit, Bid, Decline, Deployment, DeploymentId, HourPrice, Lease, LeaseId, MarketProvider,
    Order, OrderId, Pool, Rate,
};
use lilliput_types::{Address, TimeMs};

use crate::keyed::next;

pub(super) const DEPLOYMENTS: &str = "market/deployment/";
pub(super) const ORDERS: &str = "market/order/";
pub(super) const LEASES: &str = "market/lease/";
pub(super) const OPEN: &str = "market/open/";
pub(super) const BIDS: &str = "market/bid/";
pub(super) const PROVIDERS: &str = "market/provider/";
pub(super) const POOLS: &str = "market/pool/";
pub(super) const QUEUE: &str = "market/due/";
/// Names of classes, as their values say.
pub(super) const CLASSES: &str = "market/class/";
pub(super) const PRICES: &str = "market/price/";

/// Something that waits for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Waiting {
    Order(OrderId),
    Lease(LeaseId),
    Provider(Address),
}

fn deployment_key(id: DeploymentId) -> String {
    format!("{DEPLOYMENTS}{:020}", id.0)
}

fn order_key(id: OrderId) -> String {
    format!("{ORDERS}{:020}", id.0)
}

fn lease_key(id: LeaseId) -> String {
    format!("{LEASES}{:020}", id.0)
}

fn open_key(id: OrderId) -> String {
    format!("{OPEN}{:020}", id.0)
}

pub(super) fn owned_by(owner: Address) -> String {
    format!("market/owned/{owner}/")
}

pub(super) fn served_by(provider: Address) -> String {
    format!("market/served/{provider}/")
}

pub(super) fn bids_of(order: OrderId) -> String {
    format!("{BIDS}{:020}/", order.0)
}

pub(super) fn declines_of(order: OrderId) -> String {
    format!("market/decline/{:020}/", order.0)
}

fn provider_key(provider: Address) -> String {
    format!("{PROVIDERS}{provider}")
}

pub(super) fn audits_of(provider: Address) -> String {
    format!("market/audit/{provider}/")
}

fn pool_key(provider: Address, pool: u16) -> String {
    format!("{POOLS}{provider}/{pool:05}")
}

pub(super) fn running_in(provider: Address, pool: u16) -> String {
    format!("market/spot/{provider}/{pool:05}/run/")
}

pub(super) fn waiting_in(provider: Address, pool: u16) -> String {
    format!("market/spot/{provider}/{pool:05}/wait/")
}

/// The lowest bid first, of equal ones the youngest: who stops first.
fn running_key(lease: &Lease, pool: u16, bid: Rate) -> String {
    let young = u64::MAX - lease.id.0;
    format!(
        "{}{:020}/{young:020}",
        running_in(lease.provider, pool),
        bid.0
    )
}

/// The highest bid first, of equal ones the oldest: who starts first.
fn waiting_key(lease: &Lease, pool: u16, bid: Rate) -> String {
    let low = u64::MAX - bid.0;
    let waiting = waiting_in(lease.provider, pool);
    format!("{waiting}{low:020}/{:020}", lease.id.0)
}

fn due_key(due: TimeMs, waiting: Waiting) -> String {
    let name = match waiting {
        Waiting::Order(id) => format!("order/{:020}", id.0),
        Waiting::Lease(id) => format!("lease/{:020}", id.0),
        Waiting::Provider(address) => format!("provider/{address}"),
    };
    format!("{QUEUE}{:020}/{name}", due.0)
}

/// When what falls due.
pub(super) fn parse_due(key: &str) -> Result<(TimeMs, Waiting), StoreError> {
    let parsed = key.strip_prefix(QUEUE).and_then(|rest| {
        let (time, rest) = rest.split_once('/')?;
        let (kind, name) = rest.split_once('/')?;
        let waiting = match kind {
            "order" => Waiting::Order(OrderId(name.parse().ok()?)),
            "lease" => Waiting::Lease(LeaseId(name.parse().ok()?)),
            "provider" => Waiting::Provider(name.parse().ok()?),
            _ => return None,
        };
        Some((TimeMs(time.parse().ok()?), waiting))
    });
    parsed.ok_or_else(|| StoreError::Corrupt {
        key: key.to_owned(),
        reason: "nothing that falls due".to_owned(),
    })
}

/// Moves an entry of the queue.
fn requeue(state: &mut State<'_>, waiting: Waiting, old: Option<TimeMs>, new: Option<TimeMs>) {
    if old == new {
        return;
    }
    if let Some(old) = old {
        state.remove(due_key(old, waiting));
    }
    if let Some(new) = new {
        state.write(due_key(new, waiting), &());
    }
}

pub(super) fn next_deployment(state: &mut State<'_>) -> Result<DeploymentId, StoreError> {
    next(state, "market/count/deployment").map(DeploymentId)
}

pub(super) fn next_order(state: &mut State<'_>) -> Result<OrderId, StoreError> {
    next(state, "market/count/order").map(OrderId)
}

pub(super) fn next_lease(state: &mut State<'_>) -> Result<LeaseId, StoreError> {
    next(state, "market/count/lease").map(LeaseId)
}

pub(super) fn deployment(
    state: &dyn StateReader,
    id: DeploymentId,
) -> Result<Option<Deployment>, StoreError> {
    read(state, &deployment_key(id))
}

pub(super) fn write_deployment(state: &mut State<'_>, deployment: &Deployment) {
    let owned = owned_by(deployment.owner);
    state.write(format!("{owned}{:020}", deployment.id.0), &deployment.id);
    state.write(deployment_key(deployment.id), deployment);
}

pub(super) fn order(state: &dyn StateReader, id: OrderId) -> Result<Option<Order>, StoreError> {
    read(state, &order_key(id))
}

/// Writes an order, with when it is next looked at; an open one is found among the open ones.
pub(super) fn write_order(state: &mut State<'_>, order: &mut Order, due: Option<TimeMs>) {
    requeue(state, Waiting::Order(order.id), order.due, due);
    order.due = due;
    if order.is_open() {
        state.write(open_key(order.id), &order.id);
    } else {
        state.remove(open_key(order.id));
    }
    state.write(order_key(order.id), order);
}

pub(super) fn bid(
    state: &dyn StateReader,
    order: OrderId,
    provider: Address,
) -> Result<Option<Bid>, StoreError> {
    read(state, &format!("{}{provider}", bids_of(order)))
}

pub(super) fn write_bid(state: &mut State<'_>, bid: &Bid) {
    state.write(format!("{}{}", bids_of(bid.order), bid.provider), bid);
}

pub(super) fn remove_bid(state: &mut State<'_>, bid: &Bid) {
    state.remove(format!("{}{}", bids_of(bid.order), bid.provider));
}

pub(super) fn decline(
    state: &dyn StateReader,
    order: OrderId,
    provider: Address,
) -> Result<Option<Decline>, StoreError> {
    read(state, &format!("{}{provider}", declines_of(order)))
}

pub(super) fn write_decline(state: &mut State<'_>, decline: &Decline) {
    let key = format!("{}{}", declines_of(decline.order), decline.provider);
    state.write(key, decline);
}

pub(super) fn lease(state: &dyn StateReader, id: LeaseId) -> Result<Option<Lease>, StoreError> {
    read(state, &lease_key(id))
}

/// Writes a lease, with when it is next looked at; one that isn't closed is found by its provider.
pub(super) fn write_lease(state: &mut State<'_>, lease: &mut Lease, due: Option<TimeMs>) {
    requeue(state, Waiting::Lease(lease.id), lease.due, due);
    lease.due = due;
    let served = format!("{}{:020}", served_by(lease.provider), lease.id.0);
    if lease.is_closed() {
        state.remove(served);
    } else {
        state.write(served, &lease.id);
    }
    state.write(lease_key(lease.id), lease);
}

pub(super) fn provider(
    state: &dyn StateReader,
    address: Address,
) -> Result<Option<MarketProvider>, StoreError> {
    read(state, &provider_key(address))
}

/// Writes a provider, with when it is lost unless it is heard of.
pub(super) fn write_provider(
    state: &mut State<'_>,
    provider: &mut MarketProvider,
    due: Option<TimeMs>,
) {
    requeue(
        state,
        Waiting::Provider(provider.address),
        provider.due,
        due,
    );
    provider.due = due;
    state.write(provider_key(provider.address), provider);
}

pub(super) fn audit(
    state: &dyn StateReader,
    provider: Address,
    auditor: Address,
) -> Result<Option<Audit>, StoreError> {
    read(state, &format!("{}{auditor}", audits_of(provider)))
}

pub(super) fn write_audit(state: &mut State<'_>, audit: &Audit) {
    let key = format!("{}{}", audits_of(audit.provider), audit.auditor);
    state.write(key, audit);
}

pub(super) fn remove_audit(state: &mut State<'_>, provider: Address, auditor: Address) {
    state.remove(format!("{}{auditor}", audits_of(provider)));
}

pub(super) fn pool(
    state: &dyn StateReader,
    provider: Address,
    pool: u16,
) -> Result<Option<Pool>, StoreError> {
    read(state, &pool_key(provider, pool))
}

pub(super) fn write_pool(state: &mut State<'_>, pool: &Pool) {
    state.write(pool_key(pool.provider, pool.pool), pool);
}

/// Puts a spot lease into its pool's list, or takes it out.
pub(super) fn list_spot(state: &mut State<'_>, lease: &Lease, listed: bool) {
    let Some(spot) = lease.spot else {
        return;
    };
    let key = if spot.running {
        running_key(lease, spot.pool, spot.bid)
    } else {
        waiting_key(lease, spot.pool, spot.bid)
    };
    if listed {
        state.write(key, &lease.id);
    } else {
        state.remove(key);
    }
}

/// The first lease of a list.
pub(super) fn first_of(state: &dyn StateReader, list: &str) -> Result<Option<LeaseId>, StoreError> {
    let first = Scan::<LeaseId>::new(state, list).next().transpose()?;
    Ok(first.map(|(_, lease)| lease))
}

pub(super) fn prices_of(class: &str) -> String {
    format!("{PRICES}{class}/")
}

pub(super) fn price(
    state: &dyn StateReader,
    class: &str,
    hour: u64,
) -> Result<Option<HourPrice>, StoreError> {
    read(state, &format!("{}{hour:020}", prices_of(class)))
}

pub(super) fn write_price(state: &mut State<'_>, class: &str, price: &HourPrice) {
    state.write(format!("{}{:020}", prices_of(class), price.hour), price);
}

pub(super) fn remove_price(state: &mut State<'_>, class: &str, hour: u64) {
    state.remove(format!("{}{hour:020}", prices_of(class)));
}

pub(super) fn all<T: BorshDeserialize>(
    state: &dyn StateReader,
    prefix: &str,
) -> Result<Vec<T>, StoreError> {
    Scan::new(state, prefix)
        .map(|entry| entry.map(|(_, value)| value))
        .collect()
}

/// That there were trades in a class.
pub(super) fn write_class(state: &mut State<'_>, class: &str) {
    state.write(format!("{CLASSES}{class}"), &class.to_owned());
}
