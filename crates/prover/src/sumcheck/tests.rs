use lilliput_verifier::field::{EF, F};
use lilliput_verifier::form::Form;
use lilliput_verifier::point::evaluate;
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::sumcheck::Reduced;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{prove_product, prove_product_base};
use crate::talk::Talk;

#[test]
fn a_product_reduces_to_both_vectors_at_the_point() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for variables in 0..8 {
        let left: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        let right: Vec<EF> = (0..1 << variables).map(|_| rng.random()).collect();
        let claim: EF = left.iter().zip(&right).map(|(&l, &r)| r * l).sum();
        let hear = |claim: EF| {
            move |receiver: &mut Receiver<'_>| -> Result<Reduced<Form>, _> {
                receiver.sumcheck::<2>(Form::from(claim), variables)
            }
        };
        let talk = Talk::new(2, &hear(claim), |transcript| {
            prove_product_base(&left, &right, claim, transcript)
        });
        let done = &talk.proved;
        let heard = talk.hear(&hear(claim));
        assert_eq!(heard.heard.point, done.reduced.point);
        assert_eq!(heard.value(&heard.heard.claim), done.left * done.right);
        assert_eq!(done.reduced.claim, done.left * done.right);
        assert_eq!(done.left, evaluate(&left, &done.reduced.point));
        assert_eq!(done.right, evaluate(&right, &done.reduced.point));
        let lifted: Vec<EF> = left.iter().map(|&value| EF::from(value)).collect();
        let again = Talk::new(2, &hear(claim), |transcript| {
            prove_product(&lifted, &right, claim, transcript)
        });
        assert_eq!(again.bytes, talk.bytes);
        assert_eq!(again.proved.reduced, done.reduced);
        let false_claim = claim + EF::ONE;
        let lie = Talk::new(2, &hear(false_claim), |transcript| {
            prove_product(&lifted, &right, false_claim, transcript)
        });
        let heard = lie.hear(&hear(false_claim));
        let end = lie.proved.left * lie.proved.right;
        assert_ne!(heard.value(&heard.heard.claim), end);
    }
}

#[test]
fn messages_are_sent_masked() {
    let values = [EF::ONE; 8];
    let hear = |receiver: &mut Receiver<'_>| receiver.sumcheck::<2>(Form::default(), 3);
    let bytes = |seed| {
        let talk = Talk::new(seed, &hear, |transcript| {
            prove_product(&values, &values, EF::from_u32(8), transcript)
        });
        talk.bytes
    };
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1)[..20], bytes(2)[..20]);
}
