//! What a provider says to an order: a bid, or why not in each dimension.

use std::collections::BTreeSet;

use lilliput_types::market::{
    Audit, BidTerms, Dimension, GroupOrder, MarketProvider, OfferLine, Purchase, Rate, Reason,
    UnitOrder,
};
use lilliput_types::{DurationMs, List, Text};

use super::list::PriceList;
use super::machine::Machine;
use super::pack::Room;
use crate::demand::{Unmet, unmet};

/// What a provider goes by.
#[derive(Clone, Copy, Debug)]
pub struct Provide<'a> {
    /// What it says of itself on the ledger,
    pub provider: &'a MarketProvider,
    /// and who signed it.
    pub audits: &'a [Audit],
    /// What it wants.
    pub prices: &'a PriceList,
    /// Below what it never sells a GPU's hour: power, hashing foregone.
    pub gpu_floor: Rate,
    /// The most notice that it grants.
    pub notice_max_ms: DurationMs,
    /// The pool for spot leases, and the part of the price in 10,000ths that waiting costs.
    pub spot: Option<(u16, u16)>,
}

/// A bid with what was reserved for it, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It can.
    Bid(BidTerms),
    /// It can't, or won't.
    Decline(Vec<Reason>),
}

/// Decides on an order, and reserves the room for what is bid under `key`.
pub fn answer<K: Ord>(own: &Provide<'_>, room: &mut Room<K>, key: K, group: &GroupOrder) -> Answer {
    let mut reasons: Vec<Reason> = unmet(group, own.provider, own.audits)
        .iter()
        .map(unmet_reason)
        .collect();
    if group.terms.notice_ms > own.notice_max_ms {
        reasons.push(reason(
            Dimension::Notice,
            None,
            format!("{} ms", group.terms.notice_ms),
            format!("at most {} ms", own.notice_max_ms),
        ));
    }
    let is_spot = matches!(group.terms.purchase, Purchase::Spot { .. });
    if is_spot && own.spot.is_none() {
        reasons.push(reason(Dimension::Time, None, "spot", "no pool"));
    }
    let mut lines = Vec::new();
    for (place, unit) in (0_u16..).zip(group.units.iter()) {
        match line(own, room.left(), place, unit) {
            Ok(line) => lines.push(line),
            Err(short) => reasons.extend(short),
        }
    }
    if !reasons.is_empty() {
        return Answer::Decline(reasons);
    }
    let bid = terms(own, group, lines);
    if let Some(dear) = too_dear(group, &bid) {
        return Answer::Decline(vec![dear]);
    }
    match room.reserve(key, &group.units, &bid.offers) {
        Ok(()) => Answer::Bid(bid),
        Err(no_room) => Answer::Decline(vec![reason(
            Dimension::Packing,
            Some(no_room.unit),
            "all replicas at once",
            "no machine with room for the next one",
        )]),
    }
}

fn terms(own: &Provide<'_>, group: &GroupOrder, lines: Vec<OfferLine>) -> BidTerms {
    let mut bid = BidTerms {
        // A group has at most as many units as a bid has lines.
        offers: List::new(lines).unwrap_or_default(),
        notice_ms: group.terms.notice_ms,
        pool: None,
        waiting_rate: Rate(0),
    };
    if let (Purchase::Spot { .. }, Some((pool, waiting_bps))) = (group.terms.purchase, own.spot) {
        let total = bid.total().unwrap_or_default();
        let waiting = u128::from(total.0) * u128::from(waiting_bps.min(10_000)) / 10_000;
        bid.pool = Some(pool);
        bid.waiting_rate = Rate(u64::try_from(waiting).unwrap_or(total.0));
    }
    bid
}

fn too_dear(group: &GroupOrder, bid: &BidTerms) -> Option<Reason> {
    let Purchase::Spot { bid: most } = group.terms.purchase else {
        return None;
    };
    let total = bid.total()?;
    (total > most).then(|| {
        reason(
            Dimension::Price,
            None,
            format!("at most {most} an hour for the group"),
            format!("at least {total}"),
        )
    })
}

