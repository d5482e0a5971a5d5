//! Links of cheating owners.

use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{
    Checked, Input, Op, Output, Post, Scale, Shape, Tensor, TensorId, WeightSpec, Weights,
};
use lilliput_verifier::link::verify;
use lilliput_verifier::pcs::OpeningError;

use super::*;
use crate::setup::{Hiding, setup};

/// `x + w`, with three weights.
fn key(values: [i64; 3], seed: u8) -> ProvingKey {
    let scale = Scale {
        mantissa: 1 << 52,
        exponent: -52,
    };
    let shape = Shape(vec![3]);
    let input = Input {
        name: "x".into(),
        shape: shape.clone(),
        range: Range { lo: 0, hi: 10 },
        scale,
        zero: 0,
    };
    let weight = WeightSpec {
        shape: shape.clone(),
        bits: 4,
    };
    let mut draft = Draft::new(vec![input], vec![weight]);
    let sum = draft.push(Op::Sum {
        terms: vec![(TensorId(0), 1), (TensorId(1), 1)],
        constant: 0,
    });
    draft.push_output(Output {
        name: "y".into(),
        tensor: sum.expect("the sum holds"),
        scale,
        shape: shape.clone(),
        post: Post::None,
    });
    let graph = Checked::new(draft.into_graph()).expect("the graph holds");
    let weights = Weights(vec![Tensor {
        shape,
        values: values.to_vec(),
    }]);
    let hiding = Hiding::Weights {
        seed: [seed; 32],
        openings: 2,
    };
    setup(&graph, weights, &hiding).expect("keys are made").0
}

#[test]
fn a_successor_with_other_weights_is_not_linked() {
    let (old, mut new) = (key([1, -2, 3], 1), key([1, -2, 4], 2));
    assert_eq!(prove(&old, &new, &[3; 32]), Err(Unlinkable::OtherWeights));
    // The owner says that they are the same.
    new.weights = old.weights.clone();
    let link = prove(&old, &new, &[3; 32]).expect("an argument");
    let refused = verify(&old.verifying, &new.verifying, &link).unwrap_err();
    assert_eq!(refused, LinkError::Opening(OpeningError::Claims));
    let honest = key([1, -2, 3], 2);
    let link = prove(&old, &honest, &[3; 32]).expect("an argument");
    assert!(verify(&old.verifying, &honest.verifying, &link).is_ok());
}
