//! A job's input on its way from the buyer, through the node, to the provider.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_types::codec::{self, DecodeError};

/// Largest encoded input.
pub const JOB_INPUT_BYTES_MAX: usize = 16 << 20;

/// What the input commitment of a job commits to. Whoever receives one checks that before use.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct JobInput {
    /// Keeps the commitment from being guessed.
    pub salt: [u8; 32],
    /// The integers of each of the model's inputs, in their order.
    pub inputs: Vec<Vec<i32>>,
}

/// Bytes that aren't an input.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a job's input: {0}")]
pub struct InputError(#[from] DecodeError);

impl JobInput {
    /// The canonical bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads the canonical bytes.
    ///
    /// # Errors
    /// When they are too long or anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, InputError> {
        codec::decode(bytes, JOB_INPUT_BYTES_MAX).map_err(InputError)
    }
}
