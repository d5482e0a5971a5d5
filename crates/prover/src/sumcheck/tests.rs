use lilliput_verifier::field::{EF, F};
use lilliput_verifier::point::evaluate;
use lilliput_verifier::transcript::Transcript;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{prove_product, prove_product_base};

#[test]
fn a_product_reduces_to_both_vectors_at_the_point() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for variables in 0..8 {
        let left: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        let right: Vec<EF> = (0..1 << variables).map(|_| rng.random()).collect();
        let claim: EF = left.iter().zip(&right).map(|(&l, &r)| r * l).sum();
        let transcript = || Transcript::new("test");
        let done = prove_product_base(&left, &right, claim, &mut transcript());
        let reduced = done.proof.verify(claim, &mut transcript());
        assert_eq!(reduced, done.reduced);
        assert_eq!(reduced.claim, done.left * done.right);
        assert_eq!(done.left, evaluate(&left, &reduced.point));
        assert_eq!(done.right, evaluate(&right, &reduced.point));
        let lifted: Vec<EF> = left.iter().map(|&value| EF::from(value)).collect();
        let again = prove_product(&lifted, &right, claim, &mut transcript());
        assert_eq!((again.proof, again.reduced), (done.proof, done.reduced));
        let mut other = transcript();
        let false_claim = prove_product(&lifted, &right, claim + EF::ONE, &mut other);
        let reduced = false_claim.proof.verify(claim + EF::ONE, &mut transcript());
        assert_ne!(reduced.claim, false_claim.left * false_claim.right);
    }
}
