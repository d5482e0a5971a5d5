//! What a lease shall run: a manifest in the form that Akash's tools and `lilliput deploy manifest` write, of which this provider runs
//! services whose image is a component.

mod options;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use lilliput_crypto::{DigestHasher, Label};
use lilliput_workload::{Digest, Kind, Limits, Name, Workload};
use serde::Deserialize;

use crate::lease::Lease;
use options::Options;

/// Bytes of a manifest.
pub const MANIFEST_BYTES_MAX: usize = 1 << 20;
/// What the image of a component begins with; `job/` or `service/` and the component's id follow.
pub const IMAGE: &str = "lilliput.wasm/";
/// Services of one lease.
const SERVICES_MAX: usize = 16;
/// Host names of one lease.
const HOSTS_MAX: usize = 32;

/// Why a manifest can't be run here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// No JSON of a manifest.
    #[error("the manifest can't be read: {0}")]
    Form(String),
    /// It isn't the one of the lease.
    #[error("the manifest is another than the lease's: the ledger names {expected}, this is {got}")]
    Other {
        /// What the ledger names.
        expected: Digest,
        /// What was sent.
        got: Digest,
    },
    /// It has no group for the lease.
    #[error("the manifest has no group {0:?}")]
    Group(String),
    /// A service that can't be run.
    #[error("service {service:?}: {reason}")]
    Service {
        /// Which.
        service: String,
        /// Why, and what to write instead.
        reason: String,
    },
    /// More than was leased.
    #[error("the services want {got} bytes of {what}, {leased} are leased")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// What they want.
        got: u64,
        /// What is leased.
        leased: u64,
    },
}

/// One service of a lease, ready to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its name in the manifest.
    pub service: String,
    /// What runs.
    pub workload: Workload,
    /// The host names that the manifest asks for.
    pub hosts: Vec<String>,
}

#[derive(Deserialize)]
struct Group {
    name: String,
    services: Vec<Service>,
}

#[derive(Deserialize)]
struct Service {
    name: String,
    image: String,
    command: Option<Vec<String>>,
    args: Option<Vec<String>>,
    env: Option<Vec<String>>,
    resources: Resources,
    count: u32,
    #[serde(default)]
    expose: Vec<Expose>,
}

#[derive(Deserialize)]
struct Resources {
    memory: Sized,
    #[serde(default)]
    storage: Vec<Sized>,
}

#[derive(Deserialize)]
struct Sized {
    size: Value,
}

#[derive(Deserialize)]
struct Value {
    val: String,
}

#[derive(Deserialize)]
struct Expose {
    #[serde(default)]
    global: bool,
    hosts: Option<Vec<String>>,
}

/// The workload's name for a service of a lease: a label that differs for every lease and service.
#[must_use]
pub fn workload_name(lease: &Lease, service: &str) -> Name {
    let mut hasher = DigestHasher::new(Label::WorkloadName);
    for number in [lease.id.dseq, lease.id.gseq, lease.id.oseq] {
        hasher.update(&number.to_le_bytes());
    }
    hasher.update(service.as_bytes());
    let digest = hex::encode(&hasher.finish().0[..16]);
    format!("w{digest}")
        .parse()
        .expect("a letter and 32 hex digits are a name")
}

/// What a lease's manifest has to be run.
///
/// # Errors
/// When it isn't the lease's, or this provider can't run it.
pub fn plan(lease: &Lease, bytes: &[u8]) -> Result<Vec<Planned>, ManifestError> {
    let got = Digest::of_blob(bytes);
    if got != lease.manifest {
        let expected = lease.manifest;
        return Err(ManifestError::Other { expected, got });
    }
    let groups: Vec<Group> =
        serde_json::from_slice(bytes).map_err(|error| ManifestError::Form(error.to_string()))?;
    let mut groups = groups.into_iter().filter(|group| group.name == lease.group);
    let group = groups
        .next()
        .ok_or_else(|| ManifestError::Group(lease.group.clone()))?;
    if group.services.is_empty() || group.services.len() > SERVICES_MAX {
        let reason = format!("a lease has 1 to {SERVICES_MAX} services here");
        return Err(ManifestError::Form(reason));
    }
    let mut planned = Vec::new();
    for service in group.services {
        let name = service.name.clone();
        planned.push(service.plan(lease).map_err(|reason| {
            let service = name;
            ManifestError::Service { service, reason }
        })?);
    }
    fits(lease, &planned)?;
    Ok(planned)
}

