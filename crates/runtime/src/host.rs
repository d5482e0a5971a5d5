//! What a component can reach, and what that may cost it.

pub(crate) mod clock;
pub(crate) mod folder;
pub(crate) mod memory;
pub(crate) mod outbound;
pub(crate) mod output;

use std::sync::Arc;

use lilliput_workload::Workload;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use wasmtime::component::{Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::bindings::filesystem::types;
use wasmtime_wasi::p2::pipe::MemoryInputPipe;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::error::RuntimeError;
use clock::{ClockView, Clocks, VirtualClock};
use folder::{Disk, FolderView, Folders, Handles};
use memory::{MemoryAccount, MemoryBudget};
use outbound::Outbound;
use output::Output;

/// Bytes that one look at randomness gives at most.
const RANDOM_BYTES_MAX: u64 = 1 << 20;
/// Bytes of a request's or a response's header.
const HEADER_BYTES_MAX: usize = 64 << 10;

/// Everything that all runs of one workload share.
pub(crate) struct Shared {
    pub(crate) workload: Workload,
    pub(crate) disk: Arc<Disk>,
    pub(crate) memory: Arc<MemoryBudget>,
    pub(crate) stdout: Arc<Output>,
    pub(crate) stderr: Arc<Output>,
    pub(crate) outbound: Arc<outbound::Counter>,
    pub(crate) stdin: bytes::Bytes,
}

/// What stands behind one instance.
pub(crate) struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
    http: WasiHttpCtx,
    outbound: Outbound,
    memory: MemoryAccount,
    disk: Arc<Disk>,
    handles: Handles,
    clock: Option<VirtualClock>,
}

impl Host {
    /// A store with full fuel, for one job or one request.
    pub(crate) fn store(engine: &Engine, shared: &Shared) -> Result<Store<Self>, RuntimeError> {
        let limits = &shared.workload.limits;
        let mut table = ResourceTable::new();
        table.set_max_capacity(usize::try_from(limits.handles).unwrap_or(usize::MAX));
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(HEADER_BYTES_MAX);
        let fixed = shared.workload.deterministic.as_ref();
        let clock = fixed.map(|fixed| VirtualClock::new(fixed.time_s));
        let host = Self {
            wasi: context(shared, clock.as_ref())?,
            table,
            http,
            outbound: Outbound::new(shared),
            memory: MemoryAccount::new(Arc::clone(&shared.memory)),
            disk: Arc::clone(&shared.disk),
            handles: Handles::default(),
            clock,
        };
        let mut store = Store::new(engine, host);
        store.limiter(|host| &mut host.memory);
        store.set_fuel(limits.fuel).map_err(RuntimeError::engine)?;
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        Ok(store)
    }

    /// Whether memory was refused.
    pub(crate) fn was_denied_memory(&self) -> bool {
        self.memory.was_denied()
    }
}

fn context(shared: &Shared, clock: Option<&VirtualClock>) -> Result<WasiCtx, RuntimeError> {
    let workload = &shared.workload;
    let mut builder = WasiCtxBuilder::new();
    let name = workload.name.as_str();
    builder.arg(name).args(&workload.arguments);
    for (key, value) in &workload.environment {
        builder.env(key, value);
    }
    // What files do is then a function of the calls alone, not of a pool of threads.
    builder.allow_blocking_current_thread(true);
    builder.max_random_size(RANDOM_BYTES_MAX);
    builder.stdin(MemoryInputPipe::new(shared.stdin.clone()));
    builder.stdout(output::Pipe(Arc::clone(&shared.stdout)));
    builder.stderr(output::Pipe(Arc::clone(&shared.stderr)));
    let path = shared.disk.path();
    let opened = builder.preopened_dir(path, "/", FsPerms::ReadWrite);
    opened.map_err(RuntimeError::engine)?;
    outbound::allow(&mut builder, shared);
    if let (Some(fixed), Some(clock)) = (&workload.deterministic, clock) {
        let [seed, insecure] = [0, 1].map(|stream| {
            let mut random = ChaCha20Rng::from_seed(fixed.seed.0);
            random.set_stream(stream);
            random
        });
        builder.secure_random(seed);
        builder.insecure_random(insecure);
        let mut half = [0; 16];
        half.copy_from_slice(&fixed.seed.0[..16]);
        builder.insecure_random_seed(u128::from_le_bytes(half));
        builder.wall_clock(clock.clone());
        builder.monotonic_clock(clock.clone());
    }
    Ok(builder.build())
}

/// All that a component may import. What isn't here can't be linked, so a component that wants to start a process or a thread is
/// refused before it runs.
pub(crate) fn linker(engine: &Engine) -> Result<Linker<Host>, RuntimeError> {
    let mut linker = Linker::new(engine);
    link(&mut linker).map_err(RuntimeError::engine)?;
    Ok(linker)
}

fn link(linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    wasmtime_wasi::p2::add_to_linker_async(linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
    linker.allow_shadowing(true);
    types::add_to_linker::<Host, Folders>(linker, |host| FolderView {
        context: host.wasi.filesystem(),
        table: &mut host.table,
        disk: &host.disk,
        handles: &mut host.handles,
        fixed: host.clock.is_some(),
    })?;
    monotonic_clock::add_to_linker::<Host, Clocks>(linker, |host| ClockView {
        context: host.wasi.clocks(),
        table: &mut host.table,
        fixed: host.clock.as_ref(),
    })?;
    linker.allow_shadowing(false);
    Ok(())
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Host {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.outbound,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
