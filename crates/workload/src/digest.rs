//! Hashes. The runtime is built without the ledger's crates, so their few lines stand here again; a test in the gateway, which has
//! both, compares.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How bytes are hashed that name a blob: as the ledger hashes its blobs.
const BLOB: &str = "lilliput 2026 v1 blob";
/// How a job's output is hashed.
const OUTPUT: &str = "lilliput 2026 v1 workload output";

/// A hash of 32 bytes, in text 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// No 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 hex digits")]
pub struct DigestError;

/// Hashes piece by piece.
#[derive(Clone, Debug)]
pub struct Hasher(blake3::Hasher);

impl Digest {
    /// The id of a blob.
    #[must_use]
    pub fn of_blob(bytes: &[u8]) -> Self {
        Hasher::blob().update(bytes).finish()
    }
}

impl Hasher {
    /// For the id of a blob.
    #[must_use]
    pub fn blob() -> Self {
        Self(blake3::Hasher::new_derive_key(BLOB))
    }

    /// For what a job leaves.
    #[must_use]
    pub fn output() -> Self {
        Self(blake3::Hasher::new_derive_key(OUTPUT))
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// The hash of everything so far.
    #[must_use]
    pub fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let small = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
        let mut bytes = [0; 32];
        let decoded = hex::decode_to_slice(text, &mut bytes);
        decoded
            .ok()
            .filter(|()| small)
            .map(|()| Self(bytes))
            .ok_or(DigestError)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
