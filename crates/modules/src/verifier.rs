//! The proof system as the rules' checker.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use lilliput_crypto::Digest;
use lilliput_types::{BlobId, ModelId};
use lilliput_verifier::{Context, Proof, Task, VerifyingKey, link, verify, verify_cost_units};

use crate::check::{KeyFacts, ProofCheck, ProofClaim};

/// How many checked keys are kept.
const KEYS_MAX: usize = 32;

/// Checks keys and proofs by `lilliput-verifier`. Keys that were checked are kept by the hash of their
/// bytes, so that a proof's check doesn't pay for the key's range proof again; what is accepted doesn't
/// depend on what is kept.
#[derive(Default)]
pub struct Verifier {
    keys: Mutex<VecDeque<(BlobId, Arc<VerifyingKey>)>>,
}

impl Verifier {
    /// Reads and checks a key, unless it was among the last ones checked.
    ///
    /// # Errors
    /// The reason, for people.
    pub fn checked_key(&self, bytes: &[u8]) -> Result<Arc<VerifyingKey>, String> {
        let id = BlobId::of(bytes);
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = keys.iter().find(|(known, _)| *known == id) {
            return Ok(Arc::clone(key));
        }
        let key = VerifyingKey::decode(bytes).map_err(|error| error.to_string())?;
        let key = Arc::new(key);
        keys.push_front((id, Arc::clone(&key)));
        keys.truncate(KEYS_MAX);
        Ok(key)
    }
}

impl ProofCheck for Verifier {
    fn key(&self, key: &[u8]) -> Result<KeyFacts, String> {
        let key = self.checked_key(key)?;
        Ok(KeyFacts {
            model: ModelId(Digest(key.model_id().0)),
            check_units: verify_cost_units(key.graph()),
        })
    }

    fn link(&self, old: &[u8], new: &[u8], link: &[u8]) -> Result<KeyFacts, String> {
        let old = self.checked_key(old)?;
        let key = self.checked_key(new)?;
        let security = link::verify(&old, &key, link).map_err(|error| error.to_string())?;
        if !security.suffices() {
            return Err("the link is too short to be sure".to_owned());
        }
        self.key(new)
    }

    fn proof(&self, key: &[u8], claim: &ProofClaim, proof: &[u8]) -> Result<Digest, String> {
        let key = self.checked_key(key)?;
        if key.model_id().0 != *claim.model.as_bytes() {
            return Err("the key belongs to another model".to_owned());
        }
        let proof = Proof::decode(proof).map_err(|error| error.to_string())?;
        let context = Context {
            chain: *claim.chain.as_bytes(),
            job: *claim.job.as_bytes(),
            provider: *claim.provider.as_bytes(),
        };
        let verified = verify(&key, &context, &proof).map_err(|error| error.to_string())?;
        if verified.input_commitment.0 != *claim.input.as_bytes() {
            return Err("the proof is about another input than the order".to_owned());
        }
        if verified.task != Task::ANSWER {
            return Err("the proof is about more than one answer".to_owned());
        }
        if verified.outputs.is_none() {
            return Err("the proof hides the answer".to_owned());
        }
        Ok(Digest(verified.output_digest.0))
    }
}
