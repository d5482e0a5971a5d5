//! Clocks. In a deterministic run time passes when it is looked at or waited for, and not otherwise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use wasmtime::component::{HasData, Resource, ResourceTable};
use wasmtime_wasi::clocks::{WasiClocksCtx, WasiClocksCtxView};
use wasmtime_wasi::p2::bindings::clocks::monotonic_clock;
use wasmtime_wasi::p2::{DynPollable, Pollable, subscribe};
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, async_trait};

/// How far a look moves the clock, so that who waits by looking gets somewhere.
const LOOK_NS: u64 = 1000;

/// A clock that follows from what was asked of it.
#[derive(Clone)]
pub(crate) struct VirtualClock {
    start: Duration,
    passed_ns: Arc<AtomicU64>,
}

/// Selects [`ClockView`] for the linker.
pub(crate) struct Clocks;

/// The monotonic clock of an instance.
pub(crate) struct ClockView<'a> {
    pub(crate) context: &'a mut WasiClocksCtx,
    pub(crate) table: &'a mut ResourceTable,
    pub(crate) fixed: Option<&'a VirtualClock>,
}

/// Waits for a time of the virtual clock by letting it pass.
struct Until {
    clock: VirtualClock,
    when_ns: u64,
}

impl HasData for Clocks {
    type Data<'a> = ClockView<'a>;
}

impl VirtualClock {
    pub(crate) fn new(time_s: u64) -> Self {
        Self {
            start: Duration::from_secs(time_s),
            passed_ns: Arc::new(AtomicU64::new(0)),
        }
    }

    fn look(&self) -> u64 {
        self.passed_ns.fetch_add(LOOK_NS, Ordering::AcqRel)
    }
}

impl HostWallClock for VirtualClock {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(LOOK_NS)
    }

    fn now(&self) -> Duration {
        self.start.saturating_add(Duration::from_nanos(self.look()))
    }
}

impl HostMonotonicClock for VirtualClock {
    fn resolution(&self) -> u64 {
        LOOK_NS
    }

    fn now(&self) -> u64 {
        self.look()
    }
}

#[async_trait]
impl Pollable for Until {
    async fn ready(&mut self) {
        self.clock
            .passed_ns
            .fetch_max(self.when_ns, Ordering::AcqRel);
    }
}

impl ClockView<'_> {
    fn live(&mut self) -> WasiClocksCtxView<'_> {
        WasiClocksCtxView {
            ctx: self.context,
            table: self.table,
        }
    }

    fn until(
        &mut self,
        clock: &VirtualClock,
        when_ns: u64,
    ) -> wasmtime::Result<Resource<DynPollable>> {
        let clock = clock.clone();
        let until = self.table.push(Until { clock, when_ns })?;
        subscribe(self.table, until)
    }
}

impl monotonic_clock::Host for ClockView<'_> {
    fn now(&mut self) -> wasmtime::Result<u64> {
        monotonic_clock::Host::now(&mut self.live())
    }

    fn resolution(&mut self) -> wasmtime::Result<u64> {
        monotonic_clock::Host::resolution(&mut self.live())
    }

    fn subscribe_instant(&mut self, when: u64) -> wasmtime::Result<Resource<DynPollable>> {
        match self.fixed {
            Some(clock) => self.until(clock, when),
            None => self.live().subscribe_instant(when),
        }
    }

    fn subscribe_duration(&mut self, duration: u64) -> wasmtime::Result<Resource<DynPollable>> {
        match self.fixed {
            Some(clock) => {
                let when = clock.look().saturating_add(duration);
                self.until(clock, when)
            }
            None => self.live().subscribe_duration(duration),
        }
    }
}
