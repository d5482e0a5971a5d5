//! A gate before a site, both on the loopback: what comes through, what doesn't, and what is said then.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says why it skips"
)]

mod hostile;
mod journal;
mod passing;
mod proxying;
mod world;
