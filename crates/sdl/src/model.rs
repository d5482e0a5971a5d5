//! A deployment as types: what a file says once nothing in it is wrong.

mod compute;
mod service;

use std::collections::BTreeMap;

pub use compute::{Gpu, GpuInterface, GpuModel, Resources, StorageClass, Volume};
pub use service::{
    Credentials, Expose, HttpOptions, Mount, NextCase, Params, Permission, Port, Protocol, Secret,
    Service, Target, Tee,
};

use crate::names::{EndpointName, PlacementName, ProfileName, ServiceName};
use crate::problem::Warning;
use crate::quantity::{Amount, Seconds};
use crate::terms::Terms;

/// Which edition of the language a file is in; they group resources differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Each service has resources of its own.
    V2_0,
    /// Services of a placement that share a profile share its resources.
    V2_1,
}

/// A file that was read and found sound.
#[derive(Clone, Debug)]
pub struct Sdl {
    /// The edition.
    pub version: Version,
    /// What runs.
    pub services: BTreeMap<ServiceName, Service>,
    /// What it runs on.
    pub profiles: BTreeMap<ProfileName, Resources>,
    /// Where it may run, and for how much.
    pub placements: BTreeMap<PlacementName, Placement>,
    /// How often what runs where.
    pub assignments: BTreeMap<ServiceName, BTreeMap<PlacementName, Assignment>>,
    /// Names of leased addresses.
    pub endpoints: Vec<EndpointName>,
    /// The shortest notice before a provider takes its machine back.
    pub reclamation: Option<Seconds>,
    /// Files named by `include`; Akash reads none of them, and neither does this crate.
    pub includes: Vec<String>,
    /// What is allowed and probably not meant.
    pub warnings: Vec<Warning>,
}

/// One service in one placement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// What each replica gets.
    pub profile: ProfileName,
    /// How many replicas; at least one.
    pub count: u32,
}

/// Where services may run, and for how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement {
    /// What a provider must have, ours included.
    pub attributes: BTreeMap<String, String>,
    /// Who must have audited these attributes.
    pub signed_by: SignedBy,
    /// The most a replica of a profile may cost.
    pub pricing: BTreeMap<ProfileName, Price>,
    /// The `lilliput/` attributes, read.
    pub terms: Terms,
}

/// Auditors; a list that is missing and an empty one demand the same and print differently.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignedBy {
    /// All of these.
    pub all_of: Option<Vec<String>>,
    /// At least one of these.
    pub any_of: Option<Vec<String>>,
}

/// The most a replica may cost per block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Of which coin.
    pub denomination: Denomination,
    /// How much.
    pub amount: Amount,
}

/// A coin that Akash takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denomination {
    /// Millionths of the network's token.
    Uakt,
    /// Millionths of the compute credit.
    Uact,
}

impl Denomination {
    pub(crate) const NAMES: &'static [&'static str] = &["uakt", "uact"];
    pub(crate) const ALL: [Self; 2] = [Self::Uakt, Self::Uact];

    /// As it stands in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Uakt => "uakt",
            Self::Uact => "uact",
        }
    }
}

impl Sdl {
    /// The most a group may cost per block: each profile's price times its replicas.
    pub fn group_price(&self, placement: &str) -> Amount {
        let Some(place) = self.placements.get(placement) else {
            return Amount(0);
        };
        let assigned = self.assignments.values().filter_map(|to| to.get(placement));
        let prices = assigned.filter_map(|assignment| {
            let price = place.pricing.get(&assignment.profile)?;
            Some(price.amount.0 * u128::from(assignment.count))
        });
        // At most 2^10 services of 2^32 replicas at 10^25 each: below 2^128.
        Amount(prices.sum())
    }
}
