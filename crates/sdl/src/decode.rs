//! From the tree to the model, section by section.
//!
//! What can't be read is reported and left out; names of what is left out are kept, so that nothing
//! that refers to them is reported as well.

mod compute;
mod expose;
mod gpu;
mod params;
mod placement;
mod service;

use std::collections::{BTreeMap, BTreeSet};

use crate::at::{At, Keys};
use crate::limits::{
    ASSIGNMENTS_MAX, ENDPOINTS_MAX, INCLUDES_MAX, PLACEMENTS_MAX, PROFILES_MAX, SERVICES_MAX,
    WINDOW_SECONDS_MAX,
};
use crate::model::{Assignment, Placement, Resources, Service, Version};
use crate::names::{
    EndpointName, PlacementName, ProfileName, ServiceName, is_endpoint, is_service,
};
use crate::problem::{Cause, Doubt, Report, shown};
use crate::quantity::Seconds;

const FILE: Keys = Keys {
    known: &[
        "version",
        "services",
        "profiles",
        "deployment",
        "endpoints",
        "reclamation",
        "include",
    ],
    required: &["version", "services", "profiles", "deployment"],
};
const PROFILES: Keys = Keys {
    known: &["compute", "placement"],
    required: &["compute", "placement"],
};
const ASSIGNMENT: Keys = Keys {
    known: &["profile", "count"],
    required: &["profile", "count"],
};
const ENDPOINT: Keys = Keys {
    known: &["kind"],
    required: &["kind"],
};
const RECLAMATION: Keys = Keys {
    known: &["min_window"],
    required: &["min_window"],
};

/// A section of named things; those that couldn't be read are `None`.
pub(crate) type Section<N, T> = BTreeMap<N, Option<T>>;

/// A file as far as it could be read; a section that is missing or no mapping is `None`.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) version: Option<Version>,
    pub(crate) services: Option<Section<ServiceName, Service>>,
    pub(crate) profiles: Option<Section<ProfileName, Resources>>,
    pub(crate) placements: Option<Section<PlacementName, Placement>>,
    pub(crate) assignments: Option<BTreeMap<ServiceName, Section<PlacementName, Assignment>>>,
    pub(crate) endpoints: BTreeSet<EndpointName>,
    pub(crate) reclamation: Option<Seconds>,
    pub(crate) includes: Vec<String>,
}

pub(crate) fn draft(root: &At<'_>, report: &mut Report) -> Draft {
    let mut draft = Draft::default();
    let Some(file) = root.fields(report, &FILE) else {
        return draft;
    };
    if let Some(at) = file.get("version") {
        draft.version = version(at, report);
    }
    if let Some(at) = file.get("services") {
        draft.services = services(at, report);
    }
    if let Some(profiles) = file
        .get("profiles")
        .and_then(|at| at.fields(report, &PROFILES))
    {
        if let Some(at) = profiles.get("compute") {
            draft.profiles = at
                .entries(report, "compute profiles", PROFILES_MAX)
                .map(|found| section(found, ProfileName::new, |at| compute::read(at, report)));
        }
        if let Some(at) = profiles.get("placement") {
            draft.placements = at
                .entries(report, "placements", PLACEMENTS_MAX)
                .map(|found| section(found, PlacementName::new, |at| placement::read(at, report)));
        }
    }
    if let Some(at) = file.get("deployment") {
        draft.assignments = assignments(at, report);
    }
    if let Some(at) = file.get("endpoints") {
        draft.endpoints = endpoints(at, report);
    }
    if let Some(at) = file.get("reclamation") {
        draft.reclamation = reclamation(at, report);
    }
    if let Some(at) = file.get("include") {
        draft.includes = includes(at, report);
    }
    draft
}

fn section<'t, N: Ord, T>(
    found: Vec<(&'t str, At<'t>)>,
    name: impl Fn(&str) -> N,
    mut read: impl FnMut(&At<'t>) -> Option<T>,
) -> Section<N, T> {
    found
        .into_iter()
        .map(|(key, at)| (name(key), read(&at)))
        .collect()
}

fn version(at: &At<'_>, report: &mut Report) -> Option<Version> {
    let values = [Version::V2_0, Version::V2_1];
    at.one_of(report, &["2.0", "2.1"], &values)
}

