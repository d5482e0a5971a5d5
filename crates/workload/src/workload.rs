//! The order: which component, on what, within which limits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::WorkloadError;
use crate::limits::{LIST_MAX, Limits, TEXT_BYTES_MAX};
use crate::name::{FilePath, Name};

/// One thing to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// What it is called here; unique in one runtime.
    pub name: Name,
    /// The component, by the blob's id.
    pub component: Digest,
    /// How it runs.
    pub kind: Kind,
    /// Arguments after the program's name.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Environment variables; nothing is inherited.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// A job's standard input, by the blob's id.
    #[serde(default)]
    pub stdin: Option<Digest>,
    /// Files that lie in the private folder when it begins, by their blobs' ids.
    #[serde(default)]
    pub files: BTreeMap<FilePath, Digest>,
    /// What it may use.
    #[serde(default)]
    pub limits: Limits,
    /// Where it may connect to; nowhere if empty.
    #[serde(default)]
    pub network: BTreeSet<NetworkRule>,
    /// Makes the same input give the same output and the same fuel, on every machine with the same engine.
    #[serde(default)]
    pub deterministic: Option<Deterministic>,
}

/// How a component runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `wasi:cli/run`, once.
    Job,
    /// `wasi:http/incoming-handler`, for every request to a port of the loopback interface.
    Service,
}

/// What a deterministic run starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deterministic {
    /// Where all randomness comes from.
    pub seed: Digest,
    /// The time at the start, in seconds since 1970; every look at the clock moves it by a microsecond.
    pub time_s: u64,
}

/// A host and a port that a workload may connect to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NetworkRule {
    /// A host name in small letters, or an IP address.
    pub host: String,
    /// The port.
    pub port: u16,
}

impl Workload {
    /// Whether everything is within its bounds and fits together.
    ///
    /// # Errors
    /// With the first thing that doesn't.
    pub fn check(&self) -> Result<(), WorkloadError> {
        self.limits.check()?;
        for (what, len) in [
            ("number of arguments", self.arguments.len()),
            ("number of environment variables", self.environment.len()),
            ("number of files", self.files.len()),
            ("number of network rules", self.network.len()),
        ] {
            at_most(what, len, LIST_MAX)?;
        }
        for argument in &self.arguments {
            text("length of an argument", argument)?;
        }
        for (key, value) in &self.environment {
            text("length of an environment variable", value)?;
            text("length of an environment variable's name", key)?;
            if key.is_empty() || key.contains('=') {
                let reason = "an environment variable's name is empty or contains =";
                return Err(WorkloadError::Mismatch { reason });
            }
        }
        self.fits()
    }

    /// What must fit together.
    fn fits(&self) -> Result<(), WorkloadError> {
        let reason = if self.files.len() as u64 > self.limits.files {
            "there are more input files than limits.files allows"
        } else if self.kind == Kind::Service && self.stdin.is_some() {
            "a service reads no standard input: leave stdin out"
        } else if self.kind == Kind::Service && self.deterministic.is_some() {
            "a service answers whenever it is asked, which is never deterministic: make it a job"
        } else if self.deterministic.is_some() && !self.network.is_empty() {
            "a deterministic job has no network: leave network out"
        } else {
            return Ok(());
        };
        Err(WorkloadError::Mismatch { reason })
    }
}

fn text(what: &'static str, text: &str) -> Result<(), WorkloadError> {
    at_most(what, text.len(), TEXT_BYTES_MAX)?;
    if text.contains('\0') {
        let reason = "an argument or environment variable contains a zero byte";
        return Err(WorkloadError::Mismatch { reason });
    }
    Ok(())
}

fn at_most(what: &'static str, got: usize, max: usize) -> Result<(), WorkloadError> {
    if got > max {
        let (got, max) = (got as u64, max as u64);
        return Err(WorkloadError::TooMuch { what, got, max });
    }
    Ok(())
}

impl NetworkRule {
    /// The host as an address, if it is one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }
}

impl FromStr for NetworkRule {
    type Err = WorkloadError;

    fn from_str(text: &str) -> Result<Self, WorkloadError> {
        let refused = || WorkloadError::NetworkRule {
            text: text.chars().take(LIST_MAX).collect(),
        };
        let (host, port) = text.rsplit_once(':').ok_or_else(refused)?;
        let port = port.parse().map_err(|_| refused())?;
        let letter =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
        let bracketed = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        let good = match bracketed {
            Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.len() <= 253 && host.bytes().all(letter),
        };
        if !good || port == 0 {
            return Err(refused());
        }
        let host = host.to_owned();
        Ok(Self { host, port })
    }
}

impl TryFrom<String> for NetworkRule {
    type Error = WorkloadError;

    fn try_from(text: String) -> Result<Self, WorkloadError> {
        text.parse()
    }
}

impl From<NetworkRule> for String {
    fn from(rule: NetworkRule) -> Self {
        rule.to_string()
    }
}

impl fmt::Display for NetworkRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}
