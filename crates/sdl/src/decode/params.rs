//! `params` of a service: mounts, permissions, confidential computing.

use std::collections::BTreeMap;

use crate::at::{At, Keys};
use crate::limits::VOLUMES_MAX;
use crate::model::{Mount, Params, Permission, Tee};
use crate::names::VolumeName;
use crate::problem::{Cause, Report, shown};

const PARAMS: Keys = Keys {
    known: &["storage", "permissions", "tee"],
    required: &[],
};
const MOUNT: Keys = Keys {
    known: &["mount", "readOnly"],
    required: &["mount"],
};
const PERMISSIONS: Keys = Keys {
    known: &["read"],
    required: &[],
};

pub(super) fn read(at: &At<'_>, report: &mut Report) -> Option<Params> {
    let fields = at.fields(report, &PARAMS)?;
    let storage = fields.get("storage").map(|at| mounts(at, report));
    let permissions = fields.get("permissions").map(|at| permissions(at, report));
    let tee = fields
        .get("tee")
        .map(|at| at.one_of(report, Tee::NAMES, &Tee::ALL));
    Some(Params {
        storage: match storage {
            Some(storage) => storage?,
            None => BTreeMap::new(),
        },
        permissions: match permissions {
            Some(permissions) => Some(permissions?),
            None => None,
        },
        tee: match tee {
            Some(tee) => Some(tee?),
            None => None,
        },
    })
}

fn mounts(at: &At<'_>, report: &mut Report) -> Option<BTreeMap<VolumeName, Mount>> {
    let mut mounts: BTreeMap<VolumeName, Mount> = BTreeMap::new();
    let mut whole = true;
    for (volume, at) in at.entries(report, "mounts", VOLUMES_MAX)? {
        let Some(mount) = mount(&at, report) else {
            whole = false;
            continue;
        };
        let same = |other: &Mount| normal(&other.path) == normal(&mount.path);
        if let Some((taken, _)) = mounts.iter().find(|(_, other)| same(other)) {
            let cause = Cause::DuplicateMount {
                mount: shown(&mount.path),
                volume: shown(taken.as_str()),
            };
            at.problem(report, cause);
        }
        mounts.insert(VolumeName::new(volume), mount);
    }
    whole.then_some(mounts)
}

/// The parts of a path, without the empty ones and those that stay where they are.
fn normal(path: &str) -> Vec<&str> {
    let stays = |part: &&str| !matches!(*part, "" | ".");
    path.split('/').filter(stays).collect()
}

fn mount(at: &At<'_>, report: &mut Report) -> Option<Mount> {
    let fields = at.fields(report, &MOUNT)?;
    let path = fields.get("mount").and_then(|at| mount_path(at, report));
    let read_only = fields.get("readOnly").map(|at| at.boolean(report));
    Some(Mount {
        path: path?.to_owned(),
        read_only: read_only.unwrap_or(Some(false))?,
    })
}

fn mount_path<'t>(at: &At<'t>, report: &mut Report) -> Option<&'t str> {
    let path = at.filled_word(report)?;
    let parts = normal(path);
    let rule = if !path.starts_with('/') {
        "it begins with `/`"
    } else if parts.contains(&"..") {
        "it has no `..`"
    } else if parts.is_empty() {
        "it isn't the root, which would hide the image"
    } else {
        return Some(path);
    };
    let cause = Cause::NotA {
        what: "mount",
        got: shown(path),
        rule,
    };
    at.problem(report, cause);
    None
}

fn permissions(at: &At<'_>, report: &mut Report) -> Option<Vec<Permission>> {
    let fields = at.fields(report, &PERMISSIONS)?;
    let Some(at) = fields.get("read") else {
        return Some(Vec::new());
    };
    let items = at.items(report, "permissions", Permission::ALL.len())?;
    let read = items
        .iter()
        .map(|at| at.one_of(report, Permission::NAMES, &Permission::ALL));
    let read: Vec<Option<Permission>> = read.collect();
    read.into_iter().collect()
}
