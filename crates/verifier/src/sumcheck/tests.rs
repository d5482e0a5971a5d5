use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Sumcheck, evaluate_eq_round, evaluate_round};
use crate::codec::{Reader, Writer};
use crate::field::EF;
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

#[test]
fn a_sumcheck_comes_back_as_encoded_and_changes_with_each_coefficient() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let proof = Sumcheck::<2> {
        rounds: (0..3).map(|_| rng.random()).collect(),
    };
    let mut writer = Writer::new();
    proof.encode(&mut writer);
    let bytes = writer.finish();
    assert_eq!(bytes.len(), Sumcheck::<2>::encoded_bytes(3));
    let mut reader = Reader::new(&bytes);
    assert_eq!(Sumcheck::decode(&mut reader, 3).unwrap(), proof);
    assert!(Sumcheck::<2>::decode(&mut Reader::new(&bytes), 4).is_err());
    let reduced = proof.verify(EF::ONE, &mut Transcript::new("test"));
    for round in 0..3 {
        for coefficient in 0..2 {
            let mut other = proof.clone();
            other.rounds[round][coefficient] += EF::ONE;
            let changed = other.verify(EF::ONE, &mut Transcript::new("test"));
            assert_ne!(changed.claim, reduced.claim);
        }
    }
}

#[test]
fn the_constant_coefficient_of_an_eq_round_follows_from_the_claim() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let [a, b, c, anchor, at] = rng.random::<[u64; 5]>().map(EF::from_u64);
    let t = |x: EF| a + b * x + c * x.square();
    let claim = (EF::ONE - anchor) * t(EF::ZERO) + anchor * t(EF::ONE);
    assert_eq!(evaluate_eq_round(&[b, c], claim, anchor, at), t(at));
}
