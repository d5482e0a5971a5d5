//! Keys and their successors.

use lilliput_prover::setup::Hiding;
use lilliput_prover::{link, setup};
use lilliput_verifier::link::{LinkError, verify};

use crate::end_to_end::HIDING;
use crate::nets::mlp;

const SUCCESSOR: Hiding = Hiding::Weights {
    seed: [6; 32],
    openings: 120,
};

#[test]
fn a_successor_is_linked_to_the_same_weights_only() {
    let model = mlp(1, &[20, 13, 10]);
    let (old, old_key) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys");
    let (new, new_key) = setup(&model.graph, model.weights, &SUCCESSOR).expect("keys");
    let bytes = link::prove(&old, &new, &[1; 32]).expect("a link");
    let security = verify(&old_key, &new_key, &bytes).expect("the link holds");
    assert!(security.bits >= 100.0, "{security:?}");
    assert!(verify(&new_key, &old_key, &bytes).is_err());
    for position in (0..bytes.len()).step_by(bytes.len() / 61) {
        let mut other = bytes.clone();
        other[position] ^= 1;
        assert!(verify(&old_key, &new_key, &other).is_err(), "{position}");
    }
    let other = mlp(2, &[20, 13, 10]);
    let (_, other_key) = setup(&other.graph, other.weights, &SUCCESSOR).expect("keys");
    assert!(verify(&old_key, &other_key, &bytes).is_err());
    let smaller = mlp(1, &[20, 12, 10]);
    let (_, smaller_key) = setup(&smaller.graph, smaller.weights, &SUCCESSOR).expect("keys");
    let refused = verify(&old_key, &smaller_key, &bytes);
    assert_eq!(refused.unwrap_err(), LinkError::OtherGraph);
}
