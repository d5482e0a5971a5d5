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

#[test]
fn a_recorded_conversation_has_all_steps_and_the_same_challenges() {
    use super::{Step, StepKind};
    let talk = |transcript: &mut Transcript| {
        transcript.absorb_bytes("bytes", &[7; 33]);
        transcript.absorb_base("base", &[F::ONE, F::TWO]);
        transcript.absorb("extension", &[EF::ONE]);
        let point = transcript.challenge_point("point", 2);
        let witness = transcript.grind("work", 3);
        (point, witness, transcript.challenge_positions("at", 3, 4))
    };
    let mut silent = Transcript::new("test");
    let mut recorded = silent.clone();
    recorded.record();
    let (point, witness, positions) = talk(&mut silent);
    assert_eq!(talk(&mut recorded), (point, witness, positions.clone()));
    assert_eq!(silent.recorded(), []);
    let step = |label, count, kind| Step { label, count, kind };
    assert_eq!(
        recorded.recorded(),
        [
            step("bytes", 33, StepKind::Absorb(33)),
            step("base", 2, StepKind::Absorb(8)),
            step("extension", 1, StepKind::Absorb(20)),
            step("point", 2, StepKind::Challenge),
            step("work", 3, StepKind::Work),
            step("at", 3, StepKind::Positions(positions)),
        ]
    );
}

#[test]
fn programmed_challenges_are_those_of_the_stream_whatever_is_said() {
    use crate::pcs::Randomness;
    let stream = || Randomness::new(&[1; 32], "challenges");
    let talk = |said: &[u8]| {
        let mut transcript = Transcript::programmed(stream());
        transcript.absorb_bytes("a", said);
        let first = transcript.challenge("c");
        transcript.absorb_bytes("a", said);
        assert!(transcript.check_grind("work", 30, F::ONE));
        (first, transcript.challenge_point("p", 2))
    };
    assert_eq!(talk(b"one thing"), talk(b"another"));
    assert_eq!(talk(b"").0, stream().extension(1)[0]);
}
