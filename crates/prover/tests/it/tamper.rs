//! Keys and proofs that were changed.

use std::sync::LazyLock;

use lilliput_prover::{prove, setup};
use lilliput_verifier::argument::ArgumentError;
use lilliput_verifier::codec::CodecError;
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::statement::Port;
use lilliput_verifier::{
    Context, Proof, Rejection, StatementError, Task, Verified, VerifyingKey, verify,
};
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

/// A key, and proofs for it: with the inputs hidden, with nothing hidden, with all hidden.
static ALL: LazyLock<(VerifyingKey, [Proof; 3])> = LazyLock::new(|| {
    let model = mlp(5, &[10, 7, 3]);
    let (proving, key) = setup(&model.graph, model.weights, &HIDING).expect("keys are made");
    let proofs = [(true, false), (false, false), (true, true)].map(|(inputs, outputs)| {
        let mut request = request(CONTEXT);
        request.hidden = Hidden { inputs, outputs };
        prove(&proving, &request, &model.inputs).expect("a proof is made")
    });
    (key, proofs)
});

/// The key and the proof with hidden inputs.
static MADE: LazyLock<(VerifyingKey, Proof)> = LazyLock::new(|| {
    let (key, [proof, ..]) = &*ALL;
    (key.clone(), proof.clone())
});

fn verify_bytes(key: &VerifyingKey, bytes: &[u8]) -> Option<Verified> {
    let proof = Proof::decode(bytes).ok()?;
    verify(key, &CONTEXT, &proof).ok()
}

/// The proof after a change of its statement or argument.
fn changed_of(kind: usize, change: impl FnOnce(&mut Proof)) -> Result<Verified, Rejection> {
    let (key, proofs) = &*ALL;
    let mut proof = proofs[kind].clone();
    change(&mut proof);
    verify(key, &CONTEXT, &proof)
}

/// Kinds of [`ALL`].
const INPUTS_HIDDEN: usize = 0;
const NOTHING_HIDDEN: usize = 1;
const ALL_HIDDEN: usize = 2;

fn values(port: &mut Port) -> &mut Vec<Vec<i32>> {
    match port {
        Port::Public(values) => values,
        Port::Hidden(_) => unreachable!("the port is public"),
    }
}

fn root(port: &mut Port) -> &mut [u8; 32] {
    match port {
        Port::Hidden(root) => &mut root.0,
        Port::Public(_) => unreachable!("the port is hidden"),
    }
}

#[test]
fn unchanged_proofs_are_accepted() {
    for kind in 0..3 {
        assert!(changed_of(kind, |_| ()).is_ok());
    }
}

#[test]
fn a_proof_with_any_byte_changed_is_rejected() {
    let (key, proofs) = &*ALL;
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for proof in proofs {
        let bytes = proof.encode();
        for _ in 0..CHANGES {
            let mut other = bytes.clone();
            let position = rng.random_range(0..other.len());
            let change = rng.random_range(1..=255u8);
            other[position] ^= change;
            let accepted = verify_bytes(key, &other).is_some();
            assert!(!accepted, "byte {position} xor {change}");
        }
    }
}

