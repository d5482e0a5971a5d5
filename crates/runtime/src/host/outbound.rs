//! Connections to the outside: none, but to what the workload's rules name.
//!
//! A rule by address allows connections of `wasi:sockets` and requests of `wasi:http`; a rule by name allows requests only. Names are looked
//! up here, never by the component, and a name that leads to this machine or its neighbours leads nowhere.

mod address;
mod request;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use lilliput_workload::NetworkRule;
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::sockets::SocketAddrUse;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use super::Shared;

/// How many connections a workload has made, of how many.
#[derive(Debug)]
pub(crate) struct Counter {
    made: AtomicU64,
}

/// What one job, or the answer to one request, may still do.
pub(crate) struct Outbound {
    rules: Vec<NetworkRule>,
    total: Arc<Counter>,
    left: u64,
    wall: Duration,
}

impl Counter {
    pub(crate) const fn new() -> Self {
        let made = AtomicU64::new(0);
        Self { made }
    }

    pub(crate) fn made(&self) -> u64 {
        self.made.load(Ordering::Acquire)
    }
}

impl Outbound {
    pub(super) fn new(shared: &Shared) -> Self {
        let limits = &shared.workload.limits;
        Self {
            rules: shared.workload.network.iter().cloned().collect(),
            total: Arc::clone(&shared.outbound),
            left: limits.sub_requests,
            wall: Duration::from_millis(limits.wall_ms),
        }
    }

    /// Counts a request and finds the rule that allows it.
    fn rule(&mut self, host: &str, port: u16) -> Result<NetworkRule, Error> {
        let host = host.to_ascii_lowercase();
        let rule = self
            .rules
            .iter()
            .find(|rule| rule.host == host && rule.port == port);
        let rule = rule.ok_or(Error::HttpRequestDenied)?;
        self.left = self
            .left
            .checked_sub(1)
            .ok_or(Error::ConnectionLimitReached)?;
        self.total.made.fetch_add(1, Ordering::AcqRel);
        Ok(rule.clone())
    }
}

/// Opens `wasi:sockets` for rules that name an address; outgoing TCP only.
pub(super) fn allow(builder: &mut WasiCtxBuilder, shared: &Shared) {
    let rules = shared.workload.network.iter();
    let allowed: Vec<SocketAddr> = rules
        .filter_map(|rule| Some(SocketAddr::new(rule.address()?, rule.port)))
        .collect();
    if allowed.is_empty() {
        return;
    }
    builder.allow_tcp(true);
    let left = Arc::new(AtomicU64::new(shared.workload.limits.sub_requests));
    let total = Arc::clone(&shared.outbound);
    builder.socket_addr_check(move |address, purpose| {
        let good = match purpose {
            // What connecting does by itself: any free port.
            SocketAddrUse::TcpBind => address.ip().is_unspecified() && address.port() == 0,
            SocketAddrUse::TcpConnect if allowed.contains(&address) => {
                let less = |left: u64| left.checked_sub(1);
                let taken = left.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
                total
                    .made
                    .fetch_add(u64::from(taken.is_ok()), Ordering::AcqRel);
                taken.is_ok()
            }
            // Listening, and everything of UDP.
            _ => false,
        };
        Box::pin(async move { good })
    });
}

type Answer = (
    hyper::Response<WasiBody>,
    Box<dyn Future<Output = Result<(), Error>> + Send>,
);

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: hyper::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Answer, Error>> + Send> {
        let wall = self.wall;
        let rule = request::target(&request).and_then(|(host, port)| self.rule(&host, port));
        Box::new(async move {
            let sent = tokio::time::timeout(wall, request::send(request, rule?));
            sent.await.map_err(|_| Error::ConnectionTimeout)?
        })
    }
}
