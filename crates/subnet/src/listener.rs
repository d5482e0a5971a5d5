//! Accepts connections: a bounded number of them, each with a bounded time to say what it wants.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

/// Most connections at once; more wait to be accepted.
const CONNECTIONS_MAX: usize = 128;
/// How long a request's head may take, and how long a connection may idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Largest head of a request.
const HEADER_BYTES_MAX: usize = 16 << 10;
/// Pause after a failed accept, so that running out of files doesn't become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves until told to stop; what is being answered then is cut off.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
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
        // Answers are small and someone waits for each.
        let _ = stream.set_nodelay(true);
        let service = TowerToHyperService::new(router.clone());
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER_TIMEOUT)
            .max_buf_size(HEADER_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // How a connection ends is the other side's business.
            let _ = connection.await;
            drop(permit);
        });
    }
}
