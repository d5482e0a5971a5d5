//! Canonical decoding: bounded, and every byte is used.

use borsh::{BorshDeserialize, BorshSerialize};

/// Why bytes were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Longer than this kind of thing may be.
    #[error("{got} bytes, at most {max}")]
    TooLong {
        /// The limit.
        max: usize,
        /// The length found.
        got: usize,
    },
    /// Not an encoding of this type.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A value, and then something else.
    #[error("{count} bytes after the end")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
}

/// Reads one value from all of the bytes.
///
/// # Errors
/// When they are too long, malformed, or more than the value.
pub fn decode<T: BorshDeserialize>(bytes: &[u8], len_max: usize) -> Result<T, DecodeError> {
    if bytes.len() > len_max {
        return Err(DecodeError::TooLong {
            max: len_max,
            got: bytes.len(),
        });
    }
    let mut rest = bytes;
    let value =
        T::deserialize(&mut rest).map_err(|error| DecodeError::Malformed(error.to_string()))?;
    if !rest.is_empty() {
        return Err(DecodeError::TrailingBytes { count: rest.len() });
    }
    Ok(value)
}

/// The canonical bytes of a value.
#[must_use]
pub fn encode(value: &impl BorshSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing into a vector can't fail, and our types' encodings have no failing case.
    let written = value.serialize(&mut bytes);
    debug_assert!(written.is_ok());
    bytes
}
