//! An order from an SDL file.

use lilliput_sdl::{self as sdl, Placement, Sdl, Verification};
use lilliput_types::market::{
    Attribute, Book, Choice, GroupOrder, Latency, LeaseLevel, OrderTerms, Purchase, Rate,
    ResourceNeed, UnitOrder, VolumeNeed,
};
use lilliput_types::{Address, Amount, BoundError, DurationMs, List, ParseError, Text};

/// How long a block counts, for prices per block.
pub const BLOCK_MS: u64 = 6_000;
const BLOCKS_PER_HOUR: u128 = 3_600_000 / BLOCK_MS as u128;
/// The scale of an SDL amount: 18 decimals.
const AMOUNT_ONE: u128 = 1_000_000_000_000_000_000;
/// Where our own words begin among the attributes.
const OURS: &str = sdl::terms::PREFIX;
const LATENCY_TO: &str = "lilliput/latency-to";
/// The kind of a way in that is an address of its own.
const LEASED_IP: u8 = 2;

/// Why a sound file makes no order here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderFault {
    /// Something is too long or there is too much of it.
    #[error("placement {placement}: {what}: {source}")]
    Bound {
        /// Where.
        placement: String,
        /// What.
        what: &'static str,
        /// How long.
        source: BoundError,
    },
    /// An auditor of another network.
    #[error(
        "placement {placement}: signedBy names {name}, which is no account of this network ({source})"
    )]
    Auditor {
        /// Where.
        placement: String,
        /// Who.
        name: String,
        /// Why not.
        source: ParseError,
    },
    /// A level that leases don't have.
    #[error(
        "placement {placement}: {level} is a level of jobs (`lilliput ask`), not of leases; say trusted or replicated"
    )]
    Level {
        /// Where.
        placement: String,
        /// Which.
        level: &'static str,
    },
    /// A price too small or too large.
    #[error(
        "placement {placement}: a price of {price} per block is no whole number of smallest units per hour that can be paid"
    )]
    Price {
        /// Where.
        placement: String,
        /// The price.
        price: String,
    },
    /// A number too large for an order.
    #[error("placement {placement}: {what} is too large")]
    TooLarge {
        /// Where.
        placement: String,
        /// What.
        what: &'static str,
    },
}

/// What the file doesn't say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// For how long bids come in.
    pub bidding_ms: DurationMs,
    /// For how long sealed bids may be shown.
    pub reveal_ms: DurationMs,
    /// For how long the owner may choose.
    pub choose_ms: DurationMs,
    /// What each bid locks.
    pub bond: Amount,
}

/// The groups of a file, as orders, by name of their placement.
///
/// # Errors
/// When the file asks for something that this network's market doesn't have.
pub fn order_of(file: &Sdl, habits: &Habits) -> Result<Vec<GroupOrder>, OrderFault> {
    let mut groups = Vec::new();
    for spec in file.groups() {
        let name = spec.name.as_str();
        let Some(placement) = file.placements.get(name) else {
            continue;
        };
        groups.push(Draft { name }.group(file, placement, &spec, habits)?);
    }
    Ok(groups)
}

/// A placement on its way, so that faults name it.
struct Draft<'a> {
    name: &'a str,
}

