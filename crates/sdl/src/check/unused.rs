//! What is there and does nothing, and names that lead to no service: allowed, and worth a word.

use std::collections::BTreeSet;

use crate::at::At;
use crate::decode::Draft;
use crate::names::ServiceName;
use crate::problem::{Doubt, Report, shown};

pub(super) fn check(draft: &Draft, root: &At<'_>, report: &mut Report) {
    let (Some(services), Some(assignments)) = (&draft.services, &draft.assignments) else {
        return;
    };
    let deployed = |name: &str| assignments.get(name).is_some_and(|to| !to.is_empty());
    for (name, service) in services {
        let name = name.as_str();
        if !deployed(name) {
            let at = root.descend(&["services", name]);
            let service = shown(name);
            at.doubt(report, Doubt::ServiceNotDeployed { service });
        }
        let Some(service) = service else {
            continue;
        };
        let unknown = |name: &ServiceName| !services.contains_key(name);
        let doubt = |name: &ServiceName, report: &mut Report| Doubt::UnknownService {
            name: shown(name.as_str()),
            nearest: report
                .nearest(name.as_str(), services.keys().map(ServiceName::as_str))
                .map(shown),
        };
        for (index, expose) in service.expose.iter().enumerate() {
            for (item, to) in expose.to.iter().enumerate() {
                if let Some(peer) = to.service.as_ref().filter(|peer| unknown(peer)) {
                    let (index, item) = (index.to_string(), item.to_string());
                    let keys = ["services", name, "expose", &index, "to", &item, "service"];
                    let doubt = doubt(peer, report);
                    root.descend(&keys).doubt(report, doubt);
                }
            }
        }
        for peer in service.dependencies.iter().filter(|peer| unknown(peer)) {
            let keys = ["services", name, "dependencies"];
            let doubt = doubt(peer, report);
            root.descend(&keys).doubt(report, doubt);
        }
    }
    let pairs = || assignments.values().flatten();
    let profiles: BTreeSet<&str> = pairs()
        .filter_map(|(_, assignment)| assignment.as_ref())
        .map(|assignment| assignment.profile.as_str())
        .collect();
    let placements: BTreeSet<&str> = pairs().map(|(placement, _)| placement.as_str()).collect();
    let named = draft.profiles.iter().flat_map(|section| section.keys());
    for name in named.map(|name| name.as_str()) {
        if !profiles.contains(name) {
            never_used("compute", "compute profile", name, root, report);
        }
    }
    let named = draft.placements.iter().flat_map(|section| section.keys());
    for name in named.map(|name| name.as_str()) {
        if !placements.contains(name) {
            never_used("placement", "placement", name, root, report);
        }
    }
}

fn never_used(section: &str, what: &'static str, name: &str, root: &At<'_>, report: &mut Report) {
    let at = root.descend(&["profiles", section, name]);
    let name = shown(name);
    at.doubt(report, Doubt::NeverUsed { what, name });
}
