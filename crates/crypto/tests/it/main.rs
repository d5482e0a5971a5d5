//! The crate's tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

mod key_files;
mod merkle;
mod signatures;
mod text;
