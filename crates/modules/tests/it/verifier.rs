//! The real verifier behind the rules: what is no key or proof is refused with a reason.

use lilliput_modules::{ProofCheck, ProofClaim, Verifier};
use lilliput_types::{ChainId, InputCommitment, JobId, ModelId};

use crate::world::address;

#[test]
fn bytes_that_are_no_key_or_proof_are_refused_with_a_reason() {
    let verifier = Verifier::default();
    let claim = ProofClaim {
        chain: ChainId::default(),
        job: JobId::default(),
        provider: address(1),
        model: ModelId::default(),
        input: InputCommitment::default(),
    };
    for bytes in [vec![], vec![0], vec![1; 100], vec![255; 2 << 20]] {
        assert!(!verifier.key(&bytes).unwrap_err().is_empty());
        assert!(
            !verifier
                .proof(&bytes, &claim, &bytes)
                .unwrap_err()
                .is_empty()
        );
    }
}
