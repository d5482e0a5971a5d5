//! Proofs against the state tree (a Jellyfish Merkle tree), checked without any state.

use std::fmt;
use std::sync::LazyLock;

use borsh::{BorshDeserialize, BorshSerialize};
use jmt::{KeyHash, RootHash, SimpleHasher, proof::SparseMerkleProof};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Digest, DigestHasher, Label};

/// The longest encoded proof; a path of 256 siblings stays below it.
pub const STATE_PROOF_LEN_MAX: usize = 32 << 10;

/// The hash function of the state tree.
#[derive(Clone, Debug)]
pub struct StateHasher(DigestHasher);

/// Shows that a key of the state has a value, or has none. Hexadecimal in JSON.
#[derive(Clone, PartialEq)]
pub struct StateProof(SparseMerkleProof<StateHasher>);

/// Why a state proof was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateProofError {
    /// Not an encoded proof.
    #[error("not a state proof")]
    Malformed,
    /// It doesn't show this key and value under this root.
    #[error("the state proof does not hold: {0}")]
    Refused(String),
}

/// The tree hashes thousands of nodes a block: the labelled start state is derived once.
static START: LazyLock<DigestHasher> = LazyLock::new(|| DigestHasher::new(Label::StateTree));

/// Where a key lies in the tree.
#[must_use]
pub fn state_key_hash(key: &str) -> KeyHash {
    KeyHash(Digest::of(Label::StateKey, key.as_bytes()).0)
}

impl SimpleHasher for StateHasher {
    fn new() -> Self {
        Self(START.clone())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }

    fn finalize(self) -> [u8; 32] {
        self.0.finish().0
    }
}

impl StateProof {
    /// Wraps a path that the tree produced.
    #[must_use]
    pub const fn new(path: SparseMerkleProof<StateHasher>) -> Self {
        Self(path)
    }

    /// Checks that under this root the key has this value, or none.
    ///
    /// # Errors
    /// When the proof doesn't show it.
    pub fn verify(
        &self,
        root: &Digest,
        key: &str,
        value: Option<&[u8]>,
    ) -> Result<(), StateProofError> {
        self.0
            .verify(RootHash(root.0), state_key_hash(key), value)
            .map_err(|error| StateProofError::Refused(error.to_string()))
    }

    /// Reads the binary form.
    ///
    /// # Errors
    /// When the bytes aren't exactly one proof.
    pub fn decode(bytes: &[u8]) -> Result<Self, StateProofError> {
        if bytes.len() > STATE_PROOF_LEN_MAX {
            return Err(StateProofError::Malformed);
        }
        let mut rest = bytes;
        match <SparseMerkleProof<_> as BorshDeserialize>::deserialize(&mut rest) {
            Ok(path) if rest.is_empty() => Ok(Self(path)),
            _ => Err(StateProofError::Malformed),
        }
    }

    /// The binary form.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing into a vector can't fail.
        let written = BorshSerialize::serialize(&self.0, &mut bytes);
        debug_assert!(written.is_ok());
        bytes
    }
}

impl fmt::Debug for StateProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateProof({})", hex::encode(self.encode()))
    }
}

impl Serialize for StateProof {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.encode()))
    }
}

impl<'de> Deserialize<'de> for StateProof {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        hex::decode(text)
            .map_err(|_| StateProofError::Malformed)
            .and_then(|bytes| Self::decode(&bytes))
            .map_err(serde::de::Error::custom)
    }
}
