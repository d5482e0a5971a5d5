//! One request: checked, judged, let through or answered, counted and written down.

mod auth;
mod forward;
mod judge;
mod own;
mod pages;
mod pay;

use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use http::request::Parts;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use lilliput_pass::desk::{Desk, OWN_PATHS};
use tokio::sync::Semaphore;

use self::judge::Judged;
use crate::config::Config;
use crate::counters::Counters;
use crate::journal::Journal;
use crate::policy::Decision;
use crate::proxy::arrival::{self, Arrival};
use crate::proxy::body::Outgoing;
use crate::proxy::worker::Worker;
use crate::visitor::{Visit, kept};

/// Longest path that is written down.
const PATH_KEPT_MAX: usize = 200;
/// Longest method that is written down.
const METHOD_KEPT_MAX: usize = 20;

/// What all workers share.
pub(crate) struct Gate {
    pub(crate) config: Config,
    pub(crate) counters: Counters,
    pub(crate) journal: Journal,
    pub(crate) desk: Desk,
    pub(crate) tunnels: Arc<Semaphore>,
    /// Tells networks apart without keeping them.
    pub(crate) lane_key: [u8; 32],
    pub(crate) tariff: crate::tariff::Tariff,
    pub(crate) rates: crate::rates::Rates,
    pub(crate) money: crate::money::Money,
    pub(crate) humans: Option<crate::humans::Humans>,
}

/// Seconds since 1970.
pub(crate) fn now_s() -> u64 {
    now_ms() / 1_000
}

pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Answers one request.
pub(crate) async fn answer(
    worker: &Rc<Worker>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<Outgoing> {
    let started = Instant::now();
    let gate = &worker.gate;
    let (parts, body) = request.into_parts();
    let limits = &gate.config.limits;
    let arrival = match arrival::read(&parts, peer, &gate.config.trusted, limits.body_bytes) {
        Ok(arrival) => arrival,
        Err(refused) => {
            gate.counters.refused_request();
            return pages::refused(&refused, &parts.headers);
        }
    };
    if arrival.path.sent.starts_with(OWN_PATHS) {
        return own::answer(worker, peer, &parts, &arrival, body).await;
    }
    let mut judged = judge::judge(gate, &parts, &arrival).await;
    let noted = Noted::new(&parts, &arrival);
    if judged.decision != Decision::Pass && !gate.config.observe {
        let to = target(&arrival);
        let response = judge::refuse(gate, &mut judged, &parts.headers, &to);
        noted.note(
            worker,
            &judged,
            response.status(),
            started.elapsed().as_micros(),
        );
        return response;
    }
    let way = forward::Way::new(&parts, &arrival, &judged);
    drop(arrival);
    let (response, waited) = forward::forward(worker, way, parts, body).await;
    let added = started.elapsed().saturating_sub(waited);
    let response = judge::finish(gate, &mut judged, response).await;
    noted.note(worker, &judged, response.status(), added.as_micros());
    response
}

/// Path and query as they are sent on.
fn target(arrival: &Arrival<'_>) -> String {
    match arrival.query {
        Some(query) => format!("{}?{query}", arrival.path.sent),
        None => arrival.path.sent.to_string(),
    }
}

/// What is kept of a request for counters and log.
struct Noted {
    method: String,
    path: String,
    address: IpAddr,
}

impl Noted {
    fn new(parts: &Parts, arrival: &Arrival<'_>) -> Self {
        let path = &*arrival.path.sent;
        Self {
            method: cut(parts.method.as_str(), METHOD_KEPT_MAX),
            path: cut(path, PATH_KEPT_MAX),
            address: arrival.address,
        }
    }

    fn note(self, worker: &Worker, judged: &Judged, status: StatusCode, micros: u128) {
        let gate = &worker.gate;
        let visit = Arc::new(Visit {
            time_ms: now_ms(),
            decision: judged.decision,
            judged: judged.verdict.decision,
            rule: Arc::clone(&judged.verdict.rule),
            class: judged.verdict.class,
            agent: judged.agent.clone(),
            signed: judged.signed.bot.is_some(),
            brought: judged.brought,
            fee: judged.verdict.fee,
            weight: judged.verdict.weight,
            method: self.method,
            path: self.path,
            from: kept(self.address, gate.config.addresses),
            status: status.as_u16(),
            micros: u64::try_from(micros).unwrap_or(u64::MAX),
            observed: gate.config.observe,
        });
        gate.counters.count(worker.place, &visit);
        gate.journal.tell(visit);
    }
}

/// The beginning of a text of ASCII.
fn cut(text: &str, most: usize) -> String {
    text.get(..most).unwrap_or(text).to_owned()
}
