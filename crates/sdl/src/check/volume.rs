//! Mounts lead to volumes, and volumes that last are mounted.

use crate::at::At;
use crate::check::Pair;
use crate::model::{Mount, StorageClass, Version, Volume};
use crate::problem::{Cause, Doubt, Report, shown};

pub(super) fn check(pair: &Pair<'_>, root: &At<'_>, report: &mut Report) {
    let service = pair.service_name.as_str();
    let none = std::collections::BTreeMap::new();
    let params = pair.service.params.as_ref();
    let mounts = params.map_or(&none, |params| &params.storage);
    let volumes = &pair.resources.volumes;
    for (name, mount) in mounts {
        let at = root.descend(&["services", service, "params", "storage", name.as_str()]);
        match volumes.iter().find(|volume| volume.name == *name) {
            Some(volume) => read_only(volume, mount, &at, root, report),
            None => {
                let names = volumes.iter().map(|volume| volume.name.as_str());
                let cause = Cause::UnknownName {
                    what: "volume of the compute profile",
                    name: shown(name.as_str()),
                    nearest: report.nearest(name.as_str(), names).map(shown),
                };
                at.problem_of_key(report, cause);
            }
        }
    }
    for volume in volumes {
        let persistent = volume.class.is_some_and(StorageClass::is_persistent);
        if persistent && !mounts.contains_key(&volume.name) {
            let profile = pair.assignment.profile.as_str();
            let keys = ["profiles", "compute", profile, "resources", "storage"];
            let cause = Cause::PersistentWithoutMount {
                volume: shown(volume.name.as_str()),
                service: shown(service),
            };
            root.descend(&keys).problem_of_key(report, cause);
        }
    }
}

/// Only edition 2.1 refuses memory that can't be written to.
fn read_only(volume: &Volume, mount: &Mount, at: &At<'_>, root: &At<'_>, report: &mut Report) {
    if volume.class != Some(StorageClass::Ram) || !mount.read_only {
        return;
    }
    let at = at.descend(&["readOnly"]);
    let version = root.descend(&["version"]);
    let mut quiet = Report::default();
    let edition = version.one_of(&mut quiet, &["2.0"], &[Version::V2_0]);
    match edition {
        Some(_) => at.doubt(report, Doubt::RamReadOnly),
        None => at.problem(report, Cause::RamReadOnly),
    }
}
