//! Connections and routes of the owner's side.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{Semaphore, watch};

use super::{metrics, page};
use crate::gate::Gate;
use crate::trial::TRIAL_BYTES_MAX;

/// Most connections at once.
const CONNECTIONS_MAX: usize = 32;
const HEAD_TIME: Duration = Duration::from_secs(10);
const BODY_TIME: Duration = Duration::from_secs(5);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What the owner's side needs.
pub(crate) struct Admin {
    pub(crate) gate: Arc<Gate>,
    pub(crate) address: SocketAddr,
    /// The secret in the page's address.
    pub(crate) token: String,
}

/// Serves until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    admin: Arc<Admin>,
    mut stopped: watch::Receiver<bool>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let admin = Arc::clone(&admin);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let admin = Arc::clone(&admin);
                async move { Ok::<_, std::convert::Infallible>(answer(&admin, request).await) }
            });
            // How a connection ends is the other side's business.
            let _ = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIME)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            drop(permit);
        });
    }
}

async fn answer(admin: &Admin, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    if !is_ours(&parts.headers, admin.address) {
        return plain(
            StatusCode::FORBIDDEN,
            "this address is for the owner of the site",
        );
    }
    let path = parts.uri.path();
    if path == "/metrics" && parts.method == Method::GET {
        let text = metrics::text(&admin.gate);
        return typed(
            StatusCode::OK,
            "text/plain; version=0.0.4; charset=utf-8",
            text,
        );
    }
    let Some(rest) = page_path(path, &admin.token) else {
        return plain(
            StatusCode::NOT_FOUND,
            "the page's address holds a secret, which the gate tells at its start",
        );
    };
    match (parts.method.clone(), rest) {
        (Method::GET, "") => html(&page::page(&admin.gate, &admin.token).into_string()),
        (Method::GET, "live") => html(&page::live(&admin.gate).into_string()),
        (Method::GET, "page.js") => typed(
            StatusCode::OK,
            "text/javascript",
            include_str!("../../assets/admin.js").to_owned(),
        ),
        (Method::GET, "page.css") => typed(
            StatusCode::OK,
            "text/css",
            include_str!("../../assets/admin.css").to_owned(),
        ),
        (Method::POST, "try") => match text(body).await {
            Some(text) => html(&page::tried(&admin.gate, &text).into_string()),
            None => plain(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the request to try is too long or came too slowly",
            ),
        },
        _ => plain(StatusCode::NOT_FOUND, "there is nothing under this address"),
    }
}

/// What follows the secret in a path.
fn page_path<'a>(path: &'a str, token: &str) -> Option<&'a str> {
    let (given, rest) = path.strip_prefix('/')?.split_once('/')?;
    // Compared by their hashes, so that the time it takes says nothing.
    (blake3::hash(given.as_bytes()) == blake3::hash(token.as_bytes())).then_some(rest)
}

/// Whether a request isn't one that a foreign page makes through the owner's browser.
fn is_ours(headers: &HeaderMap, address: SocketAddr) -> bool {
    let port = address.port();
    let names = [
        address.to_string(),
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
    ];
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let origin = headers.get(ORIGIN).map(|origin| {
        origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"))
            .unwrap_or_default()
    });
    names.iter().any(|name| host == name.as_str())
        && origin.is_none_or(|origin| names.iter().any(|name| name == origin))
}

async fn text(body: Incoming) -> Option<String> {
    let whole =
        tokio::time::timeout(BODY_TIME, Limited::new(body, TRIAL_BYTES_MAX).collect()).await;
    String::from_utf8(whole.ok()?.ok()?.to_bytes().to_vec()).ok()
}

fn plain(status: StatusCode, message: &str) -> Response<Full<Bytes>> {
    typed(status, "text/plain; charset=utf-8", format!("{message}\n"))
}

fn html(text: &str) -> Response<Full<Bytes>> {
    let mut response = typed(StatusCode::OK, "text/html; charset=utf-8", text.to_owned());
    response.headers_mut().insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
    );
    response
}

fn typed(status: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address holds the secret.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
