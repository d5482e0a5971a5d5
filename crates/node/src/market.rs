//! What anyone may ask a node about the market.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use lilliput_client::api::Page;
use lilliput_client::market::{
    ClassHistory, ClassPrice, DepthLevel, LeaseStanding, OrderBook, ProviderProfile,
};
use lilliput_ledger::{StateReader, StoreError};
use lilliput_modules::market::query;
use lilliput_types::market::{
    Deployment, DeploymentId, Lease, LeaseId, MarketProvider, Order, OrderId, Purchase, Rate,
};
use lilliput_types::{Address, TimeMs};

use crate::error::NodeError;
use crate::node::{Node, PAGE_MAX, head, not_found, page};

/// The most open orders that a book's depth looks at.
const DEPTH_ORDERS_MAX: usize = 2_000;
/// The most classes listed.
const CLASSES_MAX: usize = 256;
/// The most pools of a provider that are listed.
const POOLS_MAX: usize = 64;

impl Node {
    /// Orders, the first opened first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn orders(&self, after: Option<OrderId>, limit: usize) -> Result<Page<Order>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::orders(snapshot, after, limit))?;
        Ok(page(items, limit, |order| order.id.to_string()))
    }

    /// Orders that take bids or wait for a choice, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn open_orders(
        &self,
        after: Option<OrderId>,
        limit: usize,
    ) -> Result<Page<Order>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::open_orders(snapshot, after, limit))?;
        Ok(page(items, limit, |order| order.id.to_string()))
    }

    /// One order with its bids and declines.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn order_book(&self, id: OrderId) -> Result<OrderBook, NodeError> {
        let found = self.read(|snapshot| {
            let Some(order) = query::order(snapshot, id)? else {
                return Ok(None);
            };
            Ok(Some(OrderBook {
                order,
                bids: query::bids(snapshot, id)?,
                declines: query::declines(snapshot, id)?,
            }))
        })?;
        found.ok_or_else(|| not_found("order", id))
    }

    /// One deployment.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deployment(&self, id: DeploymentId) -> Result<Deployment, NodeError> {
        let found = self.read(|snapshot| query::deployment(snapshot, id))?;
        found.ok_or_else(|| not_found("deployment", id))
    }

    /// An account's deployments, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deployments(
        &self,
        owner: Address,
        after: Option<DeploymentId>,
        limit: usize,
    ) -> Result<Page<Deployment>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::deployments_of(snapshot, owner, after, limit))?;
        Ok(page(items, limit, |deployment| deployment.id.to_string()))
    }

    /// Leases, the first made first, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn leases(&self, after: Option<LeaseId>, limit: usize) -> Result<Page<Lease>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::leases(snapshot, after, limit))?;
        Ok(page(items, limit, |lease| lease.id.to_string()))
    }

    /// One lease, and how it stands by now.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn lease(&self, id: LeaseId) -> Result<LeaseStanding, NodeError> {
        let now = self.network_now()?;
        let found = self.read(|snapshot| {
            let Some(lease) = query::lease(snapshot, id)? else {
                return Ok(None);
            };
            let (owed, lasts_ms, suspended) = query::standing(snapshot, &lease, now)?;
            Ok(Some(LeaseStanding {
                lease,
                suspended,
                owed,
                lasts_ms,
            }))
        })?;
        found.ok_or_else(|| not_found("lease", id))
    }

    /// Leases that a provider must serve, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn served_leases(
        &self,
        provider: Address,
        after: Option<LeaseId>,
        limit: usize,
    ) -> Result<Page<Lease>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::served(snapshot, provider, after, limit))?;
        Ok(page(items, limit, |lease| lease.id.to_string()))
    }

    /// Providers that the market knows, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn market_providers(
        &self,
        after: Option<Address>,
        limit: usize,
    ) -> Result<Page<MarketProvider>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| query::providers(snapshot, after, limit))?;
        Ok(page(items, limit, |provider| provider.address.to_string()))
    }

    /// One provider with its audits and pools.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn market_provider(&self, address: Address) -> Result<ProviderProfile, NodeError> {
        let found = self.read(|snapshot| {
            let Some(provider) = query::provider(snapshot, address)? else {
                return Ok(None);
            };
            Ok(Some(ProviderProfile {
                provider,
                audits: query::audits(snapshot, address)?,
                pools: query::pools(snapshot, address, POOLS_MAX)?,
            }))
        })?;
        found.ok_or_else(|| not_found("provider in the market", address))
    }

    /// Classes of resources that were traded, with their index.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn class_prices(&self) -> Result<Vec<ClassPrice>, NodeError> {
        self.read(|snapshot| {
            let classes = query::classes(snapshot, CLASSES_MAX)?;
            let priced = classes.into_iter().map(|class| {
                let hours = query::prices(snapshot, &class)?;
                Ok(ClassPrice {
                    index: query::index(&hours),
                    latest: hours.last().cloned(),
                    class,
                })
            });
            priced.collect()
        })
    }

    /// A class's prices hour by hour, and the depth of its book.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn class_history(&self, class: &str) -> Result<ClassHistory, NodeError> {
        self.read(|snapshot| {
            let hours = query::prices(snapshot, class)?;
            Ok(ClassHistory {
                class: class.to_owned(),
                index: query::index(&hours),
                hours,
                depth: depth(snapshot, class)?,
            })
        })
    }

    /// Network time by now, more or less: that of the latest block stands still until the next.
    fn network_now(&self) -> Result<TimeMs, NodeError> {
        let header = self.read(head)?.header;
        let clock = SystemTime::now().duration_since(UNIX_EPOCH);
        let clock = clock.map_or(0, |since| since.as_millis());
        let clock = u64::try_from(clock).unwrap_or(u64::MAX);
        Ok(header
            .time
            .max(TimeMs(clock.saturating_sub(header.halted.0))))
    }
}

/// What open orders ask for in a class, the highest ceiling first.
fn depth(snapshot: &dyn StateReader, class: &str) -> Result<Vec<DepthLevel>, StoreError> {
    let mut levels: BTreeMap<Rate, (u64, u32)> = BTreeMap::new();
    for order in query::open_orders(snapshot, None, DEPTH_ORDERS_MAX)? {
        let spot = matches!(order.group.terms.purchase, Purchase::Spot { .. });
        for unit in order.group.units.iter() {
            let models: Vec<&str> = match unit.need.gpu_models.as_ref() {
                [] => vec![""],
                models => models.iter().map(|model| model.as_str()).collect(),
            };
            let fits = |model: &&str| {
                let (own, _) = unit.need.class(Some(model));
                let own = if spot { format!("spot/{own}") } else { own };
                own == class
            };
            let Some(model) = models.into_iter().find(fits) else {
                continue;
            };
            let (_, things_milli) = unit.need.class(Some(model));
            let single = u128::from(unit.rate_max.0) * 1_000 / u128::from(things_milli.max(1));
            let single = Rate(u64::try_from(single).unwrap_or(u64::MAX));
            let level = levels.entry(single).or_default();
            let volume = things_milli.saturating_mul(u64::from(unit.count));
            level.0 = level.0.saturating_add(volume);
            level.1 = level.1.saturating_add(unit.count);
        }
    }
    let levels = levels.into_iter().rev();
    Ok(levels
        .map(|(rate_max, (volume_milli, units))| DepthLevel {
            rate_max,
            volume_milli,
            units,
        })
        .collect())
}
