//! Where a host name leads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use lilliput_workload::{Client, Name, State};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Requests of one service at a time; the next is told to come back.
const REQUESTS_MAX: usize = 128;

/// A service and the port that it had when somebody last looked.
#[derive(Debug)]
pub(crate) struct Route {
    name: Name,
    /// Zero if nobody knows.
    port: AtomicU16,
    room: Arc<Semaphore>,
}

impl Route {
    pub(super) fn new(name: Name) -> Self {
        Self {
            name,
            port: AtomicU16::new(0),
            room: Arc::new(Semaphore::new(REQUESTS_MAX)),
        }
    }

    pub(crate) const fn name(&self) -> &Name {
        &self.name
    }

    /// Room for one more request.
    pub(crate) fn enter(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).try_acquire_owned().ok()
    }

    /// The port as it was known last.
    pub(crate) fn known(&self) -> Option<u16> {
        Some(self.port.load(Ordering::Acquire)).filter(|port| *port != 0)
    }

    /// Asks the runtime for the port: a service that was started again has another.
    pub(crate) async fn look(&self, runtime: &Client) -> Option<u16> {
        let (runtime, name) = (runtime.clone(), self.name.clone());
        let asked = tokio::task::spawn_blocking(move || runtime.status(&name)).await;
        let status = asked.ok().and_then(Result::ok)?;
        let port = status.port.filter(|_| status.state == State::Running);
        self.port.store(port.unwrap_or(0), Ordering::Release);
        port
    }
}
