//! What runs, and how it is reached.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::names::{EndpointName, ServiceName, VolumeName};

/// A container image and how it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The image reference.
    pub image: String,
    /// Instead of the image's entry point.
    pub command: Option<Vec<String>>,
    /// Behind the command.
    pub args: Option<Vec<String>>,
    /// `NAME=value`, or a name alone.
    pub env: Option<Vec<String>>,
    /// Ports and who may reach them, in the order of the file.
    pub expose: Vec<Expose>,
    /// Services it needs.
    pub dependencies: Vec<ServiceName>,
    /// Mounts, permissions and confidential computing.
    pub params: Option<Params>,
    /// How to pull the image.
    pub credentials: Option<Credentials>,
}

/// A port from 1 to 65535.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Port(pub u16);

/// What a port speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Protocol {
    /// TCP.
    #[serde(rename = "TCP")]
    Tcp,
    /// UDP.
    #[serde(rename = "UDP")]
    Udp,
}

impl Protocol {
    pub(crate) const NAMES: &'static [&'static str] = &["tcp", "udp", "TCP", "UDP"];
    pub(crate) const ALL: [Self; 4] = [Self::Tcp, Self::Udp, Self::Tcp, Self::Udp];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
        }
    }
}

/// A port and who may reach it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expose {
    /// Inside of the container.
    pub port: Port,
    /// Outside, where it differs.
    pub external_port: Option<Port>,
    /// What it speaks.
    pub protocol: Protocol,
    /// Who may reach it; nobody in particular where it is empty.
    pub to: Vec<Target>,
    /// Host names that lead here.
    pub accept: Option<Vec<String>>,
    /// How the provider's proxy treats it.
    pub http_options: HttpOptions,
}

impl Expose {
    /// The port outside.
    pub fn outside(&self) -> Port {
        self.external_port.unwrap_or(self.port)
    }
}

/// Someone who may reach a port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// A service of the same deployment.
    pub service: Option<ServiceName>,
    /// Everyone.
    pub global: bool,
    /// Over this leased address.
    pub ip: Option<EndpointName>,
}

/// How a provider's proxy treats requests; what the file leaves out has Akash's default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpOptions {
    /// Bytes of a request's body.
    #[serde(rename = "maxBodySize")]
    pub body_bytes_max: u32,
    /// Milliseconds to wait for the service.
    #[serde(rename = "readTimeout")]
    pub read_timeout_ms: u32,
    /// Milliseconds to wait for the client.
    #[serde(rename = "sendTimeout")]
    pub send_timeout_ms: u32,
    /// How many replicas to try.
    pub next_tries: u32,
    /// Milliseconds for all tries; 0 is no limit.
    #[serde(rename = "nextTimeout")]
    pub next_timeout_ms: u32,
    /// When to try another replica.
    pub next_cases: Vec<NextCase>,
    /// Bytes of the buffer for a response's header; 0 leaves it to the provider.
    #[serde(rename = "proxyBufferSize", skip_serializing_if = "is_zero")]
    pub proxy_buffer_bytes: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde calls"
)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            body_bytes_max: 1 << 20,
            read_timeout_ms: 60_000,
            send_timeout_ms: 60_000,
            next_tries: 3,
            next_timeout_ms: 0,
            next_cases: vec![NextCase::Error, NextCase::Timeout],
            proxy_buffer_bytes: 0,
        }
    }
}

/// When a proxy tries another replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum NextCase {
    /// The connection failed.
    #[serde(rename = "error")]
    Error,
    /// It took too long.
    #[serde(rename = "timeout")]
    Timeout,
    /// Internal server error.
    #[serde(rename = "500")]
    Http500,
    /// Bad gateway.
    #[serde(rename = "502")]
    Http502,
    /// Service unavailable.
    #[serde(rename = "503")]
    Http503,
    /// Gateway timeout.
    #[serde(rename = "504")]
    Http504,
    /// Forbidden.
    #[serde(rename = "403")]
    Http403,
    /// Not found.
    #[serde(rename = "404")]
    Http404,
    /// Too many requests.
    #[serde(rename = "429")]
    Http429,
    /// Never.
    #[serde(rename = "off")]
    Off,
}

impl NextCase {
    pub(crate) const NAMES: &'static [&'static str] = &[
        "error", "timeout", "500", "502", "503", "504", "403", "404", "429", "off",
    ];
    pub(crate) const ALL: [Self; 10] = [
        Self::Error,
        Self::Timeout,
        Self::Http500,
        Self::Http502,
        Self::Http503,
        Self::Http504,
        Self::Http403,
        Self::Http404,
        Self::Http429,
        Self::Off,
    ];
}

/// Mounts, permissions and confidential computing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    /// Where volumes of the profile are mounted.
    pub storage: BTreeMap<VolumeName, Mount>,
    /// What the service may read about its own deployment.
    pub permissions: Option<Vec<Permission>>,
    /// Confidential computing.
    pub tee: Option<Tee>,
}

/// Where a volume is mounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// An absolute path without `..`.
    pub path: String,
    /// Whether the service may only read it.
    pub read_only: bool,
}

/// What a service may read about its own deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// The deployment.
    Deployment,
    /// Its logs.
    Logs,
    /// Its events.
    Events,
}

impl Permission {
    pub(crate) const NAMES: &'static [&'static str] = &["deployment", "logs", "events"];
    pub(crate) const ALL: [Self; 3] = [Self::Deployment, Self::Logs, Self::Events];
}

/// What is shielded from the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tee {
    /// CPU and memory.
    Cpu,
    /// The GPUs too.
    CpuGpu,
}

impl Tee {
    pub(crate) const NAMES: &'static [&'static str] = &["cpu", "cpu-gpu"];
    pub(crate) const ALL: [Self; 2] = [Self::Cpu, Self::CpuGpu];

    /// As it stands in the file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::CpuGpu => "cpu-gpu",
        }
    }
}

/// How to pull an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The registry.
    pub host: String,
    /// Empty where there is none.
    pub email: String,
    /// The account.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

/// A text that debug output doesn't show.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
