//! What a provider is told to run, in the JSON form of Akash.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::groups::{UnitResources, Way, endpoints, resources, sorted};
use crate::model::{
    Assignment, Credentials, HttpOptions, Params, Permission, Port, Protocol, Resources, Sdl,
    Secret, Service, Version,
};
use crate::names::{EndpointName, PlacementName, ProfileName, ServiceName, VolumeName};

/// The services of one placement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestGroup {
    /// The placement.
    pub name: PlacementName,
    /// Its services by name.
    pub services: Vec<ManifestService>,
}

/// A service of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestService {
    /// Its name.
    pub name: ServiceName,
    /// The image reference.
    pub image: String,
    /// Instead of the image's entry point.
    pub command: Option<Vec<String>>,
    /// Behind the command.
    pub args: Option<Vec<String>>,
    /// Environment.
    pub env: Option<Vec<String>>,
    /// What each replica gets; the number leads to the unit of the group.
    pub resources: UnitResources,
    /// How many replicas.
    pub count: u32,
    /// Ways in.
    pub expose: Vec<ManifestExpose>,
    /// Mounts, permissions and confidential computing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub params: Option<ManifestParams>,
    /// How to pull the image.
    pub credentials: Option<ManifestCredentials>,
}

/// A way in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestExpose {
    /// The port inside.
    pub port: Port,
    /// The port outside; 0 where the file names none.
    pub external_port: Port,
    /// What it speaks.
    pub proto: Protocol,
    /// The service that may use it; empty for none in particular.
    pub service: String,
    /// Whether everyone may use it.
    pub global: bool,
    /// Host names that lead here.
    pub hosts: Option<Vec<String>>,
    /// How the proxy treats requests.
    pub http_options: HttpOptions,
    /// The leased address; empty for none.
    pub ip: String,
    /// The number of the leased address; 0 for none.
    pub endpoint_sequence_number: u32,
}

/// Mounts, permissions and confidential computing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestParams {
    /// Mounts by volume; `None` where there are none.
    pub storage: Option<Vec<ManifestMount>>,
    /// What the service may read about its deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<ManifestPermissions>,
    /// Confidential computing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tee: Option<ManifestTee>,
}

/// A mount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestMount {
    /// The volume.
    pub name: VolumeName,
    /// Where it is mounted.
    pub mount: String,
    /// Whether the service may only read it.
    pub read_only: bool,
}

/// What a service may read about its deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestPermissions {
    /// Which parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<Permission>,
}

/// Confidential computing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestTee {
    /// What is shielded.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Whether the provider must attest it; always.
    pub attestation: bool,
}

/// How to pull an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestCredentials {
    /// The registry.
    pub host: String,
    /// Empty where there is none.
    pub email: String,
    /// The account.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

impl Sdl {
    /// The manifest: groups by name, services by name.
    pub fn manifest(&self) -> Vec<ManifestGroup> {
        let numbers = self.endpoint_numbers();
        let mut groups: BTreeMap<&PlacementName, ManifestGroup> = BTreeMap::new();
        let mut ids: BTreeMap<&PlacementName, Ids<'_>> = BTreeMap::new();
        for (name, to) in &self.assignments {
            for (placement, assignment) in to {
                // Names that lead nowhere were refused when the file was read.
                let (Some(service), Some(on)) = (
                    self.services.get(name),
                    self.profiles.get(&assignment.profile),
                ) else {
                    continue;
                };
                let ids = ids.entry(placement).or_default();
                let id = ids.of(&assignment.profile, self.version);
                let group = groups.entry(placement).or_insert_with(|| ManifestGroup {
                    name: placement.clone(),
                    services: Vec::new(),
                });
                let mut told = told(name, service, assignment, on, id, &numbers);
                told.credentials = service
                    .credentials
                    .as_ref()
                    .map(|credentials| credentials_of(credentials, self.version));
                group.services.push(told);
            }
        }
        groups.into_values().collect()
    }
}

/// The numbers of the units of a group, as [`Sdl::groups`] gives them.
#[derive(Default)]
struct Ids<'s> {
    last: u32,
    shared: BTreeMap<&'s ProfileName, u32>,
}

impl<'s> Ids<'s> {
    fn of(&mut self, profile: &'s ProfileName, version: Version) -> u32 {
        match (version, self.shared.get(profile)) {
            (Version::V2_1, Some(id)) => *id,
            (Version::V2_0 | Version::V2_1, _) => {
                self.last = self.last.saturating_add(1);
                self.shared.insert(profile, self.last);
                self.last
            }
        }
    }
}

fn told(
    name: &ServiceName,
    service: &Service,
    assignment: &Assignment,
    on: &Resources,
    id: u32,
    numbers: &BTreeMap<&str, u32>,
) -> ManifestService {
    let ways = sorted(&service.expose);
    ManifestService {
        name: name.clone(),
        image: service.image.clone(),
        command: service.command.clone(),
        args: service.args.clone(),
        env: service.env.clone(),
        resources: resources(on, id, endpoints(&ways, numbers)),
        count: assignment.count,
        expose: ways.iter().map(|way| expose(way, numbers)).collect(),
        params: service.params.as_ref().map(params),
        credentials: None,
    }
}

fn expose(way: &Way<'_>, numbers: &BTreeMap<&str, u32>) -> ManifestExpose {
    let leased = way.ip.filter(|_| way.global);
    let number = leased.and_then(|ip| numbers.get(ip.as_str()));
    ManifestExpose {
        port: way.expose.port,
        external_port: way.expose.external_port.unwrap_or(Port(0)),
        proto: way.expose.protocol,
        service: way.service.to_owned(),
        global: way.global,
        hosts: way.expose.accept.clone(),
        http_options: way.expose.http_options.clone(),
        ip: way.ip.map_or("", EndpointName::as_str).to_owned(),
        endpoint_sequence_number: number.copied().unwrap_or_default(),
    }
}

fn params(params: &Params) -> ManifestParams {
    let mounts = params.storage.iter().map(|(volume, mount)| ManifestMount {
        name: volume.clone(),
        mount: mount.path.clone(),
        read_only: mount.read_only,
    });
    let mounts: Vec<ManifestMount> = mounts.collect();
    ManifestParams {
        storage: (!mounts.is_empty()).then_some(mounts),
        permissions: params
            .permissions
            .as_ref()
            .map(|read| ManifestPermissions { read: read.clone() }),
        tee: params.tee.map(|tee| ManifestTee {
            kind: tee.as_str(),
            attestation: true,
        }),
    }
}

/// Edition 2.0 keeps the email to itself and the rest as it is written.
fn credentials_of(credentials: &Credentials, version: Version) -> ManifestCredentials {
    let trimmed = |text: &str| match version {
        Version::V2_0 => text.to_owned(),
        Version::V2_1 => text.trim().to_owned(),
    };
    ManifestCredentials {
        host: trimmed(&credentials.host),
        email: match version {
            Version::V2_0 => String::new(),
            Version::V2_1 => trimmed(&credentials.email),
        },
        username: trimmed(&credentials.username),
        password: Secret::new(&trimmed(credentials.password.reveal())),
    }
}
