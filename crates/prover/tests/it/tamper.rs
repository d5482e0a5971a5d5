//! Keys and proofs that were changed.

use std::sync::LazyLock;

use lilliput_prover::{prove, setup};
use lilliput_verifier::{Context, Proof, Rejection, Verified, VerifyingKey, verify};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::end_to_end::{HIDING, request};
use crate::nets::mlp;

/// How many random changes of a proof are tried.
const CHANGES: usize = 300;

const CONTEXT: Context = Context {
    chain: [1; 32],
    job: [2; 32],
    provider: [3; 32],
};

/// A key and a proof for it.
static MADE: LazyLock<(VerifyingKey, Proof)> = LazyLock::new(|| {
    let model = mlp(5, &[10, 7, 3]);
    let (proving, key) = setup(&model.graph, model.weights, &HIDING).expect("keys are made");
    let proof = prove(&proving, &request(CONTEXT), &model.inputs).expect("a proof is made");
    (key, proof)
});

fn verify_bytes(key: &VerifyingKey, bytes: &[u8]) -> Option<Verified> {
    let proof = Proof::decode(bytes).ok()?;
    verify(key, &CONTEXT, &proof).ok()
}

/// The proof after a change of its statement or argument.
fn changed(change: impl FnOnce(&mut Proof)) -> Result<Verified, Rejection> {
    let (key, proof) = &*MADE;
    let mut proof = proof.clone();
    change(&mut proof);
    verify(key, &CONTEXT, &proof)
}

#[test]
fn an_unchanged_proof_is_accepted() {
    assert!(changed(|_| ()).is_ok());
}

#[test]
fn a_proof_with_any_byte_changed_is_rejected() {
    let (key, proof) = &*MADE;
    let bytes = proof.encode();
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..CHANGES {
        let mut other = bytes.clone();
        let position = rng.random_range(0..other.len());
        let change = rng.random_range(1..=255u8);
        other[position] ^= change;
        let accepted = verify_bytes(key, &other).is_some();
        assert!(!accepted, "byte {position} xor {change}");
    }
}

#[test]
fn every_message_before_the_openings_counts() {
    let (key, proof) = &*MADE;
    // Statement, root, lookups and layers lie before the openings; every fourth byte is the low one of an element.
    let bytes = proof.encode();
    let start = bytes.len() - proof.argument.len();
    for position in (start..start + 4000).step_by(20) {
        let mut other = bytes.clone();
        other[position] ^= 1;
        assert!(verify_bytes(key, &other).is_none(), "byte {position}");
    }
}

#[test]
fn a_proof_cut_off_or_extended_is_rejected() {
    let (key, proof) = &*MADE;
    let bytes = proof.encode();
    for length in (0..bytes.len()).step_by(bytes.len() / 97) {
        assert!(
            verify_bytes(key, &bytes[..length]).is_none(),
            "{length} bytes"
        );
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(verify_bytes(key, &longer).is_none());
    assert!(verify_bytes(key, &bytes).is_some());
}

#[test]
fn a_proof_for_another_context_is_rejected() {
    let (key, proof) = &*MADE;
    let contexts = [
        Context {
            chain: [9; 32],
            ..CONTEXT
        },
        Context {
            job: [9; 32],
            ..CONTEXT
        },
        Context {
            provider: [9; 32],
            ..CONTEXT
        },
        Context::OFFLINE,
    ];
    for other in contexts {
        assert_eq!(verify(key, &other, proof).unwrap_err(), Rejection::Context);
        // Claiming the other context doesn't help: the transcript has it.
        let mut claimed = proof.clone();
        claimed.statement.context = other;
        assert!(verify(key, &other, &claimed).is_err());
    }
}

#[test]
fn a_proof_for_another_input_output_or_salt_is_rejected() {
    assert!(changed(|proof| proof.statement.inputs[0][3] ^= 1).is_err());
    assert!(changed(|proof| proof.statement.outputs[0][2] ^= 1).is_err());
    assert!(changed(|proof| proof.statement.salt[0] ^= 1).is_err());
    let statement = |result: Result<Verified, Rejection>| {
        matches!(result.unwrap_err(), Rejection::Statement(_))
    };
    assert!(statement(changed(
        |proof| proof.statement.inputs[0][3] = 128
    )));
    assert!(statement(
        changed(|proof| proof.statement.inputs[0].push(0))
    ));
    assert!(statement(changed(|proof| proof.statement.outputs.clear())));
    assert!(statement(changed(
        |proof| proof.statement.outputs[0][0] = i32::MAX
    )));
}

#[test]
fn a_proof_for_another_model_is_rejected() {
    let (_, proof) = &*MADE;
    let model = mlp(8, &[10, 7, 3]);
    let (_, other) = setup(&model.graph, model.weights, &HIDING).expect("keys are made");
    assert!(verify(&other, &CONTEXT, proof).is_err());
}

#[test]
fn a_key_with_any_byte_changed_is_refused_or_another_model() {
    let (key, proof) = &*MADE;
    let bytes = key.encode();
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    // Names and scales in the graph make another model; all else is refused.
    for change in 0..CHANGES {
        let mut other = bytes.clone();
        let end = if change % 2 == 0 { 800 } else { other.len() };
        let position = rng.random_range(0..end);
        other[position] ^= rng.random_range(1..=255u8);
        if let Ok(other) = VerifyingKey::decode(&other) {
            assert_ne!(other.model_id(), key.model_id());
            assert!(verify(&other, &CONTEXT, proof).is_err());
        }
    }
}

#[test]
fn a_key_cut_off_or_extended_is_refused() {
    let bytes = MADE.0.encode();
    for length in (0..bytes.len()).step_by(bytes.len() / 97) {
        assert!(
            VerifyingKey::decode(&bytes[..length]).is_err(),
            "{length} bytes"
        );
    }
    assert!(VerifyingKey::decode(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn an_unreduced_field_element_is_rejected() {
    let (key, proof) = &*MADE;
    // The first element of the lookups, right after the root, plus the modulus.
    let mut other = proof.clone();
    let element = &mut other.argument[32..36];
    let value = u32::from_le_bytes(element.try_into().expect("four bytes"));
    let unreduced = value.checked_add(0x7f00_0001).expect("below 2^32");
    element.copy_from_slice(&unreduced.to_le_bytes());
    let rejection = verify(key, &CONTEXT, &other).unwrap_err();
    assert!(matches!(rejection, Rejection::Malformed(_)), "{rejection}");
}
