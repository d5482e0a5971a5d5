//! What an engine's error means.

use lilliput_workload::{Limit, Outcome};
use wasmtime::Trap;
use wasmtime::component::ResourceTableError;
use wasmtime_wasi::I32Exit;

use crate::host::output::OutputExceeded;

/// Letters of a reason.
const REASON_MAX: usize = 400;

/// How a run that ended with an error ended.
pub(super) fn of(error: &wasmtime::Error) -> Outcome {
    if let Some(I32Exit(code)) = error.downcast_ref::<I32Exit>() {
        let code = u8::try_from(*code).unwrap_or(u8::MAX);
        return Outcome::Exited { code };
    }
    match exceeded(error) {
        Some(limit) => Outcome::Exceeded { limit },
        None => Outcome::Trapped {
            reason: reason(error),
        },
    }
}

fn exceeded(error: &wasmtime::Error) -> Option<Limit> {
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => return Some(Limit::Fuel),
        Some(Trap::StackOverflow) => return Some(Limit::Stack),
        _ => {}
    }
    for cause in error.chain() {
        if cause.is::<OutputExceeded>() {
            return Some(Limit::Output);
        }
        if matches!(cause.downcast_ref(), Some(ResourceTableError::Full)) {
            return Some(Limit::Handles);
        }
    }
    None
}

/// The causes in one line. Where in the code it was is left out: it is of no use without the source, and differs between
/// engines.
pub(super) fn reason(error: &wasmtime::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        let line = text.lines().next().unwrap_or_default().to_owned();
        if !line.starts_with("error while executing") && parts.last() != Some(&line) {
            parts.push(line);
        }
    }
    parts.join(": ").chars().take(REASON_MAX).collect()
}
