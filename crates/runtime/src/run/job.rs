//! `wasi:cli/run`, once.

use std::time::{Duration, Instant};

use lilliput_workload::{Digest, Hasher};
use lilliput_workload::{Limit, Outcome, Report};
use wasmtime::component::Component;
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::bindings::CommandPre;

use super::{outcome, used};
use crate::error::RuntimeError;
use crate::host::folder::list;
use crate::host::{Host, Shared, linker};

/// Runs a job to its end.
pub(crate) async fn run(
    engine: &Engine,
    component: &Component,
    shared: &Shared,
) -> Result<Report, RuntimeError> {
    let begun = Instant::now();
    let limits = &shared.workload.limits;
    let mut store = Host::store(engine, shared)?;
    let wall = Duration::from_millis(limits.wall_ms);
    let run = tokio::time::timeout(wall, call(engine, component, &mut store));
    let outcome = run.await.unwrap_or(Outcome::Exceeded {
        limit: Limit::WallTime,
    });
    let outcome = if shared.stdout.was_exceeded() || shared.stderr.was_exceeded() {
        let limit = Limit::Output;
        Outcome::Exceeded { limit }
    } else {
        outcome
    };
    let mut used = used(shared);
    let left = store.get_fuel().map_err(RuntimeError::engine)?;
    used.fuel = limits.fuel.saturating_sub(left);
    used.wall_ms = begun.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
    let output = if outcome.is_reproducible() {
        output(&outcome, shared)?
    } else {
        None
    };
    let engine = crate::engine::name().to_owned();
    Ok(Report {
        outcome,
        used,
        output,
        engine,
    })
}

async fn call(engine: &Engine, component: &Component, store: &mut Store<Host>) -> Outcome {
    let prepared = linker(engine).and_then(|linker| {
        let prepared = linker.instantiate_pre(component);
        let prepared = prepared.and_then(CommandPre::new);
        prepared.map_err(RuntimeError::engine)
    });
    let prepared = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            let reason = error.to_string();
            return Outcome::Refused { reason };
        }
    };
    let command = match prepared.instantiate_async(&mut *store).await {
        Ok(command) => command,
        Err(_) if store.data().was_denied_memory() => {
            let limit = Limit::Memory;
            return Outcome::Exceeded { limit };
        }
        Err(error) => return outcome::of(&error),
    };
    match command.wasi_cli_run().call_run(store).await {
        Ok(Ok(())) => Outcome::Exited { code: 0 },
        Ok(Err(())) => Outcome::Exited { code: 1 },
        Err(error) => outcome::of(&error),
    }
}

/// One hash of everything that a job leaves: how it ended, what it wrote, and each file of its folder.
fn output(outcome: &Outcome, shared: &Shared) -> Result<Option<Digest>, RuntimeError> {
    let (Some(stdout), Some(stderr)) = (shared.stdout.digest(), shared.stderr.digest()) else {
        return Ok(None);
    };
    let mut hasher = Hasher::output();
    let code = match outcome {
        Outcome::Exited { code } => u16::from(*code),
        Outcome::Trapped { .. } => 0x100,
        _ => 0x200,
    };
    hasher.update(&code.to_le_bytes());
    hasher.update(&stdout.0).update(&stderr.0);
    let folder = shared.disk.path();
    for (path, bytes) in list(folder).map_err(RuntimeError::io(folder))? {
        hasher.update(&(path.len() as u64).to_le_bytes());
        hasher.update(path.as_bytes());
        match bytes {
            None => hasher.update(&[0]),
            Some(_) => hasher.update(&[1]).update(&digest(&folder.join(&path))?.0),
        };
    }
    Ok(Some(hasher.finish()))
}

/// The blob's id of a file, read piece by piece.
fn digest(path: &std::path::Path) -> Result<Digest, RuntimeError> {
    use std::io::Read;
    let mut file = std::fs::File::open(path).map_err(RuntimeError::io(path))?;
    let mut hasher = Hasher::blob();
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer).map_err(RuntimeError::io(path))? {
            0 => return Ok(hasher.finish()),
            read => hasher.update(&buffer[..read]),
        };
    }
}
