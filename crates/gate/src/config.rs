//! How a gate is started.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::policy::Policy;
use crate::policy::network::Network;

/// What a gate is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that is the gate's alone: keys, what was spent, the log.
    pub data: PathBuf,
    /// Where visitors come in; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where the owner's page and the metrics are; a loopback address.
    pub admin: Option<SocketAddr>,
    /// The site.
    pub upstream: Upstream,
    /// What is asked of whom.
    pub policy: Policy,
    /// The text the policy was read from, for the page.
    pub policy_text: String,
    /// Proxies whose forwarding headers are believed.
    pub trusted: Vec<Network>,
    /// Whether everything passes and is only counted.
    pub observe: bool,
    /// How much of an address the log keeps.
    pub addresses: Addresses,
    /// Whether visitors come over HTTPS (by a proxy before the gate), so that cookies are marked secure.
    pub secure: bool,
    /// The site's name, as visitors read it and tokens carry it.
    pub site: String,
    /// A Redis that several gates share, by its `redis://` address; else the store is in the folder.
    pub store: Option<String>,
    /// The file with the secret that several gates share; else it is in the folder.
    pub secret: Option<PathBuf>,
    /// The node of the ledger, as `http://HOST:PORT`.
    pub ledger: Option<String>,
    /// A file with the roots of groups whose members are humans, one a line as Semaphore's client writes them.
    pub humans: Option<PathBuf>,
    /// Agents whose directories of keys are fetched; none means any that a request names.
    pub agents: Vec<String>,
    /// Whether directories of keys may be on this machine and without TLS: for tests.
    pub local_agents: bool,
    /// Requests that the site can work on at once.
    pub site_bears: u32,
    /// The load to stay under, in thousandths of what it bears.
    pub target_permille: u32,
    /// Threads that serve.
    pub threads: usize,
    /// What a visitor may take.
    pub limits: Limits,
}

/// The site behind the gate, over plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// `HOST:PORT`.
    pub authority: String,
}

/// What is wrong with the address of the site.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` can't be the site; write http://HOST:PORT, without a path")]
pub struct UpstreamError(String);

impl std::str::FromStr for Upstream {
    type Err = UpstreamError;

    fn from_str(text: &str) -> Result<Self, UpstreamError> {
        let refused = || UpstreamError(text.chars().take(120).collect());
        let uri: http::Uri = text.parse().map_err(|_| refused())?;
        let plain = uri.scheme_str() == Some("http")
            && matches!(uri.path(), "" | "/")
            && uri.query().is_none();
        let authority = uri
            .authority()
            .filter(|authority| plain && !authority.as_str().contains('@'));
        let authority = authority.ok_or_else(refused)?;
        let port = authority.port_u16().unwrap_or(80);
        Ok(Self {
            authority: format!("{}:{port}", authority.host()),
        })
    }
}

/// How much of an address the log keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// Nothing.
    None,
    /// The first three bytes of IPv4, the first six of IPv6.
    #[default]
    Network,
    /// All of it.
    Full,
}

/// What a visitor may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Connections at once from one address that is no trusted proxy.
    pub connections_per_address: u32,
    /// Bytes of a request's head.
    pub head_bytes: usize,
    /// For a request's head, and idle between two.
    pub head_time: Duration,
    /// Bytes of a request's body.
    pub body_bytes: u64,
    /// Between two parts of a body.
    pub body_idle: Duration,
    /// For the whole body of a request.
    pub body_time: Duration,
    /// For taking a part of an answer.
    pub write_time: Duration,
    /// For reaching the site.
    pub connect_time: Duration,
    /// For the head of the site's answer.
    pub answer_time: Duration,
    /// Upgraded connections at once.
    pub tunnels: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            connections_per_address: 256,
            head_bytes: 16 << 10,
            head_time: Duration::from_secs(15),
            body_bytes: 64 << 20,
            body_idle: Duration::from_secs(20),
            body_time: Duration::from_secs(600),
            write_time: Duration::from_secs(30),
            connect_time: Duration::from_secs(5),
            answer_time: Duration::from_secs(60),
            tunnels: 256,
        }
    }
}
