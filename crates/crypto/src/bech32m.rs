//! bech32m text: a prefix, 32 bytes and a checksum that catches typing errors.

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32m, Hrp};

/// A text that isn't the bech32m form of 32 bytes under the expected prefix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Bech32mError {
    /// Bad character, length, mixed case or checksum.
    #[error("not bech32m text: {0}")]
    Malformed(String),
    /// Another kind of thing.
    #[error("the prefix is {got:?}, expected {expected:?}")]
    Prefix {
        /// The prefix wanted.
        expected: &'static str,
        /// The prefix found.
        got: String,
    },
    /// Not 32 bytes.
    #[error("{got} bytes, expected 32")]
    Length {
        /// Number of bytes found.
        got: usize,
    },
}

/// The longest text looked at.
const TEXT_LEN_MAX: usize = 90;

/// Writes 32 bytes under a lower-case ASCII prefix.
///
/// A prefix that bech32 doesn't allow gives the empty string; prefixes are constants of ours.
#[must_use]
pub fn encode(prefix: &'static str, bytes: &[u8; 32]) -> String {
    Hrp::parse(prefix)
        .ok()
        .and_then(|prefix| bech32::encode::<Bech32m>(prefix, bytes).ok())
        .unwrap_or_default()
}

/// Reads 32 bytes. Only the lower-case form is accepted: one value, one text.
///
/// # Errors
/// When the text is malformed, of another prefix or of another length.
pub fn decode(prefix: &'static str, text: &str) -> Result<[u8; 32], Bech32mError> {
    if text.len() > TEXT_LEN_MAX || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Bech32mError::Malformed(
            "too long or not in lower case".to_owned(),
        ));
    }
    let parsed = CheckedHrpstring::new::<Bech32m>(text)
        .map_err(|error| Bech32mError::Malformed(error.to_string()))?;
    if parsed.hrp().as_str() != prefix {
        return Err(Bech32mError::Prefix {
            expected: prefix,
            got: parsed.hrp().to_string(),
        });
    }
    let bytes: Vec<u8> = parsed.byte_iter().collect();
    let got = bytes.len();
    bytes.try_into().map_err(|_| Bech32mError::Length { got })
}
