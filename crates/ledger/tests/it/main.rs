//! The crate's tests, in one binary.