impl Draft<'_> {
    fn group(
        &self,
        file: &Sdl,
        placement: &Placement,
        spec: &sdl::GroupSpec,
        habits: &Habits,
    ) -> Result<GroupOrder, OrderFault> {
        let asked = spec.requirements.attributes.iter().flatten();
        let asked = asked.filter(|attribute| !attribute.key.starts_with(OURS));
        let mut attributes: Vec<Attribute> = asked
            .map(|attribute| {
                Ok(Attribute {
                    key: self.text("an attribute", &attribute.key)?,
                    value: self.text("an attribute's value", &attribute.value)?,
                })
            })
            .collect::<Result<_, _>>()?;
        attributes.sort();
        let mut units = Vec::new();
        for unit in &spec.resources {
            units.push(UnitOrder {
                need: self.need(&unit.resource)?,
                count: unit.count,
                rate_max: self.rate(unit.price.amount)?,
            });
        }
        Ok(GroupOrder {
            name: self.text("its name", self.name)?,
            attributes: self.list("attributes", attributes)?,
            signed_by_all: self.auditors(placement.signed_by.all_of.as_deref())?,
            signed_by_any: self.auditors(placement.signed_by.any_of.as_deref())?,
            units: self.list("resource units", units)?,
            terms: self.terms(file, placement, habits)?,
        })
    }

    fn need(&self, unit: &sdl::UnitResources) -> Result<ResourceNeed, OrderFault> {
        let value = |of: &[sdl::Attribute], key: &str| {
            let found = of.iter().find(|attribute| attribute.key == key);
            found.map_or(String::new(), |attribute| attribute.value.clone())
        };
        let mut volumes = Vec::new();
        for volume in &unit.storage {
            volumes.push(VolumeNeed {
                bytes: self.digits("a volume", &volume.size)?,
                class: self.text("a storage class", &value(&volume.attributes, "class"))?,
            });
        }
        let models = unit.gpu.attributes.iter();
        let models: Vec<_> = models
            .map(|model| self.text("a GPU model", &model.key))
            .collect::<Result<_, _>>()?;
        let addresses = unit.endpoints.iter().filter(|way| way.kind == LEASED_IP);
        let addresses = addresses.count();
        let cores: u64 = self.digits("the number of cores", &unit.cpu.units)?;
        let gpus: u64 = self.digits("the number of GPUs", &unit.gpu.units)?;
        Ok(ResourceNeed {
            cpu_milli: self.number("the number of cores", cores)?,
            arch: self.text("the architecture", &value(&unit.cpu.attributes, "arch"))?,
            memory: self.digits("the memory", &unit.memory.size)?,
            volumes: self.list("volumes", volumes)?,
            gpus: self.number("the number of GPUs", gpus)?,
            gpu_models: self.list("GPU models", models)?,
            ports: self.number("the number of ports", unit.endpoints.len() - addresses)?,
            addresses: self.number("the number of addresses", addresses)?,
        })
    }

    fn digits(&self, what: &'static str, number: &sdl::Number) -> Result<u64, OrderFault> {
        let number = number.as_str().parse();
        number.map_err(|_| OrderFault::TooLarge {
            placement: self.name.to_owned(),
            what,
        })
    }

    fn terms(
        &self,
        file: &Sdl,
        placement: &Placement,
        habits: &Habits,
    ) -> Result<OrderTerms, OrderFault> {
        let terms = &placement.terms;
        let level = match terms.verification {
            Verification::Trusted => LeaseLevel::Trusted,
            Verification::Replicated { replicas } => LeaseLevel::Replicated { replicas },
            Verification::Disputable => return Err(self.no_level("disputable")),
            Verification::Proven => return Err(self.no_level("proven")),
        };
        let purchase = match (terms.spot_ceiling, terms.reservation) {
            (Some(ceiling), _) => Purchase::Spot {
                bid: self.rate(ceiling)?,
            },
            (None, Some((begins, lasts))) => Purchase::Reserved {
                in_ms: span(begins),
                for_ms: span(lasts),
            },
            (None, None) => Purchase::OnDemand,
        };
        let for_ms = terms.bidding.map_or(habits.bidding_ms, span);
        let notice = terms.notice_window.max(file.reclamation);
        let latency = terms.latency_max_ms.map(|max_ms| {
            let to = placement.attributes.get(LATENCY_TO);
            let to = self.text("a place", to.map_or("", String::as_str))?;
            Ok(Latency { to, max_ms })
        });
        Ok(OrderTerms {
            purchase,
            book: if terms.sealed {
                Book::Sealed {
                    for_ms,
                    reveal_ms: habits.reveal_ms,
                }
            } else {
                Book::Open { for_ms }
            },
            choice: if terms.manual {
                Choice::Manual {
                    for_ms: habits.choose_ms,
                }
            } else {
                Choice::Cheapest
            },
            split: terms.split,
            level,
            deadline_ms: terms.deadline.map(span),
            notice_ms: notice.map_or(DurationMs(0), span),
            latency: latency.transpose()?,
            bond: habits.bond,
        })
    }

    fn auditors<const MAX: u32>(
        &self,
        names: Option<&[String]>,
    ) -> Result<List<Address, MAX>, OrderFault> {
        let accounts = names.unwrap_or_default().iter().map(|name| {
            name.parse().map_err(|source| OrderFault::Auditor {
                placement: self.name.to_owned(),
                name: name.clone(),
                source,
            })
        });
        self.list("auditors", accounts.collect::<Result<_, _>>()?)
    }

    fn rate(&self, price: sdl::Amount) -> Result<Rate, OrderFault> {
        let per_hour = price.0.checked_mul(BLOCKS_PER_HOUR);
        let per_hour = per_hour.map(|scaled| scaled / AMOUNT_ONE);
        let rate = per_hour.and_then(|rate| u64::try_from(rate).ok());
        let rate = rate.filter(|rate| *rate > 0).map(Rate);
        rate.ok_or_else(|| OrderFault::Price {
            placement: self.name.to_owned(),
            price: price.to_string(),
        })
    }

    fn no_level(&self, level: &'static str) -> OrderFault {
        OrderFault::Level {
            placement: self.name.to_owned(),
            level,
        }
    }

    fn text<const MAX: u32>(
        &self,
        what: &'static str,
        text: &str,
    ) -> Result<Text<MAX>, OrderFault> {
        Text::new(text).map_err(|source| self.bound(what, source))
    }

    fn list<T, const MAX: u32>(
        &self,
        what: &'static str,
        items: Vec<T>,
    ) -> Result<List<T, MAX>, OrderFault> {
        List::new(items).map_err(|source| self.bound(what, source))
    }

    fn bound(&self, what: &'static str, source: BoundError) -> OrderFault {
        OrderFault::Bound {
            placement: self.name.to_owned(),
            what,
            source,
        }
    }

    fn number<N, M: TryFrom<N>>(&self, what: &'static str, number: N) -> Result<M, OrderFault> {
        M::try_from(number).map_err(|_| OrderFault::TooLarge {
            placement: self.name.to_owned(),
            what,
        })
    }
}

fn span(time: sdl::Seconds) -> DurationMs {
    // Seconds of a file are bounded far below this.
    DurationMs(time.0.saturating_mul(1_000))
}
