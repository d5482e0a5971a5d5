use p3_field::PrimeCharacteristicRing;

use super::Transcript;
use crate::field::{EF, F};

#[test]
fn the_same_conversation_gives_the_same_challenges() {
    let talk = || {
        let mut transcript = Transcript::new("test");
        transcript.absorb_base("base", &[F::ONE, F::TWO]);
        transcript.absorb("extension", &[EF::ONE]);
        transcript.absorb_bytes("bytes", &[7; 100]);
        (
            transcript.challenge("one"),
            transcript.challenge_point("more", 3),
        )
    };
    assert_eq!(talk(), talk());
}

#[test]
fn every_part_of_an_absorb_changes_the_challenge() {
    let challenge = |protocol, label, bytes: &[u8]| {
        let mut transcript = Transcript::new(protocol);
        transcript.absorb_bytes(label, bytes);
        transcript.challenge("c")
    };
    let base = challenge("p", "l", b"abc");
    assert_ne!(base, challenge("q", "l", b"abc"));
    assert_ne!(base, challenge("p", "m", b"abc"));
    assert_ne!(base, challenge("p", "l", b"abd"));
    assert_ne!(base, challenge("p", "l", b"abc\0"));
    assert_ne!(challenge("p", "l", b""), challenge("p", "l", b"\0"));
}

#[test]
fn splitting_an_absorb_changes_the_challenge() {
    let mut joined = Transcript::new("test");
    joined.absorb_base("values", &[F::ONE, F::TWO]);
    let mut split = Transcript::new("test");
    split.absorb_base("values", &[F::ONE]);
    split.absorb_base("values", &[F::TWO]);
    assert_ne!(joined.challenge("c"), split.challenge("c"));
}

#[test]
fn successive_challenges_differ() {
    let mut transcript = Transcript::new("test");
    let first = transcript.challenge("c");
    assert_ne!(first, transcript.challenge("c"));
    let point = transcript.challenge_point("p", 2);
    assert_ne!(point[0], point[1]);
}

#[test]
fn a_proof_of_work_is_checked_against_the_transcript() {
    let mut prover = Transcript::new("test");
    let mut verifier = prover.clone();
    let mut other = Transcript::new("other");
    let witness = prover.grind("work", 10);
    assert!(verifier.check_grind("work", 10, witness));
    assert_eq!(prover.challenge("c"), verifier.challenge("c"));
    assert!(!other.check_grind("work", 10, witness));
    // A witness that has no work in it is refused, and two witnesses never give one challenge.
    let idle = (0..64).map(F::from_u32);
    let refused = idle
        .clone()
        .filter(|&own| !Transcript::new("test").check_grind("work", 10, own));
    assert!(refused.count() >= 62);
    let challenges: std::collections::HashSet<_> = idle
        .map(|own| {
            let mut transcript = Transcript::new("test");
            let _ = transcript.check_grind("work", 10, own);
            transcript.challenge("c")
        })
        .collect();
    assert_eq!(challenges.len(), 64);
}

#[test]
fn positions_are_sorted_distinct_inside_and_cover_the_domain() {
    let mut transcript = Transcript::new("test");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..40 {
        let positions = transcript.challenge_positions("positions", 75, 9);
        assert!(positions.is_sorted_by(|a, b| a < b));
        assert!(positions.len() <= 75 && positions.len() > 50);
        seen.extend(positions);
    }
    assert!(seen.iter().all(|&position| position < 512));
    assert!(seen.len() > 490, "{}", seen.len());
}
