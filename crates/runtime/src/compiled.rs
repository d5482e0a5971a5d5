//! Components are compiled once, in a process of their own, and kept under the hash of their bytes and of the engine.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};

use lilliput_workload::Digest;
use lilliput_workload::limits::COMPONENT_BYTES_MAX;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::confine;
use crate::engine::engine;
use crate::error::RuntimeError;

/// Where the compiled form of a component is kept.
pub(crate) fn path(folder: &Path, component: Digest) -> Result<PathBuf, RuntimeError> {
    let mut hasher = DefaultHasher::new();
    engine()?.precompile_compatibility_hash().hash(&mut hasher);
    Ok(folder.join(format!("{component}-{:016x}.cwasm", hasher.finish())))
}

/// Compiles a component into a file. For a process that does nothing else: the bytes are hostile, and so may be what they make a compiler
/// do.
///
/// # Errors
/// When it is no component, or too large.
pub fn compile(from: &Path, to: &Path) -> Result<(), RuntimeError> {
    confine::compiler()?;
    let file = std::fs::File::open(from).map_err(RuntimeError::io(from))?;
    let mut bytes = Vec::new();
    let read = file.take(COMPONENT_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(RuntimeError::io(from))?;
    if bytes.len() as u64 > COMPONENT_BYTES_MAX {
        let reason = format!("the component is larger than {COMPONENT_BYTES_MAX} bytes");
        return Err(RuntimeError::Engine { reason });
    }
    let compiled = engine()?.precompile_component(&bytes);
    let compiled = compiled.map_err(RuntimeError::engine)?;
    std::fs::write(to, compiled).map_err(RuntimeError::io(to))
}

/// Loads what [`compile`] wrote.
#[expect(
    unsafe_code,
    reason = "the file was written by our own compiler, into a folder that only this user can write, and moved there by the supervisor"
)]
pub(crate) fn load(engine: &Engine, path: &Path) -> Result<Component, RuntimeError> {
    // SAFETY: see above; the engine checks that its own version and settings made it.
    let component = unsafe { Component::deserialize_file(engine, path) };
    component.map_err(RuntimeError::engine)
}
