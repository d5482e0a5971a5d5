use lilliput_verifier::field::{EF, F};
use lilliput_verifier::point::evaluate;
use lilliput_verifier::transcript::Transcript;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::prove_product;

#[test]
fn a_product_reduces_to_both_vectors_at_the_point() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for variables in 0..8 {
        let left: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        let right: Vec<EF> = (0..1 << variables).map(|_| rng.random()).collect();
        let claim: EF = left.iter().zip(&right).map(|(&l, &r)| r * l).sum();
        let done = prove_product(&left, right.clone(), claim, &mut Transcript::new("test"));
        let reduced = done.proof.verify(claim, &mut Transcript::new("test"));
        assert_eq!(reduced, done.reduced);
        assert_eq!(reduced.claim, done.left * done.right);
        assert_eq!(done.left, evaluate(&left, &reduced.point));
        assert_eq!(done.right, evaluate(&right, &reduced.point));
    }
}
