//! The routes about the market.

use lilliput_types::market::{
    Audit, Bid, Decline, Deployment, DeploymentId, HourPrice, Lease, LeaseId, MarketProvider,
    Order, OrderId, Pool, Rate,
};
use lilliput_types::{Address, Amount};
use serde::{Deserialize, Serialize};

use crate::api::Page;
use crate::client::Client;
use crate::error::ClientError;

/// `GET /v1/market/leases/{id}`: a lease, and how it stands by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseStanding {
    /// As the state holds it.
    pub lease: Lease,
    /// Whether its provider is lost: nothing accrues.
    pub suspended: bool,
    /// What it owes beyond what was paid, if nothing happens.
    pub owed: Amount,
    /// For how long its escrow lasts; none if it costs nothing now.
    pub lasts_ms: Option<u64>,
}

/// `GET /v1/market/orders/{id}`: an order with all that was said to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderBook {
    /// As the state holds it.
    pub order: Order,
    /// All bids.
    pub bids: Vec<Bid>,
    /// Why others didn't bid.
    pub declines: Vec<Decline>,
}

/// `GET /v1/market/providers/{address}`: a provider with who signed what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderProfile {
    /// As the state holds it.
    pub provider: MarketProvider,
    /// Auditors' signatures.
    pub audits: Vec<Audit>,
    /// Pools for spot leases.
    pub pools: Vec<Pool>,
}

/// A class of resources in `GET /v1/market/prices`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassPrice {
    /// Its name, like `gpu/h100`.
    pub class: String,
    /// What one thing costs an hour: turnover by volume of the last 24 hours of trade.
    pub index: Option<Rate>,
    /// The latest hour.
    pub latest: Option<HourPrice>,
}

/// What open orders ask for at one ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepthLevel {
    /// The most that one thing may cost an hour.
    pub rate_max: Rate,
    /// How many things, in thousandths.
    pub volume_milli: u64,
    /// Of how many units.
    pub units: u32,
}

/// `GET /v1/market/prices/{class}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassHistory {
    /// Its name.
    pub class: String,
    /// What one thing costs an hour.
    pub index: Option<Rate>,
    /// Hour by hour, the oldest first.
    pub hours: Vec<HourPrice>,
    /// What open orders ask for, the highest ceiling first.
    pub depth: Vec<DepthLevel>,
}

impl Client {
    /// Orders, the first opened first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn orders(&self, from: Option<&str>) -> Result<Page<Order>, ClientError> {
        self.page("/v1/market/orders", from)
    }

    /// Orders that take bids or wait for a choice.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn open_orders(&self, from: Option<&str>) -> Result<Page<Order>, ClientError> {
        self.page("/v1/market/open", from)
    }

    /// One order with its bids and declines.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn order_book(&self, id: OrderId) -> Result<OrderBook, ClientError> {
        self.get(&format!("/v1/market/orders/{id}"))
    }

    /// One deployment.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deployment(&self, id: DeploymentId) -> Result<Deployment, ClientError> {
        self.get(&format!("/v1/market/deployments/{id}"))
    }

    /// An account's deployments, the first opened first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn deployments(
        &self,
        owner: Address,
        from: Option<&str>,
    ) -> Result<Page<Deployment>, ClientError> {
        self.page(&format!("/v1/market/accounts/{owner}/deployments"), from)
    }

    /// Leases, the first made first.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn leases(&self, from: Option<&str>) -> Result<Page<Lease>, ClientError> {
        self.page("/v1/market/leases", from)
    }

    /// One lease, and how it stands by now.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn lease(&self, id: LeaseId) -> Result<LeaseStanding, ClientError> {
        self.get(&format!("/v1/market/leases/{id}"))
    }

    /// Leases that a provider must serve: what it compares with what it runs.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn served_leases(
        &self,
        provider: Address,
        from: Option<&str>,
    ) -> Result<Page<Lease>, ClientError> {
        self.page(&format!("/v1/market/providers/{provider}/leases"), from)
    }

    /// Providers that the market knows, by address.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn market_providers(
        &self,
        from: Option<&str>,
    ) -> Result<Page<MarketProvider>, ClientError> {
        self.page("/v1/market/providers", from)
    }

    /// One provider with its audits and pools.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn market_provider(&self, provider: Address) -> Result<ProviderProfile, ClientError> {
        self.get(&format!("/v1/market/providers/{provider}"))
    }

    /// Classes of resources that were traded, with their index.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn class_prices(&self) -> Result<Vec<ClassPrice>, ClientError> {
        self.get("/v1/market/prices")
    }

    /// A class's prices hour by hour, and the depth of its book.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn class_history(&self, class: &str) -> Result<ClassHistory, ClientError> {
        self.get(&format!("/v1/market/prices/{class}"))
    }
}
