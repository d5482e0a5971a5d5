//! Fetches a directory that a stranger named.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::net::SocketAddr;
use std::time::Duration;

use ureq::Agent as HttpAgent;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};

use crate::bot::address::is_public;
use crate::bot::agent::{Agent, AgentKind};

/// The longest directory, decoded.
const BODY_LEN_MAX: u64 = 64 << 10;
/// How long a fetch may take, from the name's resolution to the last byte.
const DEADLINE: Duration = Duration::from_secs(5);
/// The media type of a directory.
const DIRECTORY_TYPE: &str = "application/http-message-signatures-directory+json";

/// What a directory answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The body.
    pub body: Vec<u8>,
    /// For how long the answer says that it counts, in seconds.
    pub max_age: Option<u64>,
}

/// Why a directory couldn't be fetched. None of it says anything about the signer.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The name leads to an address that isn't public.
    #[error("{host} leads to {address}, which is not a public address")]
    NotPublic {
        /// The name.
        host: String,
        /// Where it leads.
        address: SocketAddr,
    },
    /// No answer, or a broken one.
    #[error("no directory from {url}: {reason}")]
    Unreachable {
        /// What was fetched.
        url: String,
        /// What failed.
        reason: String,
    },
    /// Another status than 200; redirects are not followed.
    #[error("{url} answered {status}, expected 200")]
    Status {
        /// What was fetched.
        url: String,
        /// Its status.
        status: u16,
    },
    /// Not the media type of a directory.
    #[error("{url} is {got:?}, expected a directory or a key set")]
    MediaType {
        /// What was fetched.
        url: String,
        /// What it says it is.
        got: String,
    },
}

/// Something that fetches directories. It may block, for a bounded time.
pub trait Fetch: Debug + Send + Sync {
    /// Fetches an agent's keys.
    ///
    /// # Errors
    /// When there is no answer that counts.
    fn fetch(&self, agent: &Agent) -> Result<Fetched, FetchError>;
}

/// Fetches by HTTPS, from public addresses alone.
#[derive(Debug)]
pub struct HttpsFetch {
    http: HttpAgent,
}

impl HttpsFetch {
    /// A fetcher as a gate on the internet needs it.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Names::default())
    }

    /// One that takes the addresses of some names from here instead of the system. They are held to the same
    /// rules.
    #[must_use]
    pub fn with_hosts(hosts: BTreeMap<String, Vec<SocketAddr>>) -> Self {
        Self::with(Names {
            hosts,
            ..Names::default()
        })
    }

    /// One that also fetches from this machine and without TLS: for tests, where everything is on loopback.
    #[must_use]
    pub fn on_this_machine() -> Self {
        Self::with(Names {
            local: true,
            ..Names::default()
        })
    }

    fn with(names: Names) -> Self {
        let config = Config::builder()
            .https_only(!names.local)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .max_response_header_size(16 << 10)
            .timeout_global(Some(DEADLINE))
            .proxy(None)
            .build();
        // The connection goes to the very addresses that were checked: a name that changes in between can't
        // lead elsewhere.
        let http = HttpAgent::with_parts(config, DefaultConnector::default(), names);
        Self { http }
    }
}

impl Default for HttpsFetch {
    fn default() -> Self {
        Self::new()
    }
}

impl Fetch for HttpsFetch {
    fn fetch(&self, agent: &Agent) -> Result<Fetched, FetchError> {
        let url = agent.fetch_url();
        let unreachable = |error: ureq::Error| match error {
            ureq::Error::Other(other) => match other.downcast::<NotPublic>() {
                Ok(refused) => FetchError::NotPublic {
                    host: refused.host,
                    address: refused.address,
                },
                Err(other) => FetchError::Unreachable {
                    url: url.clone(),
                    reason: other.to_string(),
                },
            },
            other => FetchError::Unreachable {
                url: url.clone(),
                reason: other.to_string(),
            },
        };
        let request = self.http.get(&url).header("Accept", DIRECTORY_TYPE);
        let mut answer = request.call().map_err(unreachable)?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(FetchError::Status { url, status });
        }
        let field = |name: &str| {
            let value = answer.headers().get(name);
            value.and_then(|value| value.to_str().ok()).unwrap_or("")
        };
        let got = field("content-type").to_owned();
        if !is_expected_type(&got, agent.kind()) {
            return Err(FetchError::MediaType { url, got });
        }
        let max_age = max_age(field("cache-control"));
        let body = answer.body_mut().with_config().limit(BODY_LEN_MAX);
        let body = body.read_to_vec().map_err(unreachable)?;
        Ok(Fetched { body, max_age })
    }
}

fn is_expected_type(field: &str, kind: AgentKind) -> bool {
    let media_type = field.split(';').next().unwrap_or_default().trim();
    let is = |name: &str| media_type.eq_ignore_ascii_case(name);
    match kind {
        AgentKind::Directory => is(DIRECTORY_TYPE),
        AgentKind::KeySet => {
            is(DIRECTORY_TYPE) || is("application/json") || is("application/jwk-set+json")
        }
    }
}

/// The `max-age` of a `Cache-Control` field; nothing when it says not to keep the answer.
fn max_age(field: &str) -> Option<u64> {
    let mut age = None;
    for part in field.split(',').map(str::trim) {
        if part.eq_ignore_ascii_case("no-store") || part.eq_ignore_ascii_case("no-cache") {
            return Some(0);
        }
        if let Some(seconds) = part.strip_prefix("max-age=") {
            age = seconds.trim_matches('"').parse().ok();
        }
    }
    age
}

/// Resolves names, and refuses those that lead anywhere but to the public internet.
#[derive(Debug, Default)]
struct Names {
    hosts: BTreeMap<String, Vec<SocketAddr>>,
    system: DefaultResolver,
    local: bool,
}

/// See [`FetchError::NotPublic`].
#[derive(Debug, thiserror::Error)]
#[error("{host} leads to {address}")]
struct NotPublic {
    host: String,
    address: SocketAddr,
}

impl Resolver for Names {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default().to_owned();
        let addresses = match self.hosts.get(&host) {
            Some(given) => {
                let mut addresses = self.empty();
                given.iter().take(4).for_each(|one| addresses.push(*one));
                addresses
            }
            None => self.system.resolve(uri, config, timeout)?,
        };
        // One private address among public ones is reason enough: which is tried first isn't ours to say.
        let private = addresses.iter().find(|one| !is_public(one.ip()));
        match private.copied() {
            Some(address) if !self.local => {
                Err(ureq::Error::Other(Box::new(NotPublic { host, address })))
            }
            _ if addresses.is_empty() => Err(ureq::Error::HostNotFound),
            _ => Ok(addresses),
        }
    }
}
