//! What of a head goes on: to the site, and back to the visitor.

use std::net::IpAddr;

use http::header::{CONNECTION, COOKIE, HOST, HeaderName, TE, TRAILER, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderMap, HeaderValue};

use super::arrival::is_forwarding;

/// Headers that mean something between two neighbours alone.
const HOP: [HeaderName; 7] = [
    CONNECTION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];
const PROXY: [HeaderName; 2] = [
    http::header::PROXY_AUTHENTICATE,
    http::header::PROXY_AUTHORIZATION,
];

/// Takes out what isn't meant for the next in the row, and what `Connection` names.
pub(crate) fn strip_hop(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        let named: Vec<HeaderName> = headers
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
            // A visitor must not be able to take away what the gate or the site relies on.
            .filter(|name| {
                *name != HOST && *name != COOKIE && *name != http::header::CONTENT_LENGTH
            })
            .collect();
        for name in named {
            headers.remove(name);
        }
    }
    for name in HOP.iter().chain(&PROXY) {
        headers.remove(name);
    }
}

/// Whether a request asks for a WebSocket: the one upgrade that goes on.
pub(crate) fn wants_websocket(headers: &HeaderMap) -> bool {
    let is = |name: HeaderName, wanted: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|one| one.trim().eq_ignore_ascii_case(wanted))
    };
    let only = headers
        .get(UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
    only && is(CONNECTION, "upgrade")
}

/// Says to the site where a request came from, in place of what the visitor says about that.
pub(crate) fn set_forwarded(headers: &mut HeaderMap, address: IpAddr, scheme: &'static str) {
    let invented: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_forwarding(name.as_str()))
        .cloned()
        .collect();
    for name in invented {
        headers.remove(name);
    }
    if let Ok(address) = HeaderValue::from_str(&address.to_string()) {
        headers.insert("x-real-ip", address.clone());
        headers.insert("x-forwarded-for", address);
    }
    headers.insert("x-forwarded-proto", HeaderValue::from_static(scheme));
    if let Some(host) = headers.get(HOST).cloned() {
        headers.insert("x-forwarded-host", host);
    }
}

/// Takes a cookie out of the `Cookie` headers: the site has no use for the gate's.
pub(crate) fn strip_cookie(headers: &mut HeaderMap, name: &str) {
    let ours = |cookie: &str| {
        cookie
            .trim_start()
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('='))
    };
    let all: Vec<HeaderValue> = headers.get_all(COOKIE).iter().cloned().collect();
    let is_there = |value: &HeaderValue| value.to_str().is_ok_and(|text| text.split(';').any(ours));
    if !all.iter().any(is_there) {
        return;
    }
    headers.remove(COOKIE);
    for value in all {
        let kept = match value.to_str() {
            Ok(text) => text
                .split(';')
                .filter(|cookie| !ours(cookie))
                .map(str::trim)
                .collect::<Vec<_>>()
                .join("; "),
            Err(_) => {
                headers.append(COOKIE, value);
                continue;
            }
        };
        if let (false, Ok(value)) = (kept.is_empty(), HeaderValue::from_str(&kept)) {
            headers.append(COOKIE, value);
        }
    }
}
