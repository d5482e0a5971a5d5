//! The groups a deployment asks the market for, in the JSON form of Akash.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Expose, Protocol, Resources, Sdl, SignedBy, Version};
use crate::names::{EndpointName, PlacementName, ProfileName, VolumeName};
use crate::quantity::Amount;

/// What one provider must offer: the services of one placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupSpec {
    /// The placement.
    pub name: PlacementName,
    /// What the provider must have.
    pub requirements: Requirements,
    /// What it must run.
    pub resources: Vec<ResourceUnit>,
}

/// What a provider must have, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requirements {
    /// Who must have audited the attributes.
    pub signed_by: AuditorLists,
    /// Attributes by key; `None` where the placement has none.
    pub attributes: Option<Vec<Attribute>>,
}

/// Auditors, as Akash prints them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditorLists {
    /// All of these.
    pub all_of: Option<Vec<String>>,
    /// At least one of these.
    pub any_of: Option<Vec<String>>,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Attribute {
    /// The key.
    pub key: String,
    /// The value; left out of JSON where it is empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
}

/// Replicas of the same resources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResourceUnit {
    /// What each replica gets.
    pub resource: UnitResources,
    /// How many replicas.
    pub count: u32,
    /// The most a replica may cost.
    pub price: Coin,
}

/// An amount of a coin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coin {
    /// The coin.
    pub denom: &'static str,
    /// How much.
    pub amount: Amount,
}

/// Resources with a number that is unique in their group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitResources {
    /// Counts from 1.
    pub id: u32,
    /// CPU in thousandths of a core.
    pub cpu: Units,
    /// Memory in bytes.
    pub memory: Size,
    /// Volumes.
    pub storage: Vec<NamedSize>,
    /// GPUs.
    pub gpu: Units,
    /// Ways in.
    pub endpoints: Vec<Endpoint>,
}

/// A number of things with attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Units {
    /// How many.
    pub units: Number,
    /// Their attributes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
}

/// A number of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Size {
    /// How many.
    pub size: Number,
}

/// A volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedSize {
    /// Its name.
    pub name: VolumeName,
    /// Its bytes.
    pub size: Number,
    /// Its class, and whether it outlives the replica.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<Attribute>,
}

/// A number that JSON carries as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Number {
    val: String,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// 0 is the provider's shared HTTP proxy, 1 a port of the provider's choice, 2 a leased address.
    #[serde(skip_serializing_if = "is_shared_http")]
    pub kind: u8,
    /// Which leased address; 0 for the others.
    pub sequence_number: u32,
}

const SHARED_HTTP: u8 = 0;
const RANDOM_PORT: u8 = 1;
const LEASED_IP: u8 = 2;
const HTTP_PORT: u16 = 80;

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde calls"
)]
fn is_shared_http(kind: &u8) -> bool {
    *kind == SHARED_HTTP
}

impl Number {
    /// Its decimal digits.
    pub fn as_str(&self) -> &str {
        &self.val
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self {
            val: number.to_string(),
        }
    }
}

impl Attribute {
    fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
        }
    }
}

impl Sdl {
    /// The groups by name.
    pub fn groups(&self) -> Vec<GroupSpec> {
        let numbers = self.endpoint_numbers();
        let mut groups: BTreeMap<&PlacementName, GroupSpec> = BTreeMap::new();
        // Where in its group each unit stands that later services may join.
        let mut units: BTreeMap<(&PlacementName, &ProfileName), usize> = BTreeMap::new();
        for (service, to) in &self.assignments {
            for (placement, assignment) in to {
                // Names that lead nowhere were refused when the file was read.
                let (Some(runs), Some(place), Some(on)) = (
                    self.services.get(service),
                    self.placements.get(placement),
                    self.profiles.get(&assignment.profile),
                ) else {
                    continue;
                };
                let Some(price) = place.pricing.get(&assignment.profile) else {
                    continue;
                };
                let group = groups.entry(placement).or_insert_with(|| GroupSpec {
                    name: placement.clone(),
                    requirements: requirements(&place.signed_by, &place.attributes),
                    resources: Vec::new(),
                });
                if let Some(tee) = runs.params.as_ref().and_then(|params| params.tee) {
                    require_tee(&mut group.requirements, tee.as_str());
                }
                let endpoints = endpoints(&sorted(&runs.expose), &numbers);
                let shared = match self.version {
                    Version::V2_0 => None,
                    Version::V2_1 => units.get(&(placement, &assignment.profile)).copied(),
                };
                if let Some(unit) = shared.and_then(|at| group.resources.get_mut(at)) {
                    // The sum of a group's replicas was checked.
                    unit.count = unit.count.saturating_add(assignment.count);
                    unit.resource.endpoints.extend(endpoints);
                    unit.resource
                        .endpoints
                        .sort_by_key(|endpoint| endpoint.sequence_number);
                    continue;
                }
                units.insert((placement, &assignment.profile), group.resources.len());
                group.resources.push(ResourceUnit {
                    resource: resources(on, next_id(group), endpoints),
                    count: assignment.count,
                    price: Coin {
                        denom: price.denomination.as_str(),
                        amount: price.amount,
                    },
                });
            }
        }
        groups.into_values().collect()
    }

