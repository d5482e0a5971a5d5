//! A group is one kind of confidential computing, one coin, and within Akash's limits.

use std::collections::BTreeMap;

use crate::at::At;
use crate::check::Pair;
use crate::decode::Draft;
use crate::limits::{CPU_MILLI_MAX, GPU_UNITS_MAX, GROUP_FACTOR, MEMORY_BYTES_MAX};
use crate::model::{Denomination, Tee};
use crate::problem::{Cause, Report, shown};
use crate::quantity::Amount;

/// What a group asks for in all.
#[derive(Default)]
struct Total {
    cpu_milli: u128,
    gpus: u128,
    memory_bytes: u128,
    price: u128,
    replicas: u128,
}

pub(super) fn check(draft: &Draft, pairs: &[Pair<'_>], root: &At<'_>, report: &mut Report) {
    tee(pairs, root, report);
    denomination(pairs, root, report);
    let mut totals: BTreeMap<&str, Total> = BTreeMap::new();
    for pair in pairs {
        let total = totals.entry(pair.placement_name.as_str()).or_default();
        let count = u128::from(pair.assignment.count);
        total.cpu_milli += u128::from(pair.resources.cpu.0) * count;
        total.gpus += u128::from(pair.resources.gpu.units) * count;
        total.memory_bytes += u128::from(pair.resources.memory.0) * count;
        total.replicas += count;
        let price = pair.placement.pricing.get(&pair.assignment.profile);
        // At most 2^11 pairs of 2^32 replicas at 10^25 each: below 2^128.
        total.price += price.map_or(0, |price| price.amount.0) * count;
    }
    for (placement, total) in &totals {
        let at = root.descend(&["profiles", "placement", placement]);
        let most = |one: u64| u128::from(one) * u128::from(GROUP_FACTOR);
        let limits = [
            (
                "thousandths of a core",
                total.cpu_milli,
                most(CPU_MILLI_MAX),
            ),
            ("GPUs", total.gpus, most(GPU_UNITS_MAX)),
            (
                "bytes of memory",
                total.memory_bytes,
                most(MEMORY_BYTES_MAX),
            ),
            ("replicas", total.replicas, u128::from(u32::MAX)),
        ];
        for (what, got, max) in limits {
            if got > max {
                let placement = shown(placement);
                let cause = Cause::GroupTooLarge {
                    placement,
                    what,
                    got,
                    max,
                };
                at.problem_of_key(report, cause);
            }
        }
        ceiling(draft, pairs, placement, total, &at, report);
    }
}

/// A ceiling that no price can reach is a mistake; it is judged where all prices are known.
fn ceiling(
    draft: &Draft,
    pairs: &[Pair<'_>],
    placement: &str,
    total: &Total,
    at: &At<'_>,
    report: &mut Report,
) {
    let here = pairs
        .iter()
        .filter(|pair| pair.placement_name.as_str() == placement);
    let assignments = draft.assignments.iter().flat_map(BTreeMap::values);
    let assigned = assignments.filter(|to| to.contains_key(placement));
    let terms = here.clone().next().map(|pair| pair.placement.terms);
    let Some(ceiling) = terms.and_then(|terms| terms.spot_ceiling) else {
        return;
    };
    let price = Amount(total.price);
    if here.count() == assigned.count() && ceiling > price {
        at.descend(&["attributes", "lilliput/spot-ceiling"])
            .problem(report, Cause::SpotCeilingAbovePrice { ceiling, price });
    }
}

fn tee(pairs: &[Pair<'_>], root: &At<'_>, report: &mut Report) {
    let mut kinds: BTreeMap<&str, Tee> = BTreeMap::new();
    for pair in pairs {
        let params = pair.service.params.as_ref();
        let Some(kind) = params.and_then(|params| params.tee) else {
            continue;
        };
        let at = root.descend(&["services", pair.service_name.as_str(), "params", "tee"]);
        if kind == Tee::CpuGpu && pair.resources.gpu.units == 0 {
            let profile = shown(pair.assignment.profile.as_str());
            at.problem(report, Cause::TeeWithoutGpu { profile });
        }
        let placement = pair.placement_name.as_str();
        let first = *kinds.entry(placement).or_insert(kind);
        if first != kind {
            let cause = Cause::TeeMismatch {
                placement: shown(placement),
                first: first.as_str(),
            };
            at.problem(report, cause);
        }
    }
}

fn denomination(pairs: &[Pair<'_>], root: &At<'_>, report: &mut Report) {
    let mut first: Option<Denomination> = None;
    for pair in pairs {
        let profile = &pair.assignment.profile;
        let Some(price) = pair.placement.pricing.get(profile) else {
            continue;
        };
        let first = *first.get_or_insert(price.denomination);
        if first != price.denomination {
            let placement = pair.placement_name.as_str();
            let profile = profile.as_str();
            let keys = [
                "profiles",
                "placement",
                placement,
                "pricing",
                profile,
                "denom",
            ];
            let cause = Cause::MixedDenominations {
                first: first.as_str(),
                second: price.denomination.as_str(),
            };
            root.descend(&keys).problem(report, cause);
        }
    }
}
