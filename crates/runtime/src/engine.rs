//! One configuration of the engine for everything that runs, so that a component is compiled once.

use wasmtime::{Config, Engine};

use crate::error::RuntimeError;

/// How often running code is looked at.
pub(crate) const EPOCH: std::time::Duration = std::time::Duration::from_millis(10);
/// Bytes of stack for a component's calls.
const STACK_BYTES: usize = 512 << 10;
/// Bytes of stack that also carries the host's calls.
const ASYNC_STACK_BYTES: usize = 2 << 20;

/// The engine's name and version.
#[must_use]
pub const fn name() -> &'static str {
    "wasmtime 48.0.8"
}

/// The engine.
///
/// NaN bits and relaxed vector operations are pinned for every run and not just for deterministic ones: otherwise a component
/// would have to be compiled twice, and would compute differently where nobody looks.
pub(crate) fn engine() -> Result<Engine, RuntimeError> {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true)
        .wasm_memory64(false)
        .wasm_backtrace_max_frames(None)
        .max_wasm_stack(STACK_BYTES)
        .async_stack_size(ASYNC_STACK_BYTES);
    Engine::new(&config).map_err(RuntimeError::engine)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_name_is_that_of_the_pinned_engine() {
        let lock = include_str!("../../../Cargo.lock");
        let (name, version) = super::name().split_once(' ').unwrap();
        let wanted = format!("name = \"{name}\"\nversion = \"{version}\"\n");
        assert!(lock.contains(&wanted), "{wanted}");
    }
}
