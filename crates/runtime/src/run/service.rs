//! `wasi:http/incoming-handler`, behind a port of the loopback interface. Each request gets an instance of its own, so that no request
//! sees another's memory.

mod answer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use lilliput_workload::{Outcome, Report};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use super::used;
use crate::error::RuntimeError;
use crate::host::{Host, Shared, linker};

/// How long a client may take to send its header.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections for each request that may be worked on.
const CONNECTIONS_PER_REQUEST: u64 = 4;
/// Bytes of a connection's buffer, and so of a header.
const BUFFER_BYTES: usize = 64 << 10;

/// A service that can be asked.
pub(crate) struct Service {
    engine: Engine,
    prepared: ProxyPre<Host>,
    shared: Shared,
    room: Semaphore,
    fuel: AtomicU64,
    requests: AtomicU64,
}

impl Service {
    /// Links a component; refused if it imports what isn't offered or handles no requests.
    pub(crate) fn new(
        engine: &Engine,
        component: &Component,
        shared: Shared,
    ) -> Result<Self, RuntimeError> {
        let prepared = linker(engine)?.instantiate_pre(component);
        let prepared = prepared.and_then(ProxyPre::new);
        let concurrency = usize::try_from(shared.workload.limits.concurrency).unwrap_or(1);
        Ok(Self {
            engine: engine.clone(),
            prepared: prepared.map_err(RuntimeError::engine)?,
            shared,
            room: Semaphore::new(concurrency),
            fuel: AtomicU64::new(0),
            requests: AtomicU64::new(0),
        })
    }

    /// Answers until told to stop, then reports.
    pub(crate) async fn serve(
        self: Arc<Self>,
        listener: TcpListener,
        mut stop: oneshot::Receiver<()>,
    ) -> Report {
        let begun = Instant::now();
        let most = self.shared.workload.limits.concurrency * CONNECTIONS_PER_REQUEST;
        let connections = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1)));
        loop {
            let room = Arc::clone(&connections);
            let accepted = async {
                let permit = room.acquire_owned().await.ok()?;
                Some((permit, listener.accept().await.ok()?.0))
            };
            let accepted = tokio::select! {
                accepted = accepted => accepted,
                _ = &mut stop => break,
            };
            let Some((permit, stream)) = accepted else {
                // No more file handles, say: it passes, and until then others shall run.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let service = Arc::clone(&self);
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                let answer = service_fn(move |request| Arc::clone(&service).answer(request));
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(HEADER_TIMEOUT)
                    .max_buf_size(BUFFER_BYTES)
                    .serve_connection(TokioIo::new(stream), answer);
                // Whoever breaks off has nobody to be told.
                let _ = connection.await;
                drop(permit);
            });
        }
        self.report(Outcome::Stopped, begun)
    }

    fn report(&self, outcome: Outcome, begun: Instant) -> Report {
        let mut used = used(&self.shared);
        used.fuel = self.fuel.load(Ordering::Acquire);
        used.requests = self.requests.load(Ordering::Acquire);
        used.wall_ms = begun.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
        Report {
            outcome,
            used,
            output: None,
            engine: crate::engine::name().to_owned(),
        }
    }
}
