//! What is checked of every request before anything is decided about it.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use http::header::{CONTENT_LENGTH, FORWARDED, HOST, TRANSFER_ENCODING, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Version};

use crate::path::{Path, PathError, TARGET_BYTES_MAX};
use crate::policy::network::Network;
use crate::policy::{Class, agents};
use crate::request::Facts;

/// Longest name of a host.
const HOST_BYTES_MAX: usize = 255;
/// Most addresses of a forwarding header that are looked at.
const HOPS_MAX: usize = 32;

/// Why a request is refused whatever the policy says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("{0}")]
    Path(#[from] PathError),
    #[error("a request has to name its host, once")]
    Host,
    #[error("the address in the request's first line names another host")]
    OtherHost,
    #[error("this method isn't served here")]
    Method,
    #[error("only `Transfer-Encoding: chunked` is read here")]
    Coding,
    #[error("a request has either a length or a transfer coding")]
    TwoLengths,
    #[error("the body is larger than {0} bytes")]
    TooLarge(u64),
}

impl Refused {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Path(PathError::TooLong) => StatusCode::URI_TOO_LONG,
            Self::Path(_) | Self::Host | Self::OtherHost | Self::TwoLengths => {
                StatusCode::BAD_REQUEST
            }
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Coding => StatusCode::NOT_IMPLEMENTED,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    /// Whether the connection's bytes can't be trusted to be told apart any more.
    pub(crate) fn closes(&self) -> bool {
        match self {
            Self::Coding | Self::TwoLengths | Self::TooLarge(_) | Self::Method => true,
            Self::Path(_) | Self::Host | Self::OtherHost => false,
        }
    }
}

/// A request that may be judged.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    pub(crate) host: String,
    pub(crate) path: Path<'a>,
    pub(crate) query: Option<&'a str>,
    pub(crate) address: IpAddr,
    pub(crate) content_length: Option<u64>,
    /// What a trusted proxy says of the way the visitor came; `http` without one.
    pub(crate) scheme: &'static str,
}

/// Checks a request's head.
pub(crate) fn read<'a>(
    parts: &'a Parts,
    peer: SocketAddr,
    trusted: &[Network],
    body_bytes_max: u64,
) -> Result<Arrival<'a>, Refused> {
    let headers = &parts.headers;
    if matches!(parts.method, Method::CONNECT | Method::TRACE) {
        return Err(Refused::Method);
    }
    let content_length = lengths(parts, body_bytes_max)?;
    let host = host(parts)?;
    let target = parts.uri.path();
    if target.len() + parts.uri.query().map_or(0, str::len) > TARGET_BYTES_MAX {
        return Err(PathError::TooLong.into());
    }
    let path = Path::read(target)?;
    let from_proxy = holds(trusted, peer.ip());
    let address = if from_proxy {
        forwarded_for(headers, trusted, peer.ip())
    } else {
        peer.ip()
    };
    let secure = from_proxy
        && headers
            .get("x-forwarded-proto")
            .is_some_and(|value| value == "https");
    Ok(Arrival {
        host,
        path,
        query: parts.uri.query(),
        address: address.to_canonical(),
        content_length,
        scheme: if secure { "https" } else { "http" },
    })
}

impl<'a> Arrival<'a> {
    /// What the policy may know of it. `signed_by` is whose signature was checked, and the agent that is.
    pub(crate) fn facts(&'a self, parts: &'a Parts, signed_by: Option<&'a str>) -> Facts<'a> {
        let user_agent = parts
            .headers
            .get(USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let agent = signed_by
            .and_then(agents::by_name)
            .or_else(|| agents::named_in(user_agent));
        let verified =
            signed_by.is_some() || agent.is_some_and(|agent| agent.comes_from(self.address));
        Facts {
            method: parts.method.as_str(),
            host: &self.host,
            path: &self.path,
            query: self.query,
            headers: &parts.headers,
            address: self.address,
            user_agent,
            content_length: self.content_length,
            signed_by,
            agent: agent.map(|agent| agent.name.as_str()),
            class: agent.map_or(Class::Unknown, |agent| agent.class),
            verified,
        }
    }
}

/// One way of telling where a body ends, or none. The parser has refused lengths that differ, folded
/// headers and bytes that no header has.
fn lengths(parts: &Parts, body_bytes_max: u64) -> Result<Option<u64>, Refused> {
    let headers = &parts.headers;
    let coded = headers.contains_key(TRANSFER_ENCODING);
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let length = lengths.next();
    if lengths.next().is_some() || (coded && length.is_some()) {
        return Err(Refused::TwoLengths);
    }
    if coded {
        let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
        let chunked = codings
            .next()
            .is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked"));
        if !chunked || codings.next().is_some() || parts.version != Version::HTTP_11 {
            return Err(Refused::Coding);
        }
    }
    let Some(length) = length else {
        return Ok(None);
    };
    let length: u64 = length
        .to_str()
        .ok()
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse().ok())
        .ok_or(Refused::TwoLengths)?;
    if length > body_bytes_max {
        return Err(Refused::TooLarge(body_bytes_max));
    }
    Ok(Some(length))
}

/// The host's name without its port. A request whose first line holds a whole address must mean the
/// same host by it.
fn host(parts: &Parts) -> Result<String, Refused> {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (host, more) = (hosts.next(), hosts.next());
    if more.is_some() {
        return Err(Refused::Host);
    }
    let text = match host {
        Some(host) => host.to_str().map_err(|_| Refused::Host)?,
        None if parts.version == Version::HTTP_10 => return Ok(String::new()),
        None => return Err(Refused::Host),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
    if text.is_empty() || text.len() > HOST_BYTES_MAX || !text.bytes().all(plain) {
        return Err(Refused::Host);
    }
    if let Some(authority) = parts.uri.authority()
        && !authority.as_str().eq_ignore_ascii_case(text)
    {
        return Err(Refused::OtherHost);
    }
    let name = match text.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => text,
    };
    Ok(name.to_ascii_lowercase())
}

fn holds(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.holds(address))
}

/// The nearest address that isn't a trusted proxy's: whatever stands before it may be invented.
fn forwarded_for(headers: &HeaderMap, trusted: &[Network], peer: IpAddr) -> IpAddr {
    let told: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let mut nearest = peer;
    for text in told.iter().rev().take(HOPS_MAX) {
        let Ok(address) = text.parse::<IpAddr>() else {
            return nearest;
        };
        nearest = address;
        if !holds(trusted, address) {
            return nearest;
        }
    }
    nearest
}

/// Names that say where a request came from; only the gate says that to the site.
pub(crate) fn is_forwarding(name: &str) -> bool {
    // Nearly all names are none of these: told by their first letter.
    if !matches!(
        name.as_bytes().first(),
        Some(b'x' | b'l' | b'f' | b't' | b'c')
    ) {
        return false;
    }
    let name = if name.contains('_') {
        Cow::Owned(name.replace('_', "-"))
    } else {
        Cow::Borrowed(name)
    };
    name.starts_with("x-forwarded-")
        || name.starts_with("lilliput-")
        || name == FORWARDED.as_str()
        || matches!(
            &*name,
            "x-real-ip"
                | "x-client-ip"
                | "true-client-ip"
                | "cf-connecting-ip"
                | "x-original-url"
                | "x-rewrite-url"
                | "x-original-uri"
                | "x-original-method"
                | "x-http-method-override"
                | "x-cluster-client-ip"
        )
}

#[cfg(test)]
mod tests;
