//! The memory allocator of the command `lilliput`.
//!
//! A large proof takes and gives back gigabytes, step by step. An allocator that returns each block to the kernel has it
//! cleared again a moment later, which took up to half of a proof's CPU time. This one keeps freed pages for some
//! seconds, then returns them, so that a node at rest is small.

use libmimalloc_sys::{mi_option_set, mi_option_t};
use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How long freed pages are kept: longer than between two steps of a proof.
const KEPT_MS: core::ffi::c_long = 10_000;

/// mimalloc's `mi_option_purge_delay`, for which the bindings have no name; the test would notice another place.
const PURGE_DELAY: mi_option_t = 15;

/// Lets freed pages stay for some seconds. Call it first.
#[expect(
    unsafe_code,
    reason = "an option of the allocator is set by a call of C"
)]
pub fn keep_pages() {
    // SAFETY: the option exists in the pinned version; setting it takes a number and touches nothing else.
    unsafe { mi_option_set(PURGE_DELAY, KEPT_MS) };
}

#[cfg(test)]
mod tests {
    use libmimalloc_sys::mi_option_get;

    use super::{KEPT_MS, PURGE_DELAY, keep_pages};

    #[expect(
        unsafe_code,
        reason = "an option of the allocator is read by a call of C"
    )]
    fn kept_ms() -> core::ffi::c_long {
        // SAFETY: reading an option has no effect.
        unsafe { mi_option_get(PURGE_DELAY) }
    }

    /// The delay's documented default tells it from its neighbours, which are switches and sizes.
    #[test]
    fn the_option_is_the_delay() {
        assert_eq!(kept_ms(), 1_000);
        keep_pages();
        assert_eq!(kept_ms(), KEPT_MS);
    }
}
