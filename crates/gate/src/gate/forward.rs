//! From the gate to the site and back.

use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, UPGRADE};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use hyper::body::{Body, Incoming};
use hyper::upgrade::OnUpgrade;
use tokio::sync::OwnedSemaphorePermit;

use super::judge::Judged;
use super::{pages, target};
use crate::proxy::arrival::Arrival;
use crate::proxy::body::{Outgoing, Streamed};
use crate::proxy::headers::{set_forwarded, strip_cookie, strip_hop, wants_websocket};
use crate::proxy::tunnel;
use crate::proxy::upstream::{Returned, UpstreamFailure};
use crate::proxy::worker::Worker;
use crate::visitor::Brought;

/// Most bytes of an answer: the site's own, so only a bound against a connection that never ends.
const ANSWER_BYTES_MAX: u64 = 1 << 42;
const ANSWER_TIME: Duration = Duration::from_secs(6 * 3600);

/// What has to be known of a request to send it on.
pub(super) struct Way {
    /// Where it isn't what the visitor sent.
    target: Option<PathAndQuery>,
    address: IpAddr,
    scheme: &'static str,
    brought: Brought,
}

impl Way {
    pub(super) fn new(parts: &Parts, arrival: &Arrival<'_>, judged: &Judged) -> Self {
        let same = parts.uri.path() == arrival.path.sent && parts.uri.scheme().is_none();
        Self {
            target: if same {
                None
            } else {
                PathAndQuery::try_from(target(arrival)).ok()
            },
            address: arrival.address,
            scheme: arrival.scheme,
            brought: judged.brought,
        }
    }
}

/// Sends a request on; gives the answer and how long the site took for its head.
pub(super) async fn forward(
    worker: &Rc<Worker>,
    way: Way,
    mut parts: Parts,
    body: Incoming,
) -> (Response<Outgoing>, Duration) {
    let gate = &worker.gate;
    let asks = pages::asks(&parts.headers);
    let websocket = wants_websocket(&parts.headers) && body.is_end_stream();
    let tunnel = match websocket.then(|| Arc::clone(&gate.tunnels).try_acquire_owned()) {
        Some(Err(_)) => return (pages::busy(&asks), Duration::ZERO),
        Some(Ok(permit)) => {
            let mut request = Request::from_parts(parts, ());
            let upgrade = hyper::upgrade::on(&mut request);
            parts = request.into_parts().0;
            Some((upgrade, permit))
        }
        None => None,
    };
    head(
        &mut parts.headers,
        &way,
        websocket,
        &gate.config.upstream.authority,
        gate.config.secure,
    );
    let limits = &gate.config.limits;
    let body = if body.is_end_stream() {
        Outgoing::empty()
    } else {
        Outgoing::Streamed(Streamed::new(
            body,
            limits.body_bytes,
            limits.body_idle,
            limits.body_time,
        ))
    };
    let mut request = Request::new(body);
    *request.method_mut() = parts.method;
    *request.headers_mut() = parts.headers;
    *request.uri_mut() = match way.target.or_else(|| parts.uri.path_and_query().cloned()) {
        Some(target) => Uri::from(target),
        None => Uri::from_static("/"),
    };
    let started = Instant::now();
    let sent = worker.pool.send(request).await;
    let waited = started.elapsed();
    gate.tariff
        .count(u64::try_from(waited.as_micros()).unwrap_or(u64::MAX));
    let response = match sent {
        Ok((response, connection)) => back(worker, response, connection, tunnel),
        Err(failure) => {
            gate.counters.upstream_failed();
            let status = match failure {
                UpstreamFailure::TooSlow => StatusCode::GATEWAY_TIMEOUT,
                UpstreamFailure::Unreachable | UpstreamFailure::Broken => StatusCode::BAD_GATEWAY,
            };
            pages::upstream(&asks, status)
        }
    };
    (response, waited)
}

fn head(headers: &mut HeaderMap, way: &Way, websocket: bool, authority: &str, secure: bool) {
    strip_hop(headers);
    set_forwarded(headers, way.address, way.scheme);
    headers.insert(
        "lilliput-visitor",
        HeaderValue::from_static(way.brought.name()),
    );
    if way.brought != Brought::Nothing {
        strip_cookie(headers, lilliput_pass::session::cookie_name(secure));
    }
    if !headers.contains_key(HOST)
        && let Ok(authority) = HeaderValue::from_str(authority)
    {
        headers.insert(HOST, authority);
    }
    if websocket {
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    }
}

fn back(
    worker: &Rc<Worker>,
    mut response: Response<Incoming>,
    connection: Returned,
    tunnel: Option<(OnUpgrade, OwnedSemaphorePermit)>,
) -> Response<Outgoing> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let Some((visitor, permit)) = tunnel else {
            // Nobody asked for it.
            return pages::upstream(&HeaderMap::new(), StatusCode::BAD_GATEWAY);
        };
        let site = hyper::upgrade::on(&mut response);
        tunnel::join(visitor, site, permit);
        let (mut parts, _) = response.into_parts();
        parts.headers.remove(CONTENT_LENGTH);
        return Response::from_parts(parts, Outgoing::empty());
    }
    let (mut parts, body) = response.into_parts();
    strip_hop(&mut parts.headers);
    let idle = worker.gate.config.limits.answer_time;
    let body = Streamed::new(body, ANSWER_BYTES_MAX, idle, ANSWER_TIME).returning(connection);
    Response::from_parts(parts, Outgoing::Streamed(body))
}
