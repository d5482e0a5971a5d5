//! What the page calls: bytes in, a check, bytes out.
//!
//! Bytes are passed four at a time, low byte first, so that the page never writes into this module's memory and no
//! pointer crosses the border.

#![expect(
    unsafe_code,
    unreachable_pub,
    reason = "a function that JavaScript calls needs the name it has here"
)]

use std::cell::RefCell;

use crate::check::{CONTEXT_BYTES, check};

/// Longest input: a little more than the longest proof.
const BYTES_MAX: usize = 1 << 25;

/// What was passed so far, and the report.
#[derive(Default)]
struct Passed {
    inputs: [Vec<u8>; 3],
    report: Vec<u8>,
}

thread_local! {
    static PASSED: RefCell<Passed> = RefCell::default();
}

/// Forgets everything.
#[unsafe(no_mangle)]
pub extern "C" fn check_start() {
    PASSED.with_borrow_mut(|passed| *passed = Passed::default());
}

/// Appends the lowest `count` bytes of `word` to the key (0), the proof (1) or the context (2). Gives 1, or 0 for
/// more bytes than there can be.
#[unsafe(no_mangle)]
pub extern "C" fn check_push(which: u32, word: u32, count: u32) -> u32 {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    PASSED.with_borrow_mut(|passed| {
        let Some(input) = usize::try_from(which)
            .ok()
            .and_then(|which| passed.inputs.get_mut(which))
        else {
            return 0;
        };
        if input.len() >= BYTES_MAX {
            return 0;
        }
        input.extend(word.to_le_bytes().into_iter().take(count));
        1
    })
}

/// Checks what was passed and gives the report's length.
#[unsafe(no_mangle)]
pub extern "C" fn check_run() -> u32 {
    PASSED.with_borrow_mut(|passed| {
        let [key, proof, context] = &passed.inputs;
        let context: Option<&[u8; CONTEXT_BYTES]> = context.as_slice().try_into().ok();
        passed.report = check(key, proof, context).to_string().into_bytes();
        u32::try_from(passed.report.len()).unwrap_or(0)
    })
}

/// A byte of the report; zero behind its end.
#[unsafe(no_mangle)]
pub extern "C" fn check_report(index: u32) -> u32 {
    PASSED.with_borrow(|passed| {
        let byte = usize::try_from(index)
            .ok()
            .and_then(|index| passed.report.get(index));
        byte.copied().map_or(0, u32::from)
    })
}

#[cfg(test)]
mod tests;
