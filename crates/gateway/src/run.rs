//! Everything together, until told to stop: the runtime started, the ledger watched, the gateway served.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use lilliput_client::Sender;
use lilliput_workload::ensure_serving;
use tokio::net::TcpListener;
use tokio::sync::watch as channel;

use crate::desk::Desk;
use crate::error::GatewayError;
use crate::server::{Config, Gateway, serve};
use crate::watch::{WatchConfig, Watched, watch};

/// What a host of leases is started with.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// Where the gateway listens.
    pub listen: SocketAddr,
    /// Host names of services are labels below it.
    pub domain: String,
    /// Where manifests and the runtime's state are kept.
    pub folder: PathBuf,
    /// How clients are served.
    pub clients: Config,
    /// How the ledger is watched.
    pub watch: WatchConfig,
}

/// Runs what the provider's leases pay for. `ready` is told the gateway's address once it listens.
///
/// The runtime goes on when this ends, and so does what it runs: the next start finds it.
///
/// # Errors
/// When it can't begin: no runtime, no port. Later trouble is told.
pub fn run(
    config: &HostConfig,
    sender: &Sender,
    stop: &AtomicBool,
    ready: &dyn Fn(SocketAddr),
    tell: &dyn Fn(Watched),
) -> Result<(), GatewayError> {
    let started = ensure_serving(&config.folder.join("runtime"))?;
    let manifests = config.folder.join("manifests");
    let desk = Desk::open(sender.address(), &config.domain, started.client, &manifests)?;
    let desk = Arc::new(desk);
    let io = || GatewayError::io(std::path::Path::new("the gateway"));
    let threads = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let threads = threads.map_err(io())?;
    let listener = threads
        .block_on(TcpListener::bind(config.listen))
        .map_err(io())?;
    ready(listener.local_addr().map_err(io())?);
    let gateway = Arc::new(Gateway::new(Arc::clone(&desk)));
    let (stopper, stopped) = channel::channel(false);
    threads.spawn(serve(listener, gateway, config.clients, stopped));
    watch(sender, &desk, config.watch, stop, tell);
    let _ = stopper.send(true);
    threads.shutdown_background();
    Ok(())
}