/// All replicas of a unit with the cheapest GPU that will do, or in what it falls short.
fn line(
    own: &Provide<'_>,
    left: &[Machine],
    place: u16,
    unit: &UnitOrder,
) -> Result<OfferLine, Vec<Reason>> {
    let short = shortages(left, place, unit);
    if !short.is_empty() {
        return Err(short);
    }
    let mut models: BTreeSet<Option<&str>> = BTreeSet::new();
    if unit.need.gpus == 0 {
        models.insert(None);
    } else {
        let rooms = left.iter().flat_map(|machine| &machine.gpus);
        let fitting =
            rooms.filter(|room| room.free >= unit.need.gpus && unit.need.takes_gpu(&room.model));
        models.extend(fitting.map(|room| Some(room.model.as_str())));
    }
    let priced = models.into_iter().filter_map(|model| {
        let rate = own.prices.rate(&unit.need, model)?;
        let floor = u128::from(own.gpu_floor.0) * u128::from(unit.need.gpus);
        let floor = Rate(u64::try_from(floor).unwrap_or(u64::MAX));
        Some((rate.max(floor), model))
    });
    let Some((rate, model)) = priced.min() else {
        let wanted = "a price for its GPU and classes of disk";
        let why = reason(Dimension::Price, Some(place), wanted, "none in the list");
        return Err(vec![why]);
    };
    if rate > unit.rate_max {
        return Err(vec![reason(
            Dimension::Price,
            Some(place),
            format!("at most {} an hour", unit.rate_max),
            format!("at least {rate}"),
        )]);
    }
    Ok(OfferLine {
        unit: place,
        count: unit.count,
        rate,
        gpu: model.map(Text::shortened),
    })
}

/// In which dimensions all machines together have too little, or none has enough for one replica.
fn shortages(left: &[Machine], place: u16, unit: &UnitOrder) -> Vec<Reason> {
    let arch = unit.need.arch.as_str();
    let own: Vec<&Machine> = left
        .iter()
        .filter(|machine| arch.is_empty() || machine.arch == arch)
        .collect();
    if own.is_empty() && !left.is_empty() {
        let other = "other processors";
        return vec![reason(Dimension::Arch, Some(place), arch, other)];
    }
    let mut reasons: Vec<Reason> = sums(&own, unit)
        .into_iter()
        .filter(|(_, wanted, has, _)| has < wanted)
        .map(|(dimension, wanted, has, what)| {
            let (wanted, has) = (format!("{wanted} {what}"), format!("{has} {what}"));
            reason(dimension, Some(place), wanted, has)
        })
        .collect();
    reasons.extend(disk_shortages(&own, place, unit));
    if reasons.is_empty() {
        reasons.extend(no_machine(&own, place, unit));
    }
    reasons
}

/// What all replicas want of what all machines have.
fn sums(own: &[&Machine], unit: &UnitOrder) -> Vec<(Dimension, u64, u64, &'static str)> {
    let need = &unit.need;
    let all = |of: u64| of.saturating_mul(u64::from(unit.count));
    let sum = |of: &dyn Fn(&Machine) -> u64| {
        let machines = own.iter();
        machines.fold(0, |sum: u64, machine| sum.saturating_add(of(machine)))
    };
    let gpus = |fits: &dyn Fn(&str) -> bool| {
        let rooms = own.iter().flat_map(|machine| &machine.gpus);
        let rooms = rooms.filter(|room| fits(&room.model));
        rooms.map(|room| u64::from(room.free)).sum::<u64>()
    };
    let wanted_gpus = all(u64::from(need.gpus));
    let of_gpus = if gpus(&|_| true) >= wanted_gpus {
        Dimension::GpuModel
    } else {
        Dimension::Gpu
    };
    let cores = sum(&|machine| machine.cpu_milli);
    let memory = sum(&|machine| machine.memory);
    let ports = sum(&|machine| u64::from(machine.ports));
    let addresses = sum(&|machine| u64::from(machine.addresses));
    let fitting = gpus(&|model| need.takes_gpu(model));
    let (wanted_ports, wanted_addresses) = (u64::from(need.ports), u64::from(need.addresses));
    vec![
        (
            Dimension::Cpu,
            all(u64::from(need.cpu_milli)),
            cores,
            "thousandths of a core",
        ),
        (
            Dimension::Memory,
            all(Machine::memory_of(need)),
            memory,
            "bytes",
        ),
        (Dimension::Endpoints, all(wanted_ports), ports, "ports"),
        (
            Dimension::Endpoints,
            all(wanted_addresses),
            addresses,
            "addresses",
        ),
        (of_gpus, wanted_gpus, fitting, "GPUs of a model asked for"),
    ]
}

