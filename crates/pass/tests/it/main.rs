//! Tests of passes: sealed forms, stores, a desk's answers, and the pages in a browser.

#[path = "../../../cli/tests/it/browser.rs"]
#[expect(dead_code, reason = "the pages need no mouse lines")]
mod browser;
mod desk;
mod pages;
mod sealed;
mod server;
mod speed;
mod store;
mod tokens;
mod waits;
mod world;