    /// The number of each leased address: its last position, from 1, among all names in `to` of
    /// deployed services in order, where a `to` that is neither global nor at an address counts as
    /// a nameless one.
    pub(crate) fn endpoint_numbers(&self) -> BTreeMap<&str, u32> {
        let deployed = self.assignments.keys();
        let services = deployed.filter_map(|name| self.services.get(name));
        let targets = services
            .flat_map(|service| &service.expose)
            .flat_map(|expose| &expose.to);
        let mut names: Vec<&str> = targets
            .filter(|to| !(to.global && to.ip.is_none()))
            .map(|to| to.ip.as_ref().map_or("", EndpointName::as_str))
            .collect();
        names.sort_unstable();
        names.into_iter().zip(1..).collect()
    }
}

fn next_id(group: &GroupSpec) -> u32 {
    // A group has at most as many units as a file has pairs of a service and a placement.
    u32::try_from(group.resources.len()).map_or(u32::MAX, |units| units.saturating_add(1))
}

fn requirements(signed_by: &SignedBy, attributes: &BTreeMap<String, String>) -> Requirements {
    let listed: Vec<Attribute> = attributes
        .iter()
        .map(|(key, value)| Attribute::new(key, value))
        .collect();
    Requirements {
        signed_by: AuditorLists {
            all_of: signed_by.all_of.clone(),
            any_of: signed_by.any_of.clone(),
        },
        attributes: (!listed.is_empty()).then_some(listed),
    }
}

/// Once for each group, as an attribute of the provider.
fn require_tee(requirements: &mut Requirements, kind: &str) {
    let attribute = Attribute::new("tee/type", kind);
    let attributes = requirements.attributes.get_or_insert_default();
    if !attributes.contains(&attribute) {
        attributes.push(attribute);
        attributes.sort_by(|a, b| a.key.cmp(&b.key));
    }
}

pub(crate) fn resources(on: &Resources, id: u32, endpoints: Vec<Endpoint>) -> UnitResources {
    let storage = on.volumes.iter().map(|volume| NamedSize {
        name: volume.name.clone(),
        size: volume.size.0.into(),
        attributes: volume.class.map_or_else(Vec::new, |class| {
            let persistent = class.is_persistent().to_string();
            vec![
                Attribute::new("class", class.as_str()),
                Attribute::new("persistent", persistent),
            ]
        }),
    });
    let models = on.gpu.models.iter();
    UnitResources {
        id,
        cpu: Units {
            units: on.cpu.0.into(),
            attributes: on
                .arch
                .iter()
                .map(|arch| Attribute::new("arch", arch))
                .collect(),
        },
        memory: Size {
            size: on.memory.0.into(),
        },
        storage: storage.collect(),
        gpu: Units {
            units: on.gpu.units.into(),
            attributes: models
                .map(|model| Attribute::new(model.attribute(), "true"))
                .collect(),
        },
        endpoints,
    }
}

/// An entry of `expose` for one `to`.
pub(crate) struct Way<'s> {
    pub(crate) expose: &'s Expose,
    pub(crate) service: &'s str,
    pub(crate) global: bool,
    pub(crate) ip: Option<&'s EndpointName>,
}

/// One way for each `to`, by service, port, protocol, global ones first.
pub(crate) fn sorted(exposes: &[Expose]) -> Vec<Way<'_>> {
    let mut ways = Vec::new();
    for expose in exposes {
        if expose.to.is_empty() {
            ways.push(Way {
                expose,
                service: "",
                global: false,
                ip: None,
            });
        }
        ways.extend(expose.to.iter().map(|to| Way {
            expose,
            service: to.service.as_ref().map_or("", |name| name.as_str()),
            global: to.global,
            ip: to.ip.as_ref(),
        }));
    }
    ways.sort_by(|a, b| {
        let key = |way: &Way<'_>| (way.expose.port, way.expose.protocol, !way.global);
        a.service.cmp(b.service).then(key(a).cmp(&key(b)))
    });
    ways
}

pub(crate) fn endpoints(ways: &[Way<'_>], numbers: &BTreeMap<&str, u32>) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for way in ways.iter().filter(|way| way.global) {
        let http = way.expose.protocol == Protocol::Tcp && way.expose.outside().0 == HTTP_PORT;
        endpoints.push(Endpoint {
            kind: if http { SHARED_HTTP } else { RANDOM_PORT },
            sequence_number: 0,
        });
        if let Some(ip) = way.ip {
            endpoints.push(Endpoint {
                kind: LEASED_IP,
                sequence_number: numbers.get(ip.as_str()).copied().unwrap_or_default(),
            });
        }
    }
    endpoints
}
