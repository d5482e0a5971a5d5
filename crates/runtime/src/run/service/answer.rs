//! One request to a service.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use lilliput_workload::{Limit, Outcome};
use tokio::sync::oneshot;
use wasmtime::Store;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::{Error, WasiHttpView};

use super::Service;
use crate::host::Host;
use crate::run::outcome;

type Body = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;
type Sent = Result<Response<UnsyncBoxBody<Bytes, Error>>, ErrorCode>;

/// Why a request has no answer of the component's.
enum Unanswered {
    /// It wasn't begun.
    Busy,
    /// It ended otherwise.
    Ended(Outcome),
}

/// The header that says what ended a request.
const REASON: &str = "lilliput-reason";

impl Service {
    /// Never an error: whatever happens is an answer.
    pub(super) async fn answer(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        let limits = self.shared.workload.limits;
        let most = usize::try_from(limits.body_bytes).unwrap_or(usize::MAX);
        let (sender, receiver) = oneshot::channel();
        let service = Arc::clone(&self);
        let run = tokio::spawn(async move {
            let Ok(_room) = service.room.try_acquire() else {
                return Some(Unanswered::Busy);
            };
            service.requests.fetch_add(1, Ordering::AcqRel);
            let wall = Duration::from_millis(limits.wall_ms);
            let run = service.run(request, sender, most);
            let ended = tokio::time::timeout(wall, run).await;
            let ended = ended.unwrap_or(Some(Outcome::Exceeded {
                limit: Limit::WallTime,
            }));
            ended.map(Unanswered::Ended)
        });
        Ok(match receiver.await {
            Ok(Ok(response)) => response.map(|body| Limited::new(body, most).boxed_unsync()),
            Ok(Err(code)) => failed(
                StatusCode::BAD_GATEWAY,
                &format!("the service failed: {code:?}"),
            ),
            // It ended without an answer.
            Err(_) => match run.await {
                Ok(Some(Unanswered::Busy)) => {
                    failed(StatusCode::SERVICE_UNAVAILABLE, "the service is busy")
                }
                Ok(Some(Unanswered::Ended(outcome))) => unanswered(&outcome),
                _ => failed(StatusCode::BAD_GATEWAY, "the service gave no answer"),
            },
        })
    }

    /// Runs one instance; returns how it ended if that wasn't by itself.
    async fn run(
        &self,
        request: Request<Incoming>,
        sender: oneshot::Sender<Sent>,
        most: usize,
    ) -> Option<Outcome> {
        let mut store = match Host::store(&self.engine, &self.shared) {
            Ok(store) => store,
            Err(error) => {
                let reason = error.to_string();
                return Some(Outcome::Lost { reason });
            }
        };
        let called = self.call(&mut store, request, sender, most).await;
        let left = store.get_fuel().unwrap_or(0);
        let fuel = self.shared.workload.limits.fuel.saturating_sub(left);
        self.fuel.fetch_add(fuel, Ordering::AcqRel);
        match called {
            Ok(()) => None,
            Err(_) if store.data().was_denied_memory() => Some(Outcome::Exceeded {
                limit: Limit::Memory,
            }),
            Err(error) => {
                let ended = outcome::of(&error);
                let line = format!("a request ended: {ended:?}\n");
                self.shared.stderr.note(&line);
                Some(ended)
            }
        }
    }

    async fn call(
        &self,
        store: &mut Store<Host>,
        request: Request<Incoming>,
        sender: oneshot::Sender<Sent>,
        most: usize,
    ) -> wasmtime::Result<()> {
        let request = request.map(move |body| {
            let body = Limited::new(body, most);
            body.map_err(move |_| Error::HttpRequestBodySize(Some(most as u64)))
        });
        let mut view = store.data_mut().http();
        let request = view.new_incoming_request(Scheme::Http, request)?;
        let answer = view.new_response_outparam(sender)?;
        let proxy = self.prepared.instantiate_async(&mut *store).await?;
        let handler = proxy.wasi_http_incoming_handler();
        handler.call_handle(store, request, answer).await
    }
}

fn unanswered(outcome: &Outcome) -> Response<Body> {
    let (status, text) = match outcome {
        Outcome::Exceeded { limit } => match limit {
            Limit::WallTime => (StatusCode::GATEWAY_TIMEOUT, "the service took too long"),
            Limit::Fuel => (StatusCode::BAD_GATEWAY, "the request used up its fuel"),
            Limit::Memory => (
                StatusCode::SERVICE_UNAVAILABLE,
                "the service has no memory left",
            ),
            Limit::Stack => (
                StatusCode::BAD_GATEWAY,
                "the service called itself too often",
            ),
            Limit::Output | Limit::Handles => {
                (StatusCode::BAD_GATEWAY, "the service held too much")
            }
        },
        Outcome::Trapped { .. } => (StatusCode::BAD_GATEWAY, "the service broke down"),
        Outcome::Exited { .. }
        | Outcome::Refused { .. }
        | Outcome::Stopped
        | Outcome::Lost { .. } => (StatusCode::BAD_GATEWAY, "the service gave no answer"),
    };
    failed(status, text)
}

fn failed(status: StatusCode, text: &str) -> Response<Body> {
    let body = Full::new(Bytes::from(format!("{text}\n")));
    let mut response = Response::new(body.map_err(|never| match never {}).boxed_unsync());
    *response.status_mut() = status;
    if let Ok(value) = text.parse() {
        response.headers_mut().insert(REASON, value);
    }
    response
}
