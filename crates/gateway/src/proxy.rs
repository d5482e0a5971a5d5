//! Passes requests on to services.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue};
use hyper::{Request, Response, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::desk::{Desk, Route};
use crate::error::GatewayError;
use crate::server::Body;

/// How long a connection to a service waits for the next request.
const IDLE: Duration = Duration::from_secs(30);
/// Connections to one service that wait.
const IDLE_MAX: usize = 32;
/// Headers that are about one connection only.
const HOP_BY_HOP: [HeaderName; 8] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-authenticate"),
    HeaderName::from_static("proxy-authorization"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("te"),
    HeaderName::from_static("trailer"),
    HeaderName::from_static("upgrade"),
];
/// Headers that say who asked; what a client says of itself is dropped.
const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The connections to services.
pub(crate) struct Proxy {
    client: Client<HttpConnector, Body>,
}

impl Proxy {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_MAX)
            .build(connector);
        Self { client }
    }

    /// Passes a request on and its answer back, both piece by piece. The service's own limits bound how long that takes.
    pub(crate) async fn pass(
        &self,
        desk: &Desk,
        route: &Route,
        host: &str,
        peer: SocketAddr,
        mut request: Request<Incoming>,
    ) -> Result<Response<Body>, GatewayError> {
        let permit = route
            .enter()
            .ok_or(GatewayError::Busy("the service has too many requests"))?;
        let port = match route.known() {
            Some(port) => Some(port),
            None => route.look(desk.runtime()).await,
        };
        let port = port.ok_or(GatewayError::Busy("the service doesn't run now"))?;
        strip(request.headers_mut());
        say_who(request.headers_mut(), host, peer);
        *request.uri_mut() = target(port, request.uri())?;
        let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
        match self.client.request(request).await {
            Ok(mut response) => {
                strip(response.headers_mut());
                Ok(response.map(|body| {
                    let held = body.map_err(Into::into).map_frame(
                        move |frame: hyper::body::Frame<Bytes>| {
                            // The request counts until its last piece is taken.
                            let _counts = &permit;
                            frame
                        },
                    );
                    held.boxed_unsync()
                }))
            }
            Err(error) => {
                // It may have been started again, with another port. The body is gone, so the client has to ask again.
                let away = error.is_connect();
                route.look(desk.runtime()).await;
                Err(GatewayError::Busy(if away {
                    "the service was started again"
                } else {
                    "the service broke off"
                }))
            }
        }
    }
}

fn target(port: u16, uri: &Uri) -> Result<Uri, GatewayError> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let target = format!("http://127.0.0.1:{port}{path}").parse();
    target.map_err(|_| GatewayError::Bad("the path can't be read".to_owned()))
}

/// Drops what is about one connection only, also what the `connection` header names.
fn strip(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named.iter().chain(&HOP_BY_HOP) {
        headers.remove(name);
    }
}

fn say_who(headers: &mut HeaderMap, host: &str, peer: SocketAddr) {
    headers.insert(PROTO, HeaderValue::from_static("http"));
    for (name, value) in [(FOR, peer.ip().to_string()), (HOST, host.to_owned())] {
        match HeaderValue::try_from(value) {
            Ok(value) => headers.insert(name, value),
            Err(_) => headers.remove(name),
        };
    }
}
