//! The cryptography that every other part borrows from one place.
//!
//! It wraps well-kept libraries in types that cannot be confused with each other and adds nothing
//! of its own but domain separation. It knows no transaction, block or proof.
//!
//! | module | purpose |
//! |---|---|
//! | [`Label`] | every domain-separation label of the ledger |
//! | [`Digest`] | 32 bytes of labelled BLAKE3 |
//! | [`SecretKey`], [`PublicKey`], [`Signature`] | ed25519 under the rules of ZIP-215 |
//! | [`MerkleTree`] | trees over the sections of a block, with inclusion proofs |
//! | [`StateProof`] | shows what stands, or doesn't stand, under a key of the state |
//! | [`bech32m`] | the text form of addresses |
//! | [`KeyFile`] | a secret key sealed by a passphrase |
//! | [`private_file`] | files that only their owner reads, replaced atomically |
//!
//! Invariants: no two uses share a label; a decoded key file can't ask for unbounded memory or time;
//! secrets are wiped when dropped and never printed.
#![warn(missing_docs)]

pub mod bech32m;
mod digest;
mod key_file;
mod keys;
mod label;
mod merkle;
pub mod private_file;
mod random;
mod state_proof;

pub use digest::{Digest, DigestHasher, ParseHexError};
pub use key_file::{KEY_FILE_LEN_MAX, KdfParams, KeyFile, KeyFileError};
pub use keys::{KeyError, PublicKey, SecretKey, Signature};
pub use label::Label;
pub use merkle::{MerkleProof, MerkleTree};
pub use random::{RandomError, random_bytes};
pub use state_proof::{
    STATE_PROOF_LEN_MAX, StateHasher, StateProof, StateProofError, state_key_hash,
};
