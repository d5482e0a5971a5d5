//! The log of decisions: lines of JSON, each bound to the one before by its hash, and sealed with
//! the gate's key at least once a second while there is something to seal.
//!
//! Who has the file can't change, drop or add a line before a seal without breaking the chain; who
//! has the key can write another log, and the end after the last seal may be cut off: the log says what
//! the gate says it did. Requests never wait for it: when it can't keep up, it says how many it lost.

pub(crate) mod line;
mod verify;
mod writer;

pub use verify::{JournalFault, Report, verify};
pub(crate) use writer::Journal;

/// Longest line.
pub(crate) const LINE_BYTES_MAX: usize = 16 << 10;
/// Version of the format.
pub(crate) const VERSION: u32 = 1;
