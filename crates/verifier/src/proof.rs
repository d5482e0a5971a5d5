//! A proof: its statement, and the messages of the argument.
//!
//! The messages have no structure of their own: the graph says how many there are, and the verifier reads each
//! where it absorbs it.

use crate::codec::{CodecError, Reader, Writer};
use crate::statement::Statement;

/// Version of the format. 1: first. 2: zero knowledge.
pub const PROOF_VERSION: u8 = 3;

/// Longest proof.
pub const PROOF_BYTES_MAX: usize = 1 << 24;

/// A proof that has not been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What it states.
    pub statement: Statement,
    /// The messages.
    pub argument: Vec<u8>,
}

impl Proof {
    /// The canonical bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.bytes(&[PROOF_VERSION]);
        self.statement.encode(&mut writer);
        writer.bytes(&self.argument);
        writer.finish()
    }

    /// Reads the statement; the argument is read by [`crate::verify()`], which knows its shape.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, CodecError> {
        if bytes.len() > PROOF_BYTES_MAX {
            return Err(CodecError::OutOfBounds("length of the proof"));
        }
        let mut reader = Reader::new(bytes);
        let [version] = reader.array()?;
        if version != PROOF_VERSION {
            return Err(CodecError::OutOfBounds("version of the proof"));
        }
        let statement = Statement::decode(&mut reader)?;
        let argument = reader.bytes(reader.remaining())?.to_vec();
        Ok(Self {
            statement,
            argument,
        })
    }
}