#[test]
fn every_message_before_the_openings_counts() {
    let (key, proof) = &*MADE;
    // Statement, roots, lookups and layers lie before the openings; every fourth byte is the low one of an element.
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

fn refused_statement(kind: usize, change: impl FnOnce(&mut Proof)) -> StatementError {
    match changed_of(kind, change).expect_err("the statement doesn't fit") {
        Rejection::Statement(error) => error,
        other => unreachable!("a statement that doesn't fit: {other:?}"),
    }
}

#[test]
fn a_proof_for_another_public_input_output_or_seed_is_rejected() {
    let kind = NOTHING_HIDDEN;
    let rejected = |change: fn(&mut Proof)| changed_of(kind, change).is_err();
    assert!(rejected(
        |proof| values(&mut proof.statement.inputs)[0][3] ^= 1
    ));
    assert!(rejected(
        |proof| values(&mut proof.statement.outputs)[0][2] ^= 1
    ));
    assert!(rejected(|proof| proof.statement.seed[0] ^= 1));
    let refused = |change: fn(&mut Proof)| refused_statement(kind, change);
    assert!(matches!(
        refused(|proof| values(&mut proof.statement.inputs)[0][3] = 128),
        StatementError::Range { .. }
    ));
    assert!(matches!(
        refused(|proof| values(&mut proof.statement.inputs)[0].push(0)),
        StatementError::Length { .. }
    ));
    assert!(matches!(
        refused(|proof| values(&mut proof.statement.outputs).clear()),
        StatementError::Count { .. }
    ));
    assert!(matches!(
        refused(|proof| values(&mut proof.statement.outputs)[0][0] = i32::MAX),
        StatementError::Range { .. }
    ));
}

#[test]
fn a_proof_for_another_hidden_input_or_output_is_rejected() {
    for kind in [INPUTS_HIDDEN, ALL_HIDDEN] {
        for byte in [0, 13, 31] {
            assert!(
                changed_of(kind, |proof| root(&mut proof.statement.inputs)[byte] ^= 1).is_err()
            );
        }
    }
    for byte in [0, 13, 31] {
        let change = |proof: &mut Proof| root(&mut proof.statement.outputs)[byte] ^= 1;
        assert!(changed_of(ALL_HIDDEN, change).is_err());
    }
    let swap = |proof: &mut Proof| {
        let own = &mut proof.statement;
        std::mem::swap(&mut own.inputs, &mut own.outputs);
    };
    assert!(changed_of(ALL_HIDDEN, swap).is_err());
    // The public output is that of the run, too.
    let change = |proof: &mut Proof| values(&mut proof.statement.outputs)[0][2] ^= 1;
    assert!(changed_of(INPUTS_HIDDEN, change).is_err());
}

#[test]
fn hiding_and_showing_are_part_of_the_statement() {
    let (_, [inputs_hidden, nothing_hidden, all_hidden]) = &*ALL;
    let all = [inputs_hidden, nothing_hidden, all_hidden];
    for (index, from) in all.iter().enumerate() {
        for (other, to) in all.iter().enumerate() {
            let change = |proof: &mut Proof| proof.statement = from.statement.clone();
            let result = changed_of(other, change);
            assert_eq!(result.is_ok(), index == other, "{:?}", to.statement);
        }
    }
}

#[test]
fn another_opening_is_rejected_and_one_out_of_range_is_refused() {
    let (key, _) = &*ALL;
    for kind in 0..3 {
        assert!(changed_of(kind, |proof| proof.statement.opening = 2).is_err());
        for opening in [key.openings(), key.openings() + 1, u32::MAX] {
            let error = refused_statement(kind, |proof| proof.statement.opening = opening);
            let openings = key.openings();
            let got = opening;
            assert_eq!(error, StatementError::Opening { got, openings });
        }
    }
}

#[test]
fn another_task_is_rejected() {
    for kind in 0..3 {
        for samples in [0, 2, 3, 1 << 10, u32::MAX] {
            for task in [Task::Answers(samples), Task::Score(samples), Task::Score(1)] {
                let refused = changed_of(kind, |proof| proof.statement.task = task);
                assert!(refused.is_err(), "{kind} {task:?}");
            }
        }
    }
}

#[test]
fn a_seed_beside_hidden_inputs_is_refused() {
    let error = refused_statement(INPUTS_HIDDEN, |proof| proof.statement.seed[0] = 1);
    assert_eq!(error, StatementError::Seed);
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
    // The first element of the lookups, right after the roots of masks and witness, plus the modulus.
    let mut other = proof.clone();
    let element = &mut other.argument[64..68];
    let value = u32::from_le_bytes((&*element).try_into().expect("four bytes"));
    let unreduced = value.checked_add(0x7f00_0001).expect("below 2^32");
    element.copy_from_slice(&unreduced.to_le_bytes());
    let rejection = verify(key, &CONTEXT, &other).unwrap_err();
    let malformed = matches!(
        rejection,
        Rejection::Argument(ArgumentError::Malformed(CodecError::NotCanonical(_)))
    );
    assert!(malformed, "{rejection}");
}
