//! Starting and stopping.

use std::fs::{self, File, TryLockError};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::config::Config;
use crate::error::StartError;
use crate::http;
use crate::node::Node;

/// How often deadlines are looked at.
const TICK: Duration = Duration::from_millis(100);
/// How many ticks pass between two sweeps of old inputs.
const SWEEP_TICKS: u64 = 600;
/// Threads that wait for the ledger; each request that needs it takes one.
const BLOCKING_THREADS: usize = 128;
/// Name of the lock file in the data folder.
const LOCK_FILE: &str = "lock";

/// A node at work; stops when told, or when dropped.
pub struct Running {
    node: Arc<Node>,
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// Starts a node and returns when it answers.
///
/// # Errors
/// When folder or port are taken, or the data can't be opened.
pub fn start(config: Config) -> Result<Running, StartError> {
    let lock = lock_folder(&config.data)?;
    let listener = listen(config.listen)?;
    let address = local_address(&listener, config.listen)?;
    let node = Arc::new(Node::open(config, address)?);
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(BLOCKING_THREADS)
        .enable_all()
        .build()
        .map_err(StartError::Threads)?;
    let (stop, stopped) = watch::channel(false);
    let serving = Arc::clone(&node);
    let thread = std::thread::Builder::new()
        .name("node".to_owned())
        .spawn(move || {
            serve(&runtime, serving, listener, stopped);
            runtime.shutdown_timeout(Duration::from_secs(5));
            drop(lock);
        })
        .map_err(StartError::Threads)?;
    Ok(Running {
        node,
        address,
        stop,
        thread: Some(thread),
    })
}

/// Runs a node until the process is asked to end; `ready` is called once it answers.
///
/// # Errors
/// See [`start`].
pub fn run(config: Config, ready: impl FnOnce(&Running)) -> Result<(), StartError> {
    let running = start(config)?;
    ready(&running);
    running.wait_for_signal()
}

impl Running {
    /// What the node knows, without HTTP.
    #[must_use]
    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    /// The address it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits for interrupt or termination, then stops.
    ///
    /// # Errors
    /// When signals can't be waited for.
    pub fn wait_for_signal(self) -> Result<(), StartError> {
        self.wait_for_signal_then(|| {})
    }

    /// Waits for interrupt or termination, lets those who use the node stop, then stops it.
    ///
    /// # Errors
    /// When signals can't be waited for.
    pub fn wait_for_signal_then(self, before: impl FnOnce()) -> Result<(), StartError> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        runtime.block_on(signal()).map_err(StartError::Threads)?;
        before();
        self.stop();
        Ok(())
    }

    /// Stops taking requests, finishes those begun, closes the data.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Without a receiver it has stopped already.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Calls back at the first interrupt or termination, from a thread of its own.
///
/// # Errors
/// When signals can't be waited for.
pub fn on_signal(call: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            if runtime.block_on(signal()).is_ok() {
                call();
            }
        })?;
    Ok(())
}

fn serve(
    runtime: &Runtime,
    node: Arc<Node>,
    listener: TcpListener,
    stopped: watch::Receiver<bool>,
) {
    runtime.block_on(async {
        let ticking = tokio::spawn(tick(Arc::clone(&node), stopped.clone()));
        http::serve(node, listener, stopped).await;
        // The ticker ends by the same signal; if it panicked there is nothing left to stop.
        let _ = ticking.await;
    });
}

/// Closes what time has closed.
async fn tick(node: Arc<Node>, mut stopped: watch::Receiver<bool>) {
    let mut ticks = 0_u64;
    loop {
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            _ = stopped.changed() => return,
        }
        ticks = ticks.wrapping_add(1);
        let sweep = ticks.is_multiple_of(SWEEP_TICKS);
        let node = Arc::clone(&node);
        let work = tokio::task::spawn_blocking(move || node.tick(sweep));
        // Errors are met again, and told, by the next request; the ticker only has to go on.
        let _ = work.await;
    }
}

async fn signal() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            result = tokio::signal::ctrl_c() => result,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// Takes a folder for this process; the lock ends with it, whatever happens.
///
/// # Errors
/// When another process has it.
pub fn lock_folder(folder: &Path) -> Result<File, StartError> {
    let failed = |source| StartError::Folder {
        path: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let file = File::create(folder.join(LOCK_FILE)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StartError::FolderInUse {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).map_err(|source| {
        if source.kind() == std::io::ErrorKind::AddrInUse {
            StartError::PortTaken { address }
        } else {
            StartError::Listen { address, source }
        }
    })?;
    listener
        .set_nonblocking(true)
        .map_err(|source| StartError::Listen { address, source })?;
    Ok(listener)
}

fn local_address(listener: &TcpListener, asked: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Listen {
        address: asked,
        source,
    })
}
