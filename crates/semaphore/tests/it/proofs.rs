//! Proofs of the client hold for what they say and nothing else.

use std::collections::BTreeSet;

use lilliput_semaphore::{Element, Error, Group, Proof, ProofParts, Value, verify};

use crate::vectors::{ProofVector, element, vectors};

fn check(proof: &Proof) -> Result<(), Error> {
    verify(proof, &proof.scope(), &proof.root()).map(|_| ())
}

#[test]
fn every_depth_is_proven_and_holds() {
    let vectors = vectors();
    let mut depths = BTreeSet::new();
    for vector in &vectors.proofs {
        let proof = vector.proof();
        let members = vectors.commitments.iter().take(vector.size);
        // Members beyond those that are listed don't occur at small depths only.
        if vector.size <= vectors.commitments.len() {
            let group = Group::of(members.map(|member| element(member))).expect("a group");
            assert_eq!(group.root(), proof.root(), "depth {}", proof.depth());
            assert!((vector.member as u64) < group.size());
        }
        let scope = Value::from_client_text(&vector.scope).expect("a scope");
        let message = Value::from_client_text(&vector.message).expect("a message");
        assert_eq!(proof.message(), message);
        let nullifier = verify(&proof, &scope, &proof.root()).expect("it holds");
        assert_eq!(nullifier, proof.nullifier());
        depths.insert(proof.depth());
    }
    assert_eq!(depths, (1..=32).collect());
}

#[test]
fn texts_are_the_numbers_of_the_client() {
    for vector in vectors().texts {
        let value = Value::from_client_text(&vector.text).expect("a value");
        assert_eq!(value.to_string(), vector.value, "{}", vector.text);
    }
}

fn by<'a>(proofs: &'a [ProofVector], scope: &str, message: &str) -> &'a ProofVector {
    let found = proofs
        .iter()
        .find(|vector| vector.scope == scope && vector.message == message);
    found.expect("the vectors have it")
}

#[test]
fn a_member_shows_one_nullifier_a_scope_whatever_group_and_message() {
    let proofs = vectors().proofs;
    let one = by(&proofs, "lilliput", "hello").proof();
    let other = by(&proofs, "lilliput", "goodbye").proof();
    let elsewhere = by(&proofs, "elsewhere", "hello").proof();
    assert_ne!(one.root(), other.root());
    assert_eq!(one.nullifier(), other.nullifier());
    assert_ne!(one.nullifier(), elsewhere.nullifier());
}

#[test]
fn another_scope_or_root_is_told_apart_from_a_proof_that_does_not_hold() {
    let proof = vectors().proofs[5].proof();
    let elsewhere = Value::from_client_text("elsewhere").expect("a value");
    assert!(matches!(
        verify(&proof, &elsewhere, &proof.root()),
        Err(Error::Scope { .. })
    ));
    assert!(matches!(
        verify(&proof, &proof.scope(), &Element::ZERO),
        Err(Error::Root { .. })
    ));
}

fn flip(bytes: &mut [u8; 32]) {
    bytes[31] ^= 1;
}

/// Each part that isn't a point, changed in its lowest bit.
#[test]
fn a_proof_with_any_other_part_does_not_hold() {
    let proof = vectors().proofs[3].proof();
    check(&proof).expect("as it is, it holds");
    let changes: [fn(&mut ProofParts); 5] = [
        |parts| flip(&mut parts.root),
        |parts| flip(&mut parts.nullifier),
        |parts| flip(&mut parts.message),
        |parts| flip(&mut parts.scope),
        |parts| parts.depth += 1,
    ];
    for change in changes {
        let mut parts = *proof.parts();
        change(&mut parts);
        let changed = Proof::new(&parts).expect("well-formed");
        assert_eq!(check(&changed), Err(Error::Invalid));
    }
}

#[test]
fn a_proof_with_points_of_another_does_not_hold() {
    let proofs = vectors().proofs;
    let (one, other) = (proofs[3].proof(), proofs[4].proof());
    for places in [0..2, 2..6, 6..8] {
        let mut parts = *one.parts();
        parts.points[places.clone()].copy_from_slice(&other.parts().points[places]);
        let changed = Proof::new(&parts).expect("the points are good ones");
        assert_eq!(check(&changed), Err(Error::Invalid));
    }
}

#[test]
fn what_is_written_is_the_clients_json() {
    for vector in vectors().proofs {
        let ours: serde_json::Value =
            serde_json::from_str(&vector.proof().to_json()).expect("JSON");
        let theirs: serde_json::Value = serde_json::from_str(&vector.json()).expect("JSON");
        assert_eq!(ours, theirs);
    }
}
