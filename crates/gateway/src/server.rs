//! Connections. The host that a request names says whether it is for a service or for the gateway itself.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::desk::Desk;
use crate::error::GatewayError;
use crate::proxy::Proxy;
use crate::stall::Stall;

/// How long a client may take to send a header, and to take a piece of an answer.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of a header.
const HEADER_BYTES_MAX: usize = 32 << 10;
/// Pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A body that goes out.
pub(crate) type Body = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// How connections are served.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// Connections at a time; the next waits.
    pub connections_max: usize,
    /// How long a client may take to send a header, and to take a piece of an answer.
    pub client_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            connections_max: 1024,
            client_timeout: CLIENT_TIMEOUT,
        }
    }
}

/// The gateway of a desk.
pub struct Gateway {
    pub(crate) desk: Arc<Desk>,
    pub(crate) proxy: Proxy,
    /// Logs that are followed at a time, each by a thread.
    pub(crate) followers: Arc<Semaphore>,
}

/// Logs that may be followed at a time.
const FOLLOWERS_MAX: usize = 64;

impl Gateway {
    /// The gateway of a desk.
    #[must_use]
    pub fn new(desk: Arc<Desk>) -> Self {
        Self {
            desk,
            proxy: Proxy::new(),
            followers: Arc::new(Semaphore::new(FOLLOWERS_MAX)),
        }
    }

    /// Never an error: whatever happens is an answer.
    async fn answer(
        self: Arc<Self>,
        peer: SocketAddr,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        let answered = match host(&request) {
            Ok(host) => match self.desk.route(&host) {
                Some(route) => {
                    self.proxy
                        .pass(&self.desk, &route, &host, peer, request)
                        .await
                }
                None if self.is_own(&host) => self.api(request).await,
                None => Err(GatewayError::Missing("no service has this host name here")),
            },
            Err(error) => Err(error),
        };
        Ok(answered.unwrap_or_else(|error| refused(&error)))
    }

    /// The gateway's own names: its domain, and addresses.
    fn is_own(&self, host: &str) -> bool {
        let bare = host.trim_matches(['[', ']']);
        host == self.desk.domain()
            || host == "localhost"
            || bare.parse::<std::net::IpAddr>().is_ok()
    }
}

/// Serves a desk's services and its leases until told to stop.
pub async fn serve(
    listener: TcpListener,
    gateway: Arc<Gateway>,
    config: Config,
    mut stopped: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(config.connections_max));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let gateway = Arc::clone(&gateway);
        let answer = service_fn(move |request| Arc::clone(&gateway).answer(peer, request));
        let stream = TokioIo::new(Stall::new(stream, config.client_timeout));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(config.client_timeout)
            .max_buf_size(HEADER_BYTES_MAX)
            .serve_connection(stream, answer);
        tokio::spawn(async move {
            // How a connection ends is the other side's business.
            let _ = connection.await;
            drop(permit);
        });
    }
}

/// The one host that a request names, in small letters and without port.
fn host(request: &Request<Incoming>) -> Result<String, GatewayError> {
    let bad = |reason: &str| GatewayError::Bad(reason.to_owned());
    let mut named = request.headers().get_all(HOST).iter();
    let header = match (named.next(), named.next()) {
        (Some(host), None) => Some(
            host.to_str()
                .map_err(|_| bad("the host name can't be read"))?,
        ),
        (None, None) => None,
        _ => return Err(bad("the request names two hosts")),
    };
    let target = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    if let (Some(header), Some(target)) = (header, target)
        && !header.eq_ignore_ascii_case(target)
    {
        return Err(bad("the request names two hosts"));
    }
    let named = target
        .or(header)
        .ok_or_else(|| bad("the request names no host"))?;
    let named = named.to_ascii_lowercase();
    let bare = match named.rsplit_once(':') {
        Some((bare, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => bare,
        _ => &named,
    };
    Ok(bare.trim_end_matches('.').to_owned())
}

/// A body of known bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    let body = Full::new(bytes.into());
    body.map_err(|never| match never {}).boxed_unsync()
}

/// An answer that is no.
fn refused(error: &GatewayError) -> Response<Body> {
    let text = json!({"error": error.told()}).to_string();
    let mut response = Response::new(full(text + "\n"));
    *response.status_mut() = error.status();
    let json = hyper::header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
