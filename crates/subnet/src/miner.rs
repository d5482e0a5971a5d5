//! A miner's process: takes questions over HTTP, answers them, signs the answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use lilliput_client::Client;
use lilliput_client::api::ApiError;
use lilliput_crypto::SecretKey;
use lilliput_types::{AccountKey, List, SubnetId};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Semaphore, watch};
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::answerer::{Answerer, Incoming};
use crate::ask::{ASK_BYTES_MAX, Answers, PATH, Reply, input_digest};
use crate::error::SubnetError;
use crate::gate::{Admitted, Gate, Refusal};
use crate::listener;
use crate::roster::Rosters;

/// Requests that are worked on at once.
const WORKERS: usize = 4;
/// Requests that wait for a worker; more are turned away.
const WAITING_MAX: usize = 32;
/// How long a request may take in all.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a body may stop coming.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

/// What a miner is started with.
pub struct MinerConfig {
    /// The node that says who is a member.
    pub node: Client,
    /// The subnet.
    pub subnet: SubnetId,
    /// The member's key: answers are signed with it.
    pub secret: SecretKey,
    /// What answers.
    pub answerer: Arc<dyn Answerer>,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
}

/// A miner at work; stops when dropped.
pub struct Miner {
    address: SocketAddr,
    answered: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

struct Service {
    gate: Gate,
    rosters: Rosters,
    secret: SecretKey,
    answerer: Arc<dyn Answerer>,
    room: Semaphore,
    answered: Arc<AtomicU64>,
    refused: Arc<AtomicU64>,
}

impl Miner {
    /// Starts answering and returns.
    ///
    /// # Errors
    /// When the node is away or the address is taken.
    pub fn start(config: MinerConfig) -> Result<Self, SubnetError> {
        let chain = config.node.status()?.chain;
        let own = AccountKey::from(&config.secret).address();
        let (answered, refused) = (Arc::default(), Arc::default());
        let service = Arc::new(Service {
            gate: Gate::new(chain, config.subnet, own),
            rosters: Rosters::new(config.node, config.subnet)?,
            secret: config.secret,
            answerer: config.answerer,
            room: Semaphore::new(WORKERS + WAITING_MAX),
            answered: Arc::clone(&answered),
            refused: Arc::clone(&refused),
        });
        let failed = |source| SubnetError::Listen {
            address: config.listen,
            source,
        };
        let listener = std::net::TcpListener::bind(config.listen).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .max_blocking_threads(WORKERS)
            .enable_all()
            .build()
            .map_err(SubnetError::Threads)?;
        let (stop, stopped) = watch::channel(false);
        let thread = std::thread::Builder::new()
            .name("miner".to_owned())
            .spawn(move || serve(runtime, listener, service, stopped))
            .map_err(SubnetError::Threads)?;
        Ok(Self {
            address,
            answered,
            refused,
            stop,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many questions it has answered.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// How many requests it has refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

impl Drop for Miner {
    fn drop(&mut self) {
        // Without a receiver it has stopped already.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    runtime: Runtime,
    listener: std::net::TcpListener,
    service: Arc<Service>,
    stopped: watch::Receiver<bool>,
) {
    let router = Router::new()
        .route(PATH, post(probes))
        .layer(DefaultBodyLimit::max(ASK_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .with_state(service);
    runtime.block_on(async {
        // A listener that was just bound can be watched, unless there are no files left.
        if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
            listener::serve(listener, router, stopped).await;
        }
    });
    runtime.shutdown_timeout(Duration::from_secs(2));
}

async fn probes(State(service): State<Arc<Service>>, headers: HeaderMap, body: Bytes) -> Response {
    let found = work(&service, headers, body).await;
    match found {
        Ok(answers) => {
            let count = answers.answers.len() as u64;
            service.answered.fetch_add(count, Ordering::Relaxed);
            Json(answers).into_response()
        }
        Err(refusal) => {
            service.refused.fetch_add(1, Ordering::Relaxed);
            let status = StatusCode::from_u16(refusal.status);
            let error = ApiError {
                code: refusal.code.to_owned(),
                message: refusal.message,
                hint: None,
            };
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, Json(error)).into_response()
        }
    }
}

async fn work(service: &Arc<Service>, headers: HeaderMap, body: Bytes) -> Result<Answers, Refusal> {
    let Ok(_place) = service.room.try_acquire() else {
        return Err(Refusal::new(
            503,
            "probe.busy",
            "too many requests wait: ask again in a moment",
        ));
    };
    let working = Arc::clone(service);
    let done = tokio::task::spawn_blocking(move || {
        let header = headers.get(header::AUTHORIZATION);
        let header = header.and_then(|value| value.to_str().ok());
        working.answer(header, &body)
    });
    done.await
        .unwrap_or_else(|_| Err(Refusal::new(500, "probe.failed", "the answer failed")))
}

impl Service {
    fn answer(&self, header: Option<&str>, body: &[u8]) -> Result<Answers, Refusal> {
        let admitted = self.admit(header, body)?;
        let incoming = Incoming {
            header: header.unwrap_or_default(),
            body,
            ask: &admitted.ask,
        };
        let unanswered = |reason: String| Refusal::new(422, "probe.unanswered", reason);
        let answers = self.answerer.answer(&incoming).map_err(unanswered)?;
        if answers.len() != admitted.ask.probes.len() {
            return Err(unanswered("some questions have no answer".to_owned()));
        }
        let context = admitted.ask.context(self.gate.chain, admitted.validator);
        let replies = admitted.ask.probes.iter().zip(answers);
        let replies = replies.map(|(probe, answer)| {
            let input = input_digest(&probe.input);
            let signature = context.sign(&self.secret, probe.id, input, &answer);
            Reply { answer, signature }
        });
        Ok(Answers {
            key: AccountKey::from(&self.secret),
            answers: List::new(replies.collect()).map_err(|error| unanswered(error.to_string()))?,
        })
    }

    /// What the roster refuses is looked at once more if it may be out of date.
    fn admit(&self, header: Option<&str>, body: &[u8]) -> Result<Admitted, Refusal> {
        let now_ms = now_ms();
        let known = self.rosters.known();
        match self.gate.admit(&known, header, body, now_ms) {
            Err(refusal) if refusal.may_pass() => match self.rosters.renewed() {
                Some(renewed) => self.gate.admit(&renewed, header, body, now_ms),
                None => Err(refusal),
            },
            admitted => admitted,
        }
    }
}

/// The wall clock, for the expiry of request signatures.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
