//! The canonical encoding of a graph: a version byte, then borsh.
//!
//! Every graph has one encoding and every accepted encoding one graph. The length of the bytes is
//! bounded before anything is read, and what borsh allocates is bounded by that length.

use crate::check::{GraphError, check_limits};
use crate::graph::Graph;

/// Version history: 1, the first.
pub const VERSION: u8 = 1;
/// Longest encoding that is read: 4 MiB.
pub const BYTES_MAX: usize = 1 << 22;

/// Why bytes aren't a graph.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("the encoding is empty")]
    Empty,
    #[error("the encoding has {got} bytes, at most {BYTES_MAX} are allowed")]
    TooLong { got: usize },
    #[error("the encoding has version {got}, this program reads version {VERSION}")]
    Version { got: u8 },
    #[error("the encoding is malformed: {0}")]
    Malformed(#[from] borsh::io::Error),
    #[error(transparent)]
    Limits(#[from] GraphError),
}

impl Graph {
    /// The canonical bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        // Writing to memory fails only for lists longer than 2^32, which no check lets through.
        if borsh::to_writer(&mut bytes, self).is_err() {
            bytes.clear();
        }
        bytes
    }

    /// Reads canonical bytes; refuses trailing bytes and anything over the limits. The graph is
    /// not checked any further: see [`crate::Checked::new`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > BYTES_MAX {
            return Err(DecodeError::TooLong { got: bytes.len() });
        }
        let (&version, body) = bytes.split_first().ok_or(DecodeError::Empty)?;
        if version != VERSION {
            return Err(DecodeError::Version { got: version });
        }
        let graph: Self = borsh::from_slice(body)?;
        check_limits(&graph)?;
        Ok(graph)
    }
}
