//! A thread that serves: its own runtime, its own connections to the site, nothing shared but the gate.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::patient::Patient;
use super::upstream::Pool;
use crate::gate::Gate;

/// Pause after a failed accept, so that running out of files doesn't become a busy loop.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long requests may go on after the gate was told to stop.
const GRACE: Duration = Duration::from_secs(5);
/// Most headers of a request.
const HEADERS_MAX: usize = 100;

/// What all workers share about connections.
pub(crate) struct Doors {
    room: Arc<Semaphore>,
    by_address: Mutex<BTreeMap<IpAddr, u32>>,
}

impl Doors {
    pub(crate) fn new(connections: usize) -> Arc<Self> {
        Arc::new(Self {
            room: Arc::new(Semaphore::new(connections)),
            by_address: Mutex::new(BTreeMap::new()),
        })
    }

    /// Lets one more connection of an address in, unless it has enough.
    fn enter(self: &Arc<Self>, address: IpAddr, most: u32) -> Option<Entered> {
        let mut all = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let open = all.entry(address).or_insert(0);
        if *open >= most {
            return None;
        }
        *open += 1;
        Some(Entered {
            doors: Arc::clone(self),
            address,
        })
    }
}

struct Entered {
    doors: Arc<Doors>,
    address: IpAddr,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut all = self
            .doors
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = all.get_mut(&self.address) {
            *open = open.saturating_sub(1);
            if *open == 0 {
                all.remove(&self.address);
            }
        }
    }
}

/// What a worker has for its requests.
pub(crate) struct Worker {
    pub(crate) gate: Arc<Gate>,
    pub(crate) pool: Rc<Pool>,
    /// Its place among the workers.
    pub(crate) place: usize,
}

/// Serves until told to stop.
pub(crate) async fn serve(
    listener: TcpListener,
    worker: Worker,
    doors: Arc<Doors>,
    mut stopped: watch::Receiver<bool>,
) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let worker = Rc::new(worker);
    loop {
        let Ok(permit) = Arc::clone(&doors.room).acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        let Ok((stream, peer)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let limits = &worker.gate.config.limits;
        let trusted = worker
            .gate
            .config
            .trusted
            .iter()
            .any(|network| network.holds(peer.ip()));
        let most = if trusted {
            u32::MAX
        } else {
            limits.connections_per_address
        };
        let Some(entered) = doors.enter(peer.ip(), most) else {
            worker.gate.counters.refused_connection();
            continue;
        };
        // Answers are small and someone waits for each.
        let _ = stream.set_nodelay(true);
        let stream = Patient::new(stream, limits.write_time);
        connection(&worker, stream, peer, stopped.clone(), (permit, entered));
    }
    // When all have left, all room is free.
    let all = u32::try_from(worker.gate.config.limits.connections).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(GRACE, doors.room.acquire_many(all)).await;
}

fn connection(
    worker: &Rc<Worker>,
    stream: Patient,
    peer: SocketAddr,
    mut stopped: watch::Receiver<bool>,
    held: (OwnedSemaphorePermit, Entered),
) {
    let limits = &worker.gate.config.limits;
    let serving = Rc::clone(worker);
    let service = service_fn(move |request| {
        let worker = Rc::clone(&serving);
        async move {
            Ok::<_, std::convert::Infallible>(crate::gate::answer(&worker, peer, request).await)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_headers(HEADERS_MAX)
        .max_buf_size(limits.head_bytes.max(8 << 10))
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::task::spawn_local(async move {
        let mut connection = std::pin::pin!(connection);
        // How a connection ends is the other side's business.
        tokio::select! {
            _ = connection.as_mut() => {}
            _ = stopped.changed() => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
        drop(held);
    });
}
