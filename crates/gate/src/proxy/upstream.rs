//! Connections to the site: kept and used again, one request at a time on each.
//!
//! Each worker has its own, so nothing is shared between threads.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use http::{Method, Request, Response};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::body::Outgoing;

/// Most idle connections of a worker.
const IDLE_MAX: usize = 256;
/// How long a connection may lie idle: less than most servers allow.
const IDLE_TIME: Duration = Duration::from_secs(4);
/// How often a request that certainly wasn't seen is sent again.
const RETRIES: usize = 2;

/// Why the site didn't answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UpstreamFailure {
    #[error("the site can't be reached")]
    Unreachable,
    #[error("the site took too long")]
    TooSlow,
    #[error("the site broke off, or its answer makes no sense")]
    Broken,
}

struct Idle {
    sender: SendRequest<Outgoing>,
    since: Instant,
}

pub(crate) struct Pool {
    authority: String,
    connect_time: Duration,
    answer_time: Duration,
    idle: RefCell<Vec<Idle>>,
}

/// A connection that goes back when its answer has been read.
pub(crate) struct Returned {
    pool: Rc<Pool>,
    sender: SendRequest<Outgoing>,
}

impl Returned {
    pub(crate) fn give_back(self) {
        let mut idle = self.pool.idle.borrow_mut();
        if idle.len() < IDLE_MAX && !self.sender.is_closed() {
            idle.push(Idle {
                sender: self.sender,
                since: Instant::now(),
            });
        }
    }
}

impl Pool {
    pub(crate) fn new(
        authority: String,
        connect_time: Duration,
        answer_time: Duration,
    ) -> Rc<Self> {
        Rc::new(Self {
            authority,
            connect_time,
            answer_time,
            idle: RefCell::new(Vec::new()),
        })
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(
        self: &Rc<Self>,
        mut request: Request<Outgoing>,
    ) -> Result<(Response<Incoming>, Returned), UpstreamFailure> {
        for attempt in 0..=RETRIES {
            let (mut sender, reused) = self.connection(attempt == RETRIES).await?;
            let again = (reused && repeatable(&request)).then(|| copy(&request));
            match timeout(self.answer_time, sender.try_send_request(request)).await {
                Err(_) => return Err(UpstreamFailure::TooSlow),
                Ok(Ok(answer)) => {
                    let pool = Rc::clone(self);
                    return Ok((answer, Returned { pool, sender }));
                }
                // The site closed a connection that lay idle, just as it was used.
                Ok(Err(mut error)) => match error.take_message().or(again) {
                    Some(unseen) if reused => request = unseen,
                    _ => return Err(UpstreamFailure::Broken),
                },
            }
        }
        Err(UpstreamFailure::Broken)
    }

    /// The connection that was used last and is still good.
    async fn idle_connection(&self) -> Option<SendRequest<Outgoing>> {
        loop {
            // A statement of its own: the list isn't borrowed while a connection is waited for.
            let idle = self.idle.borrow_mut().pop();
            let Idle { mut sender, since } = idle?;
            if since.elapsed() > IDLE_TIME || sender.is_closed() {
                continue;
            }
            if sender.is_ready() || sender.ready().await.is_ok() {
                return Some(sender);
            }
        }
    }

    /// A connection, and whether it was used before.
    async fn connection(
        &self,
        fresh: bool,
    ) -> Result<(SendRequest<Outgoing>, bool), UpstreamFailure> {
        if !fresh && let Some(sender) = self.idle_connection().await {
            return Ok((sender, true));
        }
        let connected = timeout(self.connect_time, TcpStream::connect(&self.authority)).await;
        let stream = match connected {
            Err(_) => return Err(UpstreamFailure::TooSlow),
            Ok(Err(_)) => return Err(UpstreamFailure::Unreachable),
            Ok(Ok(stream)) => stream,
        };
        // Requests are small and someone waits for each.
        let _ = stream.set_nodelay(true);
        let (sender, connection) = http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|_| UpstreamFailure::Broken)?;
        tokio::task::spawn_local(async move {
            // How it ends is seen by whoever waits for an answer on it.
            let _ = connection.with_upgrades().await;
        });
        Ok((sender, false))
    }
}

/// Whether a request may be sent again though it may have been seen.
fn repeatable(request: &Request<Outgoing>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) && request.body().is_end_stream()
}

fn copy(request: &Request<Outgoing>) -> Request<Outgoing> {
    let mut copy = Request::new(Outgoing::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}
