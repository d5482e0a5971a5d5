//! Memory of all instances of a workload, counted together.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use wasmtime::ResourceLimiter;

/// Bytes that one element of a table counts as.
const ELEMENT_BYTES: u64 = 16;
/// Instances, tables and memories that one component may be made of.
const PARTS_MAX: usize = 1000;

/// What a workload may have, and has.
pub(crate) struct MemoryBudget {
    max: u64,
    now: AtomicU64,
    peak: AtomicU64,
}

/// What one instance holds of it; given back when it is dropped.
pub(crate) struct MemoryAccount {
    budget: Arc<MemoryBudget>,
    held: u64,
    /// The last growth, for the case that the system can't provide it.
    last: u64,
    denied: bool,
}

impl MemoryBudget {
    pub(crate) fn new(max: u64) -> Self {
        Self {
            max,
            now: AtomicU64::new(0),
            peak: AtomicU64::new(0),
        }
    }

    pub(crate) fn peak(&self) -> u64 {
        self.peak.load(Ordering::Acquire)
    }

    fn take(&self, bytes: u64) -> bool {
        let within = |now: u64| now.checked_add(bytes).filter(|sum| *sum <= self.max);
        let taken = self
            .now
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, within);
        if let Ok(before) = taken {
            self.peak.fetch_max(before + bytes, Ordering::AcqRel);
        }
        taken.is_ok()
    }
}

impl MemoryAccount {
    pub(crate) const fn new(budget: Arc<MemoryBudget>) -> Self {
        Self {
            budget,
            held: 0,
            last: 0,
            denied: false,
        }
    }

    pub(crate) const fn was_denied(&self) -> bool {
        self.denied
    }

    fn grow(&mut self, bytes: u64) -> bool {
        let taken = self.budget.take(bytes);
        if taken {
            self.held += bytes;
            self.last = bytes;
        }
        self.denied |= !taken;
        taken
    }

    fn give_back(&mut self) {
        self.budget.now.fetch_sub(self.last, Ordering::AcqRel);
        self.held -= self.last;
        self.last = 0;
    }
}

impl Drop for MemoryAccount {
    fn drop(&mut self) {
        self.budget.now.fetch_sub(self.held, Ordering::AcqRel);
    }
}

impl ResourceLimiter for MemoryAccount {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current) as u64))
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.give_back();
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let elements = desired.saturating_sub(current) as u64;
        Ok(self.grow(elements.saturating_mul(ELEMENT_BYTES)))
    }

    fn table_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.give_back();
        Ok(())
    }

    fn instances(&self) -> usize {
        PARTS_MAX
    }

    fn tables(&self) -> usize {
        PARTS_MAX
    }

    fn memories(&self) -> usize {
        PARTS_MAX
    }
}
