//! What must fit together across sections once each has been read.
//!
//! Places are looked up in the tree when something is wrong, so the model carries none.

mod address;
mod group;
mod unused;
mod volume;

use std::borrow::Borrow;

use crate::at::At;
use crate::decode::{Draft, Section};
use crate::model::{Assignment, Placement, Resources, Sdl, Service};
use crate::names::{PlacementName, ServiceName};
use crate::problem::{Cause, Refusal, Report, shown};

/// A service in a placement, with all that this needs readable.
pub(crate) struct Pair<'d> {
    pub(crate) service_name: &'d ServiceName,
    pub(crate) service: &'d Service,
    pub(crate) placement_name: &'d PlacementName,
    pub(crate) placement: &'d Placement,
    pub(crate) assignment: &'d Assignment,
    pub(crate) resources: &'d Resources,
}

/// The file, or all that is wrong with it.
pub(crate) fn check(draft: Draft, root: &At<'_>, mut report: Report) -> Result<Sdl, Refusal> {
    let pairs = pairs(&draft, root, &mut report);
    for pair in &pairs {
        volume::check(pair, root, &mut report);
    }
    group::check(&draft, &pairs, root, &mut report);
    address::check(&draft, &pairs, root, &mut report);
    unused::check(&draft, root, &mut report);
    // A draft with a hole in it always comes with a problem, so the missing one is never seen.
    let missing = Refusal::from(crate::problem::Finding {
        place: crate::problem::Place { line: 1, column: 1 },
        path: String::new(),
        cause: Cause::NoDeployment,
    });
    let warnings = report.finish()?;
    let assignments = draft.assignments.map(|assignments| {
        let assignments = assignments.into_iter();
        assignments
            .map(|(service, to)| (service, sound(to)))
            .collect()
    });
    match (
        draft.version,
        draft.services,
        draft.profiles,
        draft.placements,
        assignments,
    ) {
        (Some(version), Some(services), Some(profiles), Some(placements), Some(assignments)) => {
            Ok(Sdl {
                version,
                services: sound(services),
                profiles: sound(profiles),
                placements: sound(placements),
                assignments,
                endpoints: draft.endpoints.into_iter().collect(),
                reclamation: draft.reclamation,
                includes: draft.includes,
                warnings,
            })
        }
        _ => Err(missing),
    }
}

fn sound<N: Ord, T>(section: Section<N, T>) -> std::collections::BTreeMap<N, T> {
    let entries = section.into_iter();
    entries
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// Each service in each placement; names that lead nowhere are problems.
fn pairs<'d>(draft: &'d Draft, root: &At<'_>, report: &mut Report) -> Vec<Pair<'d>> {
    let mut pairs = Vec::new();
    let Some(assignments) = &draft.assignments else {
        return pairs;
    };
    if assignments.values().all(|to| to.is_empty()) {
        root.descend(&["deployment"])
            .problem_of_key(report, Cause::NoDeployment);
    }
    for (service_name, to) in assignments {
        let name = service_name.as_str();
        let service = known(&draft.services, "service", name, report).unwrap_or_else(|cause| {
            let at = root.descend(&["deployment", name]);
            at.problem_of_key(report, cause);
            None
        });
        for (placement_name, assignment) in to {
            let keys = ["deployment", name, placement_name.as_str()];
            let placement = known(
                &draft.placements,
                "placement",
                placement_name.as_str(),
                report,
            );
            let placement = placement.unwrap_or_else(|cause| {
                root.descend(&keys).problem_of_key(report, cause);
                None
            });
            let Some(assignment) = assignment else {
                continue;
            };
            let at = root.descend(&keys).descend(&["profile"]);
            let profile = assignment.profile.as_str();
            let resources = known(&draft.profiles, "compute profile", profile, report);
            let resources = resources.unwrap_or_else(|cause| {
                at.problem(report, cause);
                None
            });
            let (Some(service), Some(placement), Some(resources)) = (service, placement, resources)
            else {
                continue;
            };
            if !placement.pricing.contains_key(profile) {
                let cause = Cause::NoPrice {
                    profile: shown(profile),
                    placement: shown(placement_name.as_str()),
                };
                at.problem(report, cause);
                continue;
            }
            pairs.push(Pair {
                service_name,
                service,
                placement_name,
                placement,
                assignment,
                resources,
            });
        }
    }
    pairs
}

/// What is named `name`; `Ok(None)` where it exists and couldn't be read.
fn known<'d, N: Borrow<str> + Ord, T>(
    section: &'d Option<Section<N, T>>,
    what: &'static str,
    name: &str,
    report: &mut Report,
) -> Result<Option<&'d T>, Cause> {
    let Some(section) = section else {
        return Ok(None);
    };
    match section.get(name) {
        Some(value) => Ok(value.as_ref()),
        None => {
            let names = section.keys().map(Borrow::borrow);
            Err(Cause::UnknownName {
                what,
                name: shown(name),
                nearest: report.nearest(name, names).map(shown),
            })
        }
    }
}
