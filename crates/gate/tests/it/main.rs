//! A gate before a site, both on the loopback: what comes through, what doesn't, and what is said then.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says why it skips"
)]

#[path = "../../../cli/tests/it/browser.rs"]
#[expect(
    dead_code,
    reason = "the browser of the command's tests, of which these need a part"
)]
mod browser;
mod end_to_end;
mod hostile;
mod journal;
mod passing;
mod paying;
mod proxying;
mod servers;
mod world;
