use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{evaluate_eq_round, evaluate_round};
use crate::codec::Writer;
use crate::field::EF;
use crate::form::Form;
use crate::receiver::Receiver;
use crate::transcript::Transcript;

#[test]
fn the_linear_coefficient_follows_from_the_claim() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let [a, b, c, d, at] = rng.random::<[u64; 5]>().map(EF::from_u64);
    let h = |x: EF| a + b * x + c * x.square() + d * x.cube();
    let claim = h(EF::ZERO) + h(EF::ONE);
    assert_eq!(evaluate_round(&[a, c, d], claim, at), h(at));
    let g = |x: EF| a + b * x;
    assert_eq!(evaluate_round(&[a], g(EF::ZERO) + g(EF::ONE), at), g(at));
}

/// What a receiver makes of rounds: the claim that is left, its form applied to what was sent.
fn heard(messages: &[EF], anchor: Option<&[EF]>) -> (Vec<EF>, EF) {
    let mut writer = Writer::new();
    writer.extensions(messages);
    let bytes = writer.finish();
    let mut receiver = Receiver::new(&bytes, Transcript::new("test"));
    let claim = Form::from(EF::ONE);
    let reduced = match anchor {
        Some(anchor) => receiver.eq_sumcheck::<2>(anchor, claim),
        None => receiver.sumcheck::<2>(claim, messages.len() >> 1),
    };
    let reduced = reduced.unwrap();
    let value = receiver.public_part(&reduced.claim);
    assert_eq!(receiver.masked(), messages);
    receiver.finish().unwrap();
    (reduced.point, value)
}

#[test]
fn a_receiver_folds_the_claim_round_by_round_and_every_coefficient_changes_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let messages: Vec<EF> = (0..6).map(|_| rng.random()).collect();
    let anchor: Vec<EF> = (0..3).map(|_| rng.random()).collect();
    for anchor in [None, Some(&anchor[..])] {
        let (point, value) = heard(&messages, anchor);
        let mut claim = EF::ONE;
        for (index, round) in messages.chunks(2).enumerate() {
            let round = [round[0], round[1]];
            claim = match anchor {
                Some(anchor) => evaluate_eq_round(&round, claim, anchor[index], point[index]),
                None => evaluate_round(&round, claim, point[index]),
            };
        }
        assert_eq!(claim, value);
        for index in 0..messages.len() {
            let mut other = messages.clone();
            other[index] += EF::ONE;
            let (changed, other) = heard(&other, anchor);
            assert_ne!(other, value);
            // The challenge after the change is another, those before it are not.
            let same = point.iter().zip(&changed).filter(|(a, b)| a == b).count();
            assert_eq!(same, index >> 1);
        }
    }
}

#[test]
fn a_sumcheck_with_too_few_rounds_is_refused() {
    let bytes = vec![0; 6 * 20];
    let mut receiver = Receiver::new(&bytes, Transcript::new("test"));
    let refused = receiver.sumcheck::<2>(Form::from(EF::ONE), 4);
    assert!(refused.is_err());
}

#[test]
fn the_constant_coefficient_of_an_eq_round_follows_from_the_claim() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let [a, b, c, anchor, at] = rng.random::<[u64; 5]>().map(EF::from_u64);
    let t = |x: EF| a + b * x + c * x.square();
    let claim = (EF::ONE - anchor) * t(EF::ZERO) + anchor * t(EF::ONE);
    assert_eq!(evaluate_eq_round(&[b, c], claim, anchor, at), t(at));
}
