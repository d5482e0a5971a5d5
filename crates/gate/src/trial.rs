//! What would happen to a request: for the command `explain` and the page's rule tester.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use serde::{Deserialize, Serialize};

use crate::policy::{Action, Policy};
use crate::price::Price;
use crate::proxy::arrival;

/// Longest request as JSON.
pub const TRIAL_BYTES_MAX: usize = 64 << 10;
/// Most headers of one.
const HEADERS_MAX: usize = 100;

/// A request that is only thought of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Its method; GET if it isn't given.
    #[serde(default = "get")]
    pub method: String,
    /// Its path with its query.
    pub path: String,
    /// Its host.
    #[serde(default = "host")]
    pub host: String,
    /// Where it comes from.
    #[serde(default = "address")]
    pub address: IpAddr,
    /// Its headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Whose signature it carries, were it checked: the agent's address, as `https://HOST`.
    #[serde(default)]
    pub signed_by: Option<String>,
}

fn get() -> String {
    "GET".to_owned()
}

fn host() -> String {
    "example.org".to_owned()
}

fn address() -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1))
}

/// What is wrong with a request that is tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrialError {
    /// Too long.
    #[error("a request to try has at most {TRIAL_BYTES_MAX} bytes")]
    TooLong,
    /// Not the JSON that is expected.
    #[error("this is no request: {0}")]
    Json(String),
    /// A part of it can't be in a request.
    #[error("`{value}` can't be the {what} of a request")]
    Part {
        /// Which part.
        what: &'static str,
        /// What stands there.
        value: String,
    },
}

/// What would happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// `pass`, `challenge`, `pay` or `deny`, for a visitor who brings nothing.
    pub decision: &'static str,
    /// The rule that decided.
    pub rule: String,
    /// What is asked, when the decision is to pay.
    pub price: Option<Price>,
    /// What the visitor is taken for.
    pub class: &'static str,
    /// The known program it says to be.
    pub agent: Option<String>,
    /// Whether more than a claim says so.
    pub verified: bool,
    /// The sum of what was weighed.
    pub weight: i64,
    /// Bits of work on top of what the load asks for.
    pub extra_bits: i8,
    /// All rules that fitted, in their order.
    pub fitted: Vec<Step>,
    /// The readings of the path that were judged.
    pub readings: Vec<String>,
    /// Why it is refused before any rule is asked.
    pub refused: Option<String>,
}

/// A rule that fitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name.
    pub rule: String,
    /// What it does.
    pub action: &'static str,
    /// What it weighs.
    pub weight: Option<i32>,
}

impl Trial {
    /// Reads a request from JSON.
    ///
    /// # Errors
    /// When it isn't one.
    pub fn read(text: &str) -> Result<Self, TrialError> {
        if text.len() > TRIAL_BYTES_MAX {
            return Err(TrialError::TooLong);
        }
        serde_json::from_str(text).map_err(|error| TrialError::Json(error.to_string()))
    }

    /// What a policy does with it.
    ///
    /// # Errors
    /// When a part of it can't be in a request.
    pub fn explain(&self, policy: &Policy) -> Result<Explanation, TrialError> {
        let wrong = |what, value: &str| TrialError::Part {
            what,
            value: value.chars().take(80).collect(),
        };
        let mut request = Request::new(());
        *request.method_mut() = Method::from_bytes(self.method.as_bytes())
            .map_err(|_| wrong("method", &self.method))?;
        *request.uri_mut() = self
            .path
            .parse::<Uri>()
            .map_err(|_| wrong("path", &self.path))?;
        *request.headers_mut() = self.headers()?;
        let (parts, ()) = request.into_parts();
        let peer = SocketAddr::new(self.address, 0);
        let arrival = match arrival::read(&parts, peer, &[], u64::MAX) {
            Ok(arrival) => arrival,
            Err(refused) => return Ok(Explanation::refused(refused.to_string())),
        };
        let facts = arrival.facts(&parts, self.signed_by.as_deref());
        let (verdict, fitted) = policy.explain(&facts);
        Ok(Explanation {
            decision: verdict.decision.name(),
            rule: verdict.rule.to_string(),
            price: verdict.price,
            class: verdict.class.name(),
            agent: facts.agent.map(str::to_owned),
            verified: facts.verified,
            weight: verdict.weight,
            extra_bits: verdict.extra_bits,
            fitted: fitted
                .iter()
                .map(|one| Step {
                    rule: one.rule.to_string(),
                    action: one.action.name(),
                    weight: match one.action {
                        Action::Weigh { weight } => Some(weight),
                        Action::Allow
                        | Action::Deny
                        | Action::Challenge { .. }
                        | Action::Pay { .. } => None,
                    },
                })
                .collect(),
            readings: facts.path.readings().map(str::to_owned).collect(),
            refused: None,
        })
    }

    fn headers(&self) -> Result<HeaderMap, TrialError> {
        let wrong = |what, value: &str| TrialError::Part {
            what,
            value: value.chars().take(80).collect(),
        };
        if self.headers.len() > HEADERS_MAX {
            return Err(wrong("number of headers", &self.headers.len().to_string()));
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let known = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| wrong("name of a header", name))?;
            headers.append(
                known,
                HeaderValue::from_str(value).map_err(|_| wrong("value of a header", value))?,
            );
        }
        if !headers.contains_key(http::header::HOST) {
            let host = HeaderValue::from_str(&self.host).map_err(|_| wrong("host", &self.host))?;
            headers.insert(http::header::HOST, host);
        }
        Ok(headers)
    }
}

impl Explanation {
    fn refused(why: String) -> Self {
        Self {
            decision: "deny",
            rule: "refused".to_owned(),
            price: None,
            class: "unknown",
            agent: None,
            verified: false,
            weight: 0,
            extra_bits: 0,
            fitted: Vec::new(),
            readings: Vec::new(),
            refused: Some(why),
        }
    }
}
