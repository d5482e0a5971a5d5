//! The verifier in a visitor's browser.
//!
//! `cargo xtask wasm` compiles this crate to WebAssembly; the node's pages load it in a worker and hand it a key and
//! a proof. It is the verifier that the ledger runs, so "accepted" here means what it means there. It reads no
//! clock, no network and no file, and shares no memory with the page: bytes come in and go out by function calls.
//!
//! | module | purpose |
//! |---|---|
//! | [`check()`](check::check) | key and proof in, a report as JSON out |
//! | `exports` | the functions that the page calls |

pub mod check;
mod exports;
