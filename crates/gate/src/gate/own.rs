//! The gate's own paths, below `/.lilliput/`.

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{ACCEPT_LANGUAGE, COOKIE, HeaderMap};
use http::request::Parts;
use http::{HeaderName, Method, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use lilliput_pass::desk::{BODY_LEN_MAX, DeskRequest};
use serde_json::json;

use super::judge::{self, from_desk};
use super::pay::{self, Paid};
use super::{Gate, auth, now_s, pages};
use crate::price::Price;
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
    if parts.method == Method::GET && path == "/.lilliput/challenge" {
        return judge::work(gate, arrival.query == Some("light"));
    }
    if let Some(amount) = path.strip_prefix("/.lilliput/balance/") {
        return balance(gate, parts, arrival, amount).await;
    }
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

/// Adds to the balance of the bot that signs the request, by as much as the path says and it pays.
async fn balance(
    gate: &Arc<Gate>,
    parts: &Parts,
    arrival: &Arrival<'_>,
    amount: &str,
) -> Response<Outgoing> {
    let told = |status: StatusCode, value: serde_json::Value| {
        let mut response = pages::document(&value);
        *response.status_mut() = status;
        response
    };
    let Some(booth) = &gate.money.booth else {
        return told(
            StatusCode::NOT_FOUND,
            json!({ "error": "this gate takes no payments" }),
        );
    };
    let Some(price) = amount
        .parse::<Price>()
        .ok()
        .filter(|price| !price.is_zero())
    else {
        return told(
            StatusCode::BAD_REQUEST,
            json!({ "error": "the path has to end with an amount, like 1.50" }),
        );
    };
    let signed = pay::signed(gate, parts, arrival).await;
    let Some(bot) = signed.bot.filter(lilliput_toll::bot::Bot::covers_request) else {
        let why = signed
            .problem
            .unwrap_or_else(|| "sign the request, with its method, path and query".to_owned());
        return told(StatusCode::UNAUTHORIZED, json!({ "error": why }));
    };
    let charge = pay::charge(parts, arrival, price);
    match pay::pay(gate, &charge, Some(&bot), &parts.headers).await {
        Paid::Answer(answer) => *answer,
        Paid::Nothing => {
            let mut response = told(StatusCode::PAYMENT_REQUIRED, json!({}));
            if let Some(body) = pay::ask(booth, &charge, &mut response) {
                *response.body_mut() = Outgoing::text(body);
            }
            response
        }
        Paid::Granted(grant) => {
            let left = pay::credit(gate, &bot, &grant, price).await;
            let mut response = match left {
                Some(left) => told(StatusCode::OK, json!({ "bot": bot.id(), "balance": left })),
                None => pages::later(&parts.headers),
            };
            pay::finish(gate, grant, &mut response).await;
            response
        }
    }
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