fn services(at: &At<'_>, report: &mut Report) -> Option<Section<ServiceName, Service>> {
    let found = at.entries(report, "services", SERVICES_MAX)?;
    let mut services = Section::new();
    for (name, at) in found {
        if !is_service(name) {
            let cause = Cause::NotA {
                what: "name of a service",
                got: shown(name),
                rule: "lower case letters, digits and inner hyphens, a letter first",
            };
            at.problem_of_key(report, cause);
        }
        services.insert(ServiceName::new(name), service::read(&at, report));
    }
    Some(services)
}

fn assignments(
    at: &At<'_>,
    report: &mut Report,
) -> Option<BTreeMap<ServiceName, Section<PlacementName, Assignment>>> {
    let found = at.entries(report, "services", SERVICES_MAX)?;
    let mut assignments = BTreeMap::new();
    let mut pairs = 0;
    for (service, at) in found {
        let Some(to) = at.entries(report, "placements", PLACEMENTS_MAX) else {
            assignments.insert(ServiceName::new(service), Section::new());
            continue;
        };
        pairs += to.len();
        if pairs > ASSIGNMENTS_MAX {
            let (what, max) = ("pairs of a service and a placement", ASSIGNMENTS_MAX);
            at.problem(report, Cause::TooMany { what, max });
            return None;
        }
        let to = section(to, PlacementName::new, |at| assignment(at, report));
        assignments.insert(ServiceName::new(service), to);
    }
    Some(assignments)
}

fn assignment(at: &At<'_>, report: &mut Report) -> Option<Assignment> {
    let fields = at.fields(report, &ASSIGNMENT)?;
    let profile = fields.get("profile").and_then(|at| at.word(report));
    let count = fields
        .get("count")
        .and_then(|at| at.whole(report, 1, u64::from(u32::MAX)));
    Some(Assignment {
        profile: ProfileName::new(profile?),
        count: u32::try_from(count?).ok()?,
    })
}

fn endpoints(at: &At<'_>, report: &mut Report) -> BTreeSet<EndpointName> {
    let mut endpoints = BTreeSet::new();
    for (name, at) in at
        .entries(report, "endpoints", ENDPOINTS_MAX)
        .unwrap_or_default()
    {
        if !is_endpoint(name) {
            let cause = Cause::NotA {
                what: "name of an endpoint",
                got: shown(name),
                rule: "two or more of lower case letters, digits, hyphens and underscores, a letter first",
            };
            at.problem_of_key(report, cause);
        }
        if let Some(fields) = at.fields(report, &ENDPOINT) {
            // `ip` is the only kind.
            fields
                .get("kind")
                .and_then(|at| at.one_of(report, &["ip"], &[()]));
        }
        endpoints.insert(EndpointName::new(name));
    }
    endpoints
}

fn reclamation(at: &At<'_>, report: &mut Report) -> Option<Seconds> {
    let fields = at.fields(report, &RECLAMATION)?;
    let at = fields.get("min_window")?;
    let text = at.text(report)?;
    duration(at, report, text, WINDOW_SECONDS_MAX)
}

/// A duration of at least a second.
pub(crate) fn duration(at: &At<'_>, report: &mut Report, text: &str, max: u64) -> Option<Seconds> {
    match Seconds::parse(text) {
        // The pattern in Akash's schema takes no leading zero.
        Ok(seconds) if seconds.0 == 0 || seconds.0 > max || text.starts_with('0') => {
            at.out_of_range(report, shown(text), Seconds(1), Seconds(max));
            None
        }
        Ok(seconds) => Some(seconds),
        Err(source) => {
            let cause = Cause::NotQuantity {
                what: "duration (a whole number and `s`, `m` or `h`)",
                got: shown(text),
                source,
            };
            at.problem(report, cause);
            None
        }
    }
}

fn includes(at: &At<'_>, report: &mut Report) -> Vec<String> {
    let items = at
        .items(report, "includes", INCLUDES_MAX)
        .unwrap_or_default();
    let mut includes = Vec::new();
    for at in items {
        let Some(path) = at.filled_word(report) else {
            continue;
        };
        let inside = !path.starts_with(['/', '\\', '~'])
            && !path.contains(':')
            && path.split(['/', '\\']).all(|part| part != "..");
        if inside {
            includes.push(path.to_owned());
        } else {
            let cause = Cause::NotA {
                what: "file to include",
                got: shown(path),
                rule: "a relative path that stays below the folder of this file",
            };
            at.problem(report, cause);
        }
    }
    if !includes.is_empty() {
        at.doubt(report, Doubt::IncludeIgnored);
    }
    includes
}
