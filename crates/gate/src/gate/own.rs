//! The gate's own paths, below `/.lilliput/`.

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap};
use http::request::Parts;
use http::{HeaderName, Response};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use lilliput_pass::desk::{BODY_LEN_MAX, DeskRequest};

use super::judge::from_desk;
use super::{auth, now_s, pages};
use crate::proxy::arrival::{Arrival, Refused};
use crate::proxy::body::{Outgoing, Streamed};
use crate::proxy::worker::Worker;

pub(super) async fn answer(
    worker: &Rc<Worker>,
    peer: SocketAddr,
    parts: &Parts,
    arrival: &Arrival<'_>,
    body: Incoming,
) -> Response<Outgoing> {
    let path = &*arrival.path.sent;
    if let Some(asked) = auth::asked(path) {
        return auth::answer(worker, peer, parts, asked).await;
    }
    let gate = &worker.gate;
    let Some(body) = whole(worker, body).await else {
        return pages::refused(&Refused::TooLarge(BODY_LEN_MAX as u64), &parts.headers);
    };
    let text = |name: HeaderName| text(&parts.headers, &name);
    let answer = gate
        .desk
        .answer(&DeskRequest {
            method: parts.method.as_str(),
            path,
            query: arrival.query.unwrap_or_default(),
            body: &body,
            accept_language: text(ACCEPT_LANGUAGE),
            cookies: text(COOKIE),
            fetch_site: text(HeaderName::from_static("sec-fetch-site")),
            lane: lane(&gate.lane_key, arrival.address),
            now_s: now_s(),
        })
        .await;
    if let Some(session) = answer.opened {
        gate.counters.opened(session.way);
    }
    from_desk(answer)
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// A small body, whole.
async fn whole(worker: &Worker, body: Incoming) -> Option<Bytes> {
    let limits = &worker.gate.config.limits;
    let most = BODY_LEN_MAX;
    let timed = Streamed::new(body, most as u64, limits.body_idle, limits.body_time);
    Limited::new(timed, most)
        .collect()
        .await
        .ok()
        .map(|whole| whole.to_bytes())
}

/// A number for a visitor's network that says nothing about it.
fn lane(key: &[u8; 32], address: IpAddr) -> u64 {
    let network = crate::visitor::kept(address, crate::config::Addresses::Network);
    let hash = blake3::keyed_hash(key, network.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}
