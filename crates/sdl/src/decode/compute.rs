//! An entry of `profiles.compute`.

use crate::at::{At, Fields, Keys};
use crate::decode::gpu;
use crate::limits::{
    CPU_MILLI_MAX, CPU_MILLI_MIN, MEMORY_BYTES_MAX, MEMORY_BYTES_MIN, VOLUME_BYTES_MAX,
    VOLUME_BYTES_MIN, VOLUMES_MAX,
};
use crate::model::{Gpu, Resources, StorageClass, Volume};
use crate::names::VolumeName;
use crate::problem::{Cause, Doubt, Report, shown};
use crate::quantity::{Bytes, MilliCpu};

const PROFILE: Keys = Keys {
    known: &["resources"],
    required: &["resources"],
};
const RESOURCES: Keys = Keys {
    known: &["cpu", "memory", "storage", "gpu"],
    required: &["cpu", "memory", "storage"],
};
const CPU: Keys = Keys {
    known: &["units", "attributes"],
    required: &["units"],
};
const CPU_ATTRIBUTES: Keys = Keys {
    known: &["arch"],
    required: &[],
};
const MEMORY: Keys = Keys {
    known: &["size"],
    required: &["size"],
};
const VOLUME: Keys = Keys {
    known: &["name", "size", "attributes"],
    required: &["size"],
};
const VOLUME_ATTRIBUTES: Keys = Keys {
    known: &["class", "persistent"],
    required: &["class", "persistent"],
};
/// What Akash calls a volume without a name.
const UNNAMED: &str = "default";

pub(super) fn read(at: &At<'_>, report: &mut Report) -> Option<Resources> {
    let profile = at.fields(report, &PROFILE)?;
    let resources = profile.get("resources")?.fields(report, &RESOURCES)?;
    let cpu = resources.get("cpu").and_then(|at| cpu(at, report));
    let memory = resources.get("memory").and_then(|at| memory(at, report));
    let volumes = resources.get("storage").and_then(|at| volumes(at, report));
    let gpu = match resources.get("gpu") {
        Some(at) => gpu::read(at, report),
        None => Some(Gpu::default()),
    };
    let (cpu, arch) = cpu?;
    Some(Resources {
        cpu,
        arch,
        memory: memory?,
        volumes: volumes?,
        gpu: gpu?,
    })
}

fn cpu(at: &At<'_>, report: &mut Report) -> Option<(MilliCpu, Option<String>)> {
    let fields = at.fields(report, &CPU)?;
    let units = fields.get("units").and_then(|at| {
        let units = at.quantity(report, "amount of CPU", MilliCpu::parse)?;
        let (min, max) = (MilliCpu(CPU_MILLI_MIN), MilliCpu(CPU_MILLI_MAX));
        if !(min..=max).contains(&units) {
            at.out_of_range(report, units, min, max);
            return None;
        }
        Some(units)
    });
    let arch = fields
        .get("attributes")
        .and_then(|at| at.fields(report, &CPU_ATTRIBUTES))
        .and_then(|fields| fields.get("arch").cloned())
        .and_then(|at| at.filled_word(report).map(str::to_owned));
    Some((units?, arch))
}

fn memory(at: &At<'_>, report: &mut Report) -> Option<Bytes> {
    let fields = at.fields(report, &MEMORY)?;
    let at = fields.get("size")?;
    size(at, report, MEMORY_BYTES_MIN, MEMORY_BYTES_MAX)
}

fn size(at: &At<'_>, report: &mut Report, min: u64, max: u64) -> Option<Bytes> {
    // Akash's schema takes a size as text only.
    at.text(report)?;
    let size = at.quantity(report, "size", Bytes::parse)?;
    let (min, max) = (Bytes(min), Bytes(max));
    if !(min..=max).contains(&size) {
        at.out_of_range(report, size, min, max);
        return None;
    }
    Some(size)
}

fn volumes(at: &At<'_>, report: &mut Report) -> Option<Vec<Volume>> {
    if !at.is_list() {
        let fields = at.fields(report, &VOLUME)?;
        if let Some(name) = fields.get("name") {
            name.doubt(report, Doubt::NameIgnored);
        }
        return Some(vec![volume(&fields, UNNAMED, report)?]);
    }
    let items = at.items(report, "volumes", VOLUMES_MAX)?;
    if items.is_empty() {
        at.problem(report, Cause::NoVolume);
        return None;
    }
    let (mut volumes, mut whole): (Vec<Volume>, bool) = (Vec::new(), true);
    for at in items {
        let fields = at.fields(report, &VOLUME);
        let read = fields.and_then(|fields| {
            let name = match fields.get("name") {
                Some(at) => at.word(report)?,
                None => "",
            };
            let name = if name.is_empty() { UNNAMED } else { name };
            volume(&fields, name, report)
        });
        let Some(volume) = read else {
            whole = false;
            continue;
        };
        if volumes.iter().any(|other| other.name == volume.name) {
            let volume = shown(volume.name.as_str());
            at.problem(report, Cause::DuplicateVolume { volume });
        }
        volumes.push(volume);
    }
    sort(&mut volumes);
    whole.then_some(volumes)
}

fn volume(fields: &Fields<'_>, name: &str, report: &mut Report) -> Option<Volume> {
    let size = fields
        .get("size")
        .and_then(|at| size(at, report, VOLUME_BYTES_MIN, VOLUME_BYTES_MAX));
    let class = fields.get("attributes").map(|at| class(at, report));
    Some(Volume {
        name: VolumeName::new(name),
        size: size?,
        class: match class {
            Some(class) => Some(class?),
            None => None,
        },
    })
}

fn class(at: &At<'_>, report: &mut Report) -> Option<StorageClass> {
    let fields = at.fields(report, &VOLUME_ATTRIBUTES)?;
    let class = fields
        .get("class")
        .map(|at| at.one_of(report, StorageClass::NAMES, &StorageClass::ALL));
    let persistent = fields.get("persistent").map(|at| {
        // A boolean in quotes is one too.
        let written = at.written(report).unwrap_or_default();
        at.choice(report, written, &["true", "false"], &[true, false])
    });
    match (class.flatten(), persistent.flatten()) {
        (Some(StorageClass::Ram), Some(true)) => {
            at.problem(report, Cause::RamPersistent);
            None
        }
        (Some(class), Some(false)) if class.is_persistent() => {
            let class = class.as_str();
            at.problem(report, Cause::ClassNotPersistent { class });
            None
        }
        // What is missing has been reported; the rest is read as Akash would.
        (None, Some(true)) if class.is_none() => Some(StorageClass::Default),
        (class, _) => class,
    }
}

/// Akash's order: the smaller first; of one size those without a class, then `ram`, then persistent
/// ones by name. Its comparison calls any two equal ones without persistence less than each other,
/// so that its insertion sort turns their order round; this is the same insertion sort.
fn sort(volumes: &mut [Volume]) {
    for end in 1..volumes.len() {
        let mut at = end;
        while at > 0 && comes_before(&volumes[at], &volumes[at - 1]) {
            volumes.swap(at, at - 1);
            at -= 1;
        }
    }
}

fn comes_before(a: &Volume, b: &Volume) -> bool {
    let rank = |volume: &Volume| match volume.class {
        None => 0,
        Some(class) if !class.is_persistent() => 1,
        Some(_) => 2,
    };
    if a.size != b.size {
        return a.size < b.size;
    }
    if rank(a) != rank(b) {
        return rank(a) < rank(b);
    }
    rank(a) < 2 || a.name < b.name
}
