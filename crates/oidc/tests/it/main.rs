//! Tokens signed by real keys, and everything that can be wrong with them.

mod algorithms;
mod claims;
mod key_sets;
mod maker;
mod tamper;
