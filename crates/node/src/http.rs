//! The node over HTTP: accepting connections, limits, guard, routes.

mod answer;
mod guard;
mod identity;
mod listener;
mod login;
mod market;
mod prices;
mod query;
mod routes;
mod storage;
mod subnets;
mod tournament;
mod upload;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use tokio::sync::watch;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::node::Node;
use crate::page;

pub(crate) use answer::{Failure, blocking};

/// Largest body where a route doesn't say otherwise.
const BODY_BYTES_MAX: usize = 64 << 10;
/// How long a request may take, waiting for a block included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a body may stop coming.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// What the handlers share.
pub(crate) type Shared = Arc<Node>;

/// Everything the node answers.
fn router(node: Shared) -> Router {
    Router::new()
        .merge(routes::router())
        .merge(subnets::router())
        .merge(tournament::router())
        .merge(prices::router())
        .merge(identity::router())
        .merge(login::router())
        .merge(market::router())
        .merge(storage::router())
        .merge(upload::router())
        .fallback(answer::no_route)
        .with_state(Arc::clone(&node))
        .merge(page::router(Arc::clone(&node)))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            REQUEST_TIMEOUT,
        ))
        .layer(middleware::from_fn_with_state(node, guard::refuse_foreign))
}

/// Serves until told to stop, then finishes what was begun.
pub(crate) async fn serve(node: Shared, listener: TcpListener, stopped: watch::Receiver<bool>) {
    let router = router(node);
    listener::serve(listener, router, stopped).await;
}
