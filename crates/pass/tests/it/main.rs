//! Tests of passes: sealed forms, stores, a desk's answers, and the pages in a browser.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says why it skips"
)]

#[path = "../../../cli/tests/it/browser.rs"]
#[expect(dead_code, reason = "the pages need no mouse lines")]
mod browser;
mod desk;
mod humans;
mod pages;
mod sealed;
mod server;
mod shared;
mod speed;
mod store;
mod tokens;
mod waits;
mod world;