fn disk_shortages(own: &[&Machine], place: u16, unit: &UnitOrder) -> Vec<Reason> {
    let volumes = unit.need.volumes.iter();
    let on_disk = volumes.filter(|volume| volume.class.as_str() != "ram");
    let classes: BTreeSet<&str> = on_disk.map(|volume| volume.class.as_str()).collect();
    let mut reasons = Vec::new();
    for class in classes {
        let volumes = unit.need.volumes.iter();
        let bytes = volumes
            .filter(|volume| volume.class.as_str() == class)
            .fold(0_u64, |sum, volume| sum.saturating_add(volume.bytes));
        let wanted = bytes.saturating_mul(u64::from(unit.count));
        let disks = own.iter().flat_map(|machine| &machine.disks);
        let of_class: Vec<u64> = disks
            .filter(|disk| match class {
                "default" => !disk.class.is_empty(),
                class => disk.class == class,
            })
            .map(|disk| disk.free)
            .collect();
        let has = of_class
            .iter()
            .fold(0_u64, |sum, free| sum.saturating_add(*free));
        if has < wanted {
            let dimension = if of_class.is_empty() {
                Dimension::StorageClass
            } else {
                Dimension::Storage
            };
            let name = if class.is_empty() { "any" } else { class };
            reasons.push(reason(
                dimension,
                Some(place),
                format!("{wanted} bytes of class {name}"),
                format!("{has} bytes"),
            ));
        }
    }
    reasons
}

/// All together have enough, but no machine takes even one replica.
fn no_machine(own: &[&Machine], place: u16, unit: &UnitOrder) -> Option<Reason> {
    let takes = |machine: &Machine| {
        if unit.need.gpus == 0 {
            return machine.clone().take(&unit.need, None).is_some();
        }
        let models = machine.gpus.iter();
        models
            .filter(|room| unit.need.takes_gpu(&room.model))
            .any(|room| {
                machine
                    .clone()
                    .take(&unit.need, Some(&room.model))
                    .is_some()
            })
    };
    let none = !own.iter().any(|machine| takes(machine));
    none.then(|| {
        reason(
            Dimension::Packing,
            Some(place),
            "one machine for a replica",
            "enough in all, but on no single machine",
        )
    })
}

fn unmet_reason(lacking: &Unmet) -> Reason {
    let has = |has: &Option<String>| has.clone().unwrap_or_else(|| "none".to_owned());
    match lacking {
        Unmet::Attribute {
            key,
            wanted,
            has: own,
        } => reason(
            Dimension::Attribute,
            None,
            format!("{key}={wanted}"),
            has(own),
        ),
        Unmet::Audit { auditor, key } => reason(
            Dimension::Audit,
            None,
            format!("{key} signed by {auditor}"),
            "no such signature",
        ),
        Unmet::NoAudit { auditors } => reason(
            Dimension::Audit,
            None,
            format!("all signed by one of {auditors} auditors"),
            "no such signature",
        ),
        Unmet::Latency { to, most, has: own } => reason(
            Dimension::Latency,
            None,
            format!("at most {most} ms to {to}"),
            has(own),
        ),
    }
}

fn reason(
    dimension: Dimension,
    unit: Option<u16>,
    wanted: impl AsRef<str>,
    has: impl AsRef<str>,
) -> Reason {
    Reason {
        dimension,
        unit,
        wanted: Text::shortened(wanted.as_ref()),
        has: Text::shortened(has.as_ref()),
    }
}
