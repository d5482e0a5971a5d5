//! Hosts and ports of leased addresses are each given out once, and something is reachable.

use std::collections::{BTreeMap, BTreeSet};

use crate::at::At;
use crate::check::Pair;
use crate::decode::Draft;
use crate::model::Protocol;
use crate::problem::{Cause, Report, shown};

pub(super) fn check(draft: &Draft, pairs: &[Pair<'_>], root: &At<'_>, report: &mut Report) {
    // What is missing from a file with other faults may stand in what couldn't be read.
    let sound = report.is_sound();
    let exposes = || pairs.iter().flat_map(|pair| &pair.service.expose);
    let global = exposes().any(|expose| expose.to.iter().any(|to| to.global));
    if sound && !pairs.is_empty() && !global {
        root.descend(&["services"])
            .problem_of_key(report, Cause::NothingGlobal);
    }
    hosts(pairs, root, report);
    let used = ports(draft, pairs, root, report);
    for endpoint in &draft.endpoints {
        if sound && !used.contains(endpoint.as_str()) {
            let at = root.descend(&["endpoints", endpoint.as_str()]);
            let endpoint = shown(endpoint.as_str());
            at.problem_of_key(report, Cause::UnusedEndpoint { endpoint });
        }
    }
}

/// The manifest has an entry for each `to` in each placement, and no two may share a host.
fn hosts(pairs: &[Pair<'_>], root: &At<'_>, report: &mut Report) {
    let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
    for pair in pairs {
        let service = pair.service_name.as_str();
        for (index, expose) in pair.service.expose.iter().enumerate() {
            let index = index.to_string();
            for (item, host) in expose.accept.iter().flatten().enumerate() {
                let item = item.to_string();
                let keys = ["services", service, "expose", &index, "accept", &item];
                let at = root.descend(&keys);
                let first = lines.get(host.as_str()).copied();
                if first.is_none() {
                    lines.insert(host, at.line());
                }
                if first.is_some() || expose.to.len() > 1 {
                    let cause = Cause::DuplicateHost {
                        host: shown(host),
                        first_line: first.unwrap_or(at.line()),
                    };
                    at.problem(report, cause);
                }
            }
        }
    }
}

/// The endpoints that are used; unknown ones and ports given out twice are problems.
fn ports<'d>(
    draft: &Draft,
    pairs: &[Pair<'d>],
    root: &At<'_>,
    report: &mut Report,
) -> BTreeSet<&'d str> {
    let mut used = BTreeSet::new();
    let mut taken: BTreeMap<(&str, u16, Protocol), &str> = BTreeMap::new();
    for pair in pairs {
        let service = pair.service_name.as_str();
        for (index, expose) in pair.service.expose.iter().enumerate() {
            for (item, to) in expose.to.iter().enumerate() {
                let Some(endpoint) = to.ip.as_ref().map(|ip| ip.as_str()) else {
                    continue;
                };
                used.insert(endpoint);
                let port = (endpoint, expose.outside().0, expose.protocol);
                let cause = if !draft.endpoints.contains(endpoint) {
                    let names = draft.endpoints.iter().map(|name| name.as_str());
                    Cause::UnknownName {
                        what: "endpoint",
                        name: shown(endpoint),
                        nearest: report.nearest(endpoint, names).map(shown),
                    }
                } else if let Some(other) = taken.insert(port, service) {
                    Cause::DuplicatePort {
                        endpoint: shown(endpoint),
                        port: port.1,
                        protocol: expose.protocol.as_str(),
                        service: shown(other),
                    }
                } else {
                    continue;
                };
                let (index, item) = (index.to_string(), item.to_string());
                let keys = ["services", service, "expose", &index, "to", &item, "ip"];
                root.descend(&keys).problem(report, cause);
            }
        }
    }
    used
}
