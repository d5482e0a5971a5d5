//! The claims of AEP-64, version 1.

use std::collections::BTreeSet;
use std::fmt;

use lilliput_types::Address;
use serde::{Deserialize, Serialize};

use super::TokenError;

/// Permissions, deployments and services that a token may list, each.
const LIST_MAX: usize = 64;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The issuer's address.
    pub iss: String,
    /// When it was issued, in seconds since 1970.
    pub iat: u64,
    /// When it expires.
    pub exp: u64,
    /// From when it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<u64>,
    /// `v1`.
    pub version: String,
    /// What it allows.
    pub leases: Leases,
}

/// What a token allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leases {
    /// How the rest is read.
    pub access: Access,
    /// What may be done, with all leases of the issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<BTreeSet<Scope>>,
    /// What may be done at which provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
}

/// How a list of scopes is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everything, or everything in `scope`.
    Full,
    /// What is in `scope`.
    Scoped,
    /// What the lists below say.
    Granular,
}

/// What may be done at one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// The provider's address.
    pub provider: String,
    /// How the rest is read.
    pub access: Access,
    /// What may be done there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<BTreeSet<Scope>>,
    /// What may be done with which deployment there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployments: Option<Vec<Deployment>>,
}

/// What may be done with a deployment, or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// The deployment.
    pub dseq: u64,
    /// What may be done.
    pub scope: BTreeSet<Scope>,
    /// Only this order of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gseq: Option<u64>,
    /// Only this lease of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oseq: Option<u64>,
    /// Only these services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<BTreeSet<String>>,
}

/// One thing that may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Hand in what runs.
    SendManifest,
    /// See what runs.
    GetManifest,
    /// Read what it writes.
    Logs,
    /// Look into it.
    Shell,
    /// See what happened to it.
    Events,
    /// See where it stands.
    Status,
    /// Begin it again.
    Restart,
    /// Move a host name to it.
    HostnameMigrate,
    /// Move an address to it.
    IpMigrate,
    /// Have it attested.
    Attestation,
}

/// A lease, in the numbers that Akash gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LeaseId {
    /// The deployment.
    pub dseq: u64,
    /// The order in it.
    pub gseq: u64,
    /// The lease of that.
    pub oseq: u64,
}

/// What somebody with a token wants.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// What.
    pub scope: Scope,
    /// Of which provider.
    pub provider: &'a Address,
    /// With which deployment.
    pub dseq: u64,
    /// With which lease; nothing if it is about the whole deployment.
    pub lease: Option<LeaseId>,
    /// With which service; nothing if it is about all.
    pub service: Option<&'a str>,
}

impl Claims {
    /// Whether the claims fit together; what contradicts itself is refused, and not read in one of the ways.
    pub(super) fn check(&self) -> Result<(), TokenError> {
        let problem = if self.version != "v1" {
            "the version is another than v1"
        } else if self.exp <= self.iat || self.nbf.is_some_and(|start| start > self.exp) {
            "it expires before it begins"
        } else if let Some(problem) = self.leases.problem() {
            problem
        } else {
            return Ok(());
        };
        Err(TokenError::Claims(problem))
    }
}

impl Leases {
    fn problem(&self) -> Option<&'static str> {
        let fits = match self.access {
            Access::Full => self.permissions.is_none(),
            Access::Scoped => self.scope.is_some() && self.permissions.is_none(),
            Access::Granular => self.scope.is_none() && self.permissions.is_some(),
        };
        if !fits || self.scope.as_ref().is_some_and(BTreeSet::is_empty) {
            return Some("access, scope and permissions don't fit together");
        }
        let permissions = self.permissions.as_deref().unwrap_or_default();
        if self.permissions.is_some() && !(1..=LIST_MAX).contains(&permissions.len()) {
            return Some("there are no permissions, or too many");
        }
        let providers: BTreeSet<_> = permissions.iter().map(|entry| &entry.provider).collect();
        if providers.len() < permissions.len() {
            return Some("a provider is listed twice");
        }
        permissions.iter().find_map(Permission::problem)
    }

    /// Whether one of the lists has what is wanted.
    pub(super) fn allows(&self, wanted: &Wanted<'_>) -> bool {
        match self.access {
            Access::Full => self
                .scope
                .as_ref()
                .is_none_or(|scope| scope.contains(&wanted.scope)),
            Access::Scoped => contains(self.scope.as_ref(), wanted.scope),
            Access::Granular => {
                let provider = wanted.provider.to_string();
                let entries = self.permissions.iter().flatten();
                let mut own = entries.filter(|entry| entry.provider == provider);
                own.any(|entry| entry.allows(wanted))
            }
        }
    }
}

impl Permission {
    fn problem(&self) -> Option<&'static str> {
        let fits = match self.access {
            Access::Full => self.scope.is_none() && self.deployments.is_none(),
            Access::Scoped => self.scope.is_some() && self.deployments.is_none(),
            Access::Granular => self.scope.is_none() && self.deployments.is_some(),
        };
        if !fits || self.scope.as_ref().is_some_and(BTreeSet::is_empty) {
            return Some("access, scope and deployments of a permission don't fit together");
        }
        let deployments = self.deployments.as_deref().unwrap_or_default();
        if self.deployments.is_some() && !(1..=LIST_MAX).contains(&deployments.len()) {
            return Some("a permission has no deployments, or too many");
        }
        deployments.iter().find_map(Deployment::problem)
    }

    fn allows(&self, wanted: &Wanted<'_>) -> bool {
        match self.access {
            Access::Full => true,
            Access::Scoped => contains(self.scope.as_ref(), wanted.scope),
            Access::Granular => {
                let mut entries = self.deployments.iter().flatten();
                entries.any(|entry| entry.allows(wanted))
            }
        }
    }
}

impl Deployment {
    fn problem(&self) -> Option<&'static str> {
        if self.scope.is_empty() {
            return Some("a deployment's scope is empty");
        }
        if self.oseq.is_some() && self.gseq.is_none() {
            return Some("a deployment names oseq without gseq");
        }
        let services = self.services.as_ref();
        services
            .is_some_and(|services| !(1..=LIST_MAX).contains(&services.len()))
            .then_some("a deployment lists no services, or too many")
    }

    /// A part allows nothing about the whole.
    fn allows(&self, wanted: &Wanted<'_>) -> bool {
        let within = |own: Option<u64>, part: fn(LeaseId) -> u64| {
            own.is_none_or(|own| wanted.lease.is_some_and(|lease| part(lease) == own))
        };
        let service = self.services.as_ref().is_none_or(|services| {
            wanted
                .service
                .is_some_and(|service| services.contains(service))
        });
        self.dseq == wanted.dseq
            && within(self.gseq, |lease| lease.gseq)
            && within(self.oseq, |lease| lease.oseq)
            && service
            && self.scope.contains(&wanted.scope)
    }
}

fn contains(scope: Option<&BTreeSet<Scope>>, wanted: Scope) -> bool {
    scope.is_some_and(|scope| scope.contains(&wanted))
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SendManifest => "send-manifest",
            Self::GetManifest => "get-manifest",
            Self::Logs => "logs",
            Self::Shell => "shell",
            Self::Events => "events",
            Self::Status => "status",
            Self::Restart => "restart",
            Self::HostnameMigrate => "hostname-migrate",
            Self::IpMigrate => "ip-migrate",
            Self::Attestation => "attestation",
        })
    }
}

impl fmt::Display for LeaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.dseq, self.gseq, self.oseq)
    }
}
