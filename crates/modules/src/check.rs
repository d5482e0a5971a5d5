//! What the rules ask of a proof checker.
//!
//! The rules don't know how proofs work. The node hands them the verifier; tests of the rules hand
//! them something simpler.

use lilliput_crypto::Digest;
use lilliput_types::{Address, ChainId, InputCommitment, JobId, ModelId};

/// What a verifying key says about its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFacts {
    /// The model's id.
    pub model: ModelId,
    /// What checking one of its proofs costs; follows from the key alone.
    pub check_units: u64,
}

/// What a proof has to show to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofClaim {
    /// On this chain,
    pub chain: ChainId,
    /// for this job,
    pub job: JobId,
    /// by this provider,
    pub provider: Address,
    /// this model answered, by the id of the key that is checked with,
    pub model: ModelId,
    /// this input.
    pub input: InputCommitment,
}

/// Checks keys and proofs. Both functions must be pure: the same bytes, the same result, on every
/// machine.
pub trait ProofCheck: Send + Sync {
    /// Checks a verifying key, its range proof included.
    ///
    /// # Errors
    /// The reason, for people.
    fn key(&self, key: &[u8]) -> Result<KeyFacts, String>;

    /// Checks a verifying key as [`ProofCheck::key`] does, and that it commits to the weights of a key that was
    /// accepted before.
    ///
    /// # Errors
    /// The reason, for people.
    fn link(&self, old: &[u8], new: &[u8], link: &[u8]) -> Result<KeyFacts, String>;

    /// Checks that a proof shows the claim under a key that [`ProofCheck::key`] accepted, and gives
    /// the digest of the output.
    ///
    /// # Errors
    /// The reason, for people.
    fn proof(&self, key: &[u8], claim: &ProofClaim, proof: &[u8]) -> Result<Digest, String>;
}