/// What the services want together is what was leased, or less.
fn fits(lease: &Lease, planned: &[Planned]) -> Result<(), ManifestError> {
    let sum = |value: fn(&Limits) -> u64| {
        planned
            .iter()
            .map(|planned| value(&planned.workload.limits))
            .fold(0, u64::saturating_add)
    };
    for (what, got, leased) in [
        (
            "memory",
            sum(|limits| limits.memory_bytes),
            lease.memory_bytes,
        ),
        ("storage", sum(|limits| limits.disk_bytes), lease.disk_bytes),
    ] {
        if got > leased {
            return Err(ManifestError::TooMuch { what, got, leased });
        }
    }
    Ok(())
}

impl Service {
    fn plan(self, lease: &Lease) -> Result<Planned, String> {
        let (kind, component) = read_image(&self.image)?;
        if self.count != 1 {
            return Err(format!(
                "count is {}: a component runs once, and answers many requests at a time",
                self.count
            ));
        }
        if self.command.is_some_and(|command| !command.is_empty()) {
            return Err("a component has no command: leave it out, or write args".to_owned());
        }
        let hosts: Vec<String> = self
            .expose
            .iter()
            .filter(|expose| expose.global)
            .filter_map(|expose| expose.hosts.clone())
            .flatten()
            .collect();
        if hosts.len() > HOSTS_MAX {
            return Err(format!("more than {HOSTS_MAX} host names"));
        }
        let (environment, options) = split(self.env.unwrap_or_default())?;
        let memory = bytes("memory", &self.resources.memory)?;
        let mut disk = 0_u64;
        for volume in &self.resources.storage {
            disk = disk.saturating_add(bytes("storage", volume)?);
        }
        let mut workload = Workload {
            name: workload_name(lease, &self.name),
            component,
            kind,
            arguments: self.args.unwrap_or_default(),
            environment,
            stdin: None,
            files: BTreeMap::new(),
            limits: Limits {
                memory_bytes: memory,
                disk_bytes: disk,
                ..Limits::default()
            },
            network: Default::default(),
            deterministic: None,
        };
        options.apply(&mut workload)?;
        workload.check().map_err(|error| error.to_string())?;
        let service = self.name;
        Ok(Planned {
            service,
            workload,
            hosts,
        })
    }
}

fn read_image(image: &str) -> Result<(Kind, Digest), String> {
    let wanted =
        || format!("image {image:?} is no component: write {IMAGE}job/ID or {IMAGE}service/ID");
    let rest = image.strip_prefix(IMAGE).ok_or_else(wanted)?;
    let (kind, id) = rest.split_once('/').ok_or_else(wanted)?;
    let kind = match kind {
        "job" => Kind::Job,
        "service" => Kind::Service,
        _ => return Err(wanted()),
    };
    Ok((kind, id.parse().map_err(|_| wanted())?))
}

fn bytes(what: &str, size: &Sized) -> Result<u64, String> {
    let text = &size.size.val;
    text.parse()
        .map_err(|_| format!("{what} {text:?} is no number of bytes"))
}

/// Environment variables of the component, and options for the runtime.
fn split(env: Vec<String>) -> Result<(BTreeMap<String, String>, Options), String> {
    let (mut environment, mut options) = (BTreeMap::new(), Options::default());
    for line in env {
        let (key, value) = line.split_once('=').unwrap_or((&line, ""));
        if !options.take(key, value)?
            && environment
                .insert(key.to_owned(), value.to_owned())
                .is_some()
        {
            return Err(format!("the environment variable {key} is set twice"));
        }
    }
    Ok((environment, options))
}
