//! Refuses requests that a foreign web page makes through someone's browser.
//!
//! A page on another site can send requests to the loopback address; with DNS rebinding it can even
//! read the answers. Such requests carry the other site's name in `Host` or in `Origin`.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::{Failure, Shared};

/// Names of the loopback.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

pub(super) async fn refuse_foreign(
    State(node): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    if is_ours(request.headers(), node.address(), node.hosts()) {
        next.run(request).await
    } else {
        Failure::foreign().into_response()
    }
}

/// Whether `Host`, and `Origin` where there is one, name this node.
fn is_ours(headers: &HeaderMap, address: SocketAddr, hosts: &[String]) -> bool {
    let Some(host) = single(headers, &HOST) else {
        return false;
    };
    let origin_fits = match headers.contains_key(ORIGIN) {
        false => true,
        true => single(headers, &ORIGIN)
            .and_then(|origin| origin.split_once("://"))
            .is_some_and(|(_, name)| names_us(name, address, hosts)),
    };
    names_us(host, address, hosts) && origin_fits
}

/// The value of a header that stands there once.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

fn names_us(name: &str, address: SocketAddr, hosts: &[String]) -> bool {
    let port = address.port();
    let loopback = LOOPBACK
        .iter()
        .any(|known| name == format!("{known}:{port}") || (port == 80 && name == *known));
    let without_port = name.rsplit_once(':').map_or(name, |(host, _)| host);
    loopback
        || name == address.to_string()
        || hosts
            .iter()
            .any(|known| known == name || known == without_port)
}

#[cfg(test)]
mod tests;
