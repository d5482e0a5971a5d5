//! Starting and stopping.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;

use lilliput_crypto::{SecretKey, private_file, random_bytes};
use lilliput_pass::desk::{Desk, DeskFiles, DeskRules};
use lilliput_pass::store::Place;
use tokio::runtime::Builder;
use tokio::sync::{Semaphore, watch};
use tokio::task::LocalSet;

use crate::admin::serve::Admin;
use crate::config::Config;
use crate::counters::Counters;
use crate::error::StartError;
use crate::gate::{Gate, now_ms, now_s};
use crate::humans::Humans;
use crate::journal::Journal;
use crate::money::Money;
use crate::proxy::upstream::Pool;
use crate::proxy::worker::{Doors, Worker, serve};
use crate::rates::Rates;
use crate::tariff::Tariff;

/// Threads of a worker that may block.
const BLOCKING_THREADS: usize = 16;
/// How often what takes time is looked after.
const CARE_TIME: Duration = Duration::from_millis(200);
const CARES_A_MINUTE: u64 = 300;
const CARES_A_PAYMENT: u64 = 15;
const KEY_FILE: &str = "gate.key";
const TOKEN_FILE: &str = "page-token";
const KEY_BYTES_MAX: usize = 128;

/// A gate at work; stops when told, or when dropped.
pub struct Running {
    gate: Arc<Gate>,
    address: SocketAddr,
    admin: Option<(SocketAddr, String)>,
    stop: watch::Sender<bool>,
    ended: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// Starts a gate and returns when it answers.
///
/// # Errors
/// When folder, ports or keys can't be used.
pub fn start(config: Config) -> Result<Running, StartError> {
    if let Some(admin) = config.admin.filter(|admin| !admin.ip().is_loopback()) {
        return Err(StartError::AdminNotLoopback(admin));
    }
    let folder = |source| StartError::Folder {
        folder: config.data.display().to_string(),
        source,
    };
    fs::create_dir_all(&config.data).map_err(folder)?;
    let key = key(&config.data.join(KEY_FILE))?;
    let listener = listen(config.listen)?;
    let address = listener.local_addr().map_err(|source| StartError::Listen {
        address: config.listen,
        source,
    })?;
    let humans = match &config.humans {
        Some(file) => Some(Humans::open(file, now_s())?),
        None => None,
    };
    let gate = Arc::new(Gate {
        money: Money::open(&config, &key, now_s())?,
        counters: Counters::new(config.threads),
        journal: Journal::open(&config.data, key).map_err(StartError::Log)?,
        desk: desk(&config, humans.as_ref())?,
        humans,
        rates: Rates::default(),
        tunnels: Arc::new(Semaphore::new(config.limits.tunnels)),
        lane_key: random_bytes()?,
        tariff: Tariff::new(config.site_bears, config.target_permille, now_ms())?,
        config,
    });
    let (stop, stopped) = watch::channel(false);
    let mut running = Running {
        gate: Arc::clone(&gate),
        address,
        admin: None,
        stop,
        ended: Arc::default(),
        threads: Vec::new(),
    };
    let doors = Doors::new(gate.config.limits.connections);
    for place in 0..gate.config.threads.max(1) {
        let listener = listener.try_clone().map_err(StartError::Threads)?;
        running.worker(place, listener, &doors, stopped.clone())?;
    }
    running.care()?;
    running.admin(stopped)?;
    Ok(running)
}

/// Runs a gate until a signal to end comes.
///
/// # Errors
/// When it doesn't start.
pub fn run(config: Config, ready: impl FnOnce(&Running)) -> Result<(), StartError> {
    let running = start(config)?;
    ready(&running);
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(StartError::Threads)?;
    runtime.block_on(signal());
    drop(running);
    Ok(())
}

async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without signals it runs until it is killed.
    let _ = tokio::signal::ctrl_c().await;
}

fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

/// The key that the log is sealed with, made when there is none.
fn key(path: &Path) -> Result<SecretKey, StartError> {
    if !path.exists() {
        let secret = SecretKey::generate()?;
        private_file::create(path, hex::encode(secret.seed()).as_bytes())?;
    }
    let text = private_file::read(path, KEY_BYTES_MAX)?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.trim_ascii(), &mut bytes).map_err(|_| StartError::NoKey)?;
    Ok(SecretKey::from_seed(bytes))
}

