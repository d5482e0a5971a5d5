//! Everything that can change.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::bank::BankEvent;
use crate::identity::IdentityEvent;
use crate::job::JobEvent;
use crate::login::LoginEvent;
use crate::market::MarketEvent;
use crate::prices::PricesEvent;
use crate::provider::ProviderEvent;
use crate::registry::RegistryEvent;
use crate::storage::StorageEvent;
use crate::subnet::SubnetEvent;
use crate::tournament::TournamentEvent;

/// One change of the state, by the module that made it. New modules are added at the end.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Assets and balances.
    Bank(BankEvent),
    /// Models.
    Registry(RegistryEvent),
    /// Providers and offers.
    Provider(ProviderEvent),
    /// Jobs.
    Job(JobEvent),
    /// Subnets.
    Subnet(SubnetEvent),
    /// Tournaments.
    Tournament(TournamentEvent),
    /// Feeds of prices, and contests of signals on them.
    Prices(PricesEvent),
    /// Issuers, groups of humans, and apps they come to.
    Identity(IdentityEvent),
    /// Accounts that belong to a login elsewhere.
    Login(LoginEvent),
    /// Orders for compute, bids, leases.
    Market(MarketEvent),
    /// Blobs that are stored for money.
    Storage(StorageEvent),
}

macro_rules! from_module {
    ($($variant:ident($event:ty)),+) => {
        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Self::$variant(event)
            }
        })+
    };
}

from_module!(
    Bank(BankEvent),
    Registry(RegistryEvent),
    Provider(ProviderEvent),
    Job(JobEvent),
    Subnet(SubnetEvent),
    Tournament(TournamentEvent),
    Prices(PricesEvent),
    Identity(IdentityEvent),
    Login(LoginEvent),
    Market(MarketEvent),
    Storage(StorageEvent)
);