/// The secret of the page's address, kept so that a bookmark goes on working.
fn page_token(path: &Path) -> Result<String, StartError> {
    if !path.exists() {
        let token = hex::encode(random_bytes::<16>()?);
        private_file::create(path, token.as_bytes())?;
    }
    let bytes = private_file::read(path, KEY_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    let plain = text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain {
        Ok(text)
    } else {
        Err(StartError::NoToken)
    }
}

fn desk(config: &Config, humans: Option<&Humans>) -> Result<Desk, StartError> {
    let rules = DeskRules {
        site: config.site.clone(),
        secure: config.secure,
        ..DeskRules::default()
    };
    let store = match &config.store {
        Some(address) => Place::Redis(address.clone()),
        None => Place::Folder(config.data.join("spent")),
    };
    let files = DeskFiles {
        secret: config
            .secret
            .clone()
            .unwrap_or_else(|| config.data.join("secret")),
        store,
    };
    Ok(Desk::open(
        rules,
        &files,
        humans.map(Humans::check),
        now_s(),
    )?)
}

impl Running {
    /// Where visitors come in.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The owner's page, with the secret in its address.
    #[must_use]
    pub fn admin_url(&self) -> Option<String> {
        self.admin
            .as_ref()
            .map(|(address, token)| format!("http://{address}/{token}/"))
    }

    /// Starts the owner's side.
    fn admin(&mut self, stopped: watch::Receiver<bool>) -> Result<(), StartError> {
        let Some(wanted) = self.gate.config.admin else {
            return Ok(());
        };
        let listener = listen(wanted)?;
        let address = listener.local_addr().map_err(|source| StartError::Listen {
            address: wanted,
            source,
        })?;
        let token = page_token(&self.gate.config.data.join(TOKEN_FILE))?;
        self.admin = Some((address, token.clone()));
        let admin = Arc::new(Admin {
            gate: Arc::clone(&self.gate),
            address,
            token,
        });
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let thread = std::thread::Builder::new()
            .name("gate-page".to_owned())
            .spawn(move || runtime.block_on(crate::admin::serve::serve(listener, admin, stopped)))
            .map_err(StartError::Threads)?;
        self.threads.push(thread);
        Ok(())
    }

    fn worker(
        &mut self,
        place: usize,
        listener: TcpListener,
        doors: &Arc<Doors>,
        stopped: watch::Receiver<bool>,
    ) -> Result<(), StartError> {
        let gate = Arc::clone(&self.gate);
        let doors = Arc::clone(doors);
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(BLOCKING_THREADS)
            .enable_all()
            .build()
            .map_err(StartError::Threads)?;
        let thread = std::thread::Builder::new()
            .name(format!("gate-{place}"))
            .spawn(move || {
                let limits = &gate.config.limits;
                let pool = Pool::new(
                    gate.config.upstream.authority.clone(),
                    limits.connect_time,
                    limits.answer_time,
                );
                let worker = Worker { gate, pool, place };
                LocalSet::new().block_on(&runtime, serve(listener, worker, doors, stopped));
            })
            .map_err(StartError::Threads)?;
        self.threads.push(thread);
        Ok(())
    }

    /// A thread for what takes time and isn't a request: keys of new epochs.
    fn care(&mut self) -> Result<(), StartError> {
        let gate = Arc::clone(&self.gate);
        let ended = Arc::clone(&self.ended);
        let thread = std::thread::Builder::new()
            .name("gate-care".to_owned())
            .spawn(move || {
                let mut count = 0_u64;
                while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                    std::thread::sleep(CARE_TIME);
                    count += 1;
                    gate.tariff.tick(now_ms());
                    if count.is_multiple_of(CARES_A_PAYMENT) {
                        gate.money.care(now_s());
                    }
                    if count.is_multiple_of(CARES_A_MINUTE) {
                        // A key that can't be made is asked for again in a minute; the old one still counts.
                        let _ = gate.desk.refresh(now_s());
                        if let Some(humans) = &gate.humans {
                            // A file that can't be read right now: what was read before counts on.
                            let _ = humans.refresh(now_s());
                        }
                    }
                }
            })
            .map_err(StartError::Threads)?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ended.store(true, std::sync::atomic::Ordering::Relaxed);
        // The workers hear of it even when nobody listens any more.
        let _ = self.stop.send(true);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
