//! Keys of cheating owners.

use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{Input, Op, Output, Post, Scale, Shape, Tensor, TensorId, WeightSpec};
use lilliput_verifier::logup::LogUpError;

use super::*;

const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

/// `x + w`, with three weights of four bits.
fn graph() -> Checked {
    let shape = Shape(vec![3]);
    let input = Input {
        name: "x".into(),
        shape: shape.clone(),
        range: Range { lo: 0, hi: 10 },
        scale: UNIT,
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
        scale: UNIT,
        shape,
        post: Post::None,
    });
    Checked::new(draft.into_graph()).expect("the graph holds")
}

fn weights(values: [i64; 3]) -> Weights {
    Weights(vec![Tensor {
        shape: Shape(vec![3]),
        values: values.to_vec(),
    }])
}

/// A key for weights that nothing checked; multiplicities are those of the weights in range.
fn forged(values: [i64; 3], in_range: [i64; 3]) -> Result<VerifyingKey, KeyError> {
    let graph = graph();
    let layout = Layout::new(&graph).expect("the graph can be proven");
    let polynomial = layout.weights.expect("there are weights");
    let (_, multiplicities) = commit(&polynomial, &weights(in_range)).expect("a commitment");
    let cells = cells(&polynomial, &[&values[..]], &multiplicities);
    let commitment = Commitment::new(cells).expect("a commitment");
    let bytes = graph.graph().encode();
    let argument = range_argument(
        &polynomial,
        &weights(values),
        &multiplicities,
        &commitment,
        &bytes,
    );
    let argument = argument.expect("an argument");
    VerifyingKey::decode(&encode_key(&bytes, Some((&commitment.root(), &argument))))
}

#[test]
fn weights_in_range_make_a_key() {
    assert!(forged([7, -8, 0], [7, -8, 0]).is_ok());
}

#[test]
fn a_weight_out_of_range_makes_no_key() {
    assert!(matches!(
        setup(&graph(), weights([7, -8, 8])),
        Err(SetupError::Weights(_))
    ));
    for values in [[8, -8, 0], [7, -9, 0], [7, -8, 1 << 29]] {
        let refused = forged(values, [7, -8, 0]);
        let unbalanced = matches!(refused, Err(KeyError::Range(LogUpError::Unbalanced)));
        assert!(unbalanced, "{values:?}");
    }
}

#[test]
fn a_weight_committed_otherwise_than_argued_makes_no_key() {
    let graph = graph();
    let layout = Layout::new(&graph).expect("the graph can be proven");
    let polynomial = layout.weights.expect("there are weights");
    let honest = weights([7, -8, 0]);
    let (_, multiplicities) = commit(&polynomial, &honest).expect("a commitment");
    let cells = cells(&polynomial, &[&[7, -8, 100]], &multiplicities);
    let commitment = Commitment::new(cells).expect("a commitment");
    let bytes = graph.graph().encode();
    let argument = range_argument(&polynomial, &honest, &multiplicities, &commitment, &bytes);
    let argument = argument.expect("an argument");
    let key = encode_key(&bytes, Some((&commitment.root(), &argument)));
    assert!(matches!(
        VerifyingKey::decode(&key),
        Err(KeyError::Settle(_))
    ));
}

#[test]
fn a_proving_key_needs_the_weights_of_the_key() {
    let (_, key) = setup(&graph(), weights([1, 2, 3])).expect("keys are made");
    assert!(ProvingKey::rebuild(key.clone(), weights([1, 2, 3])).is_ok());
    assert!(matches!(
        ProvingKey::rebuild(key, weights([1, 2, 4])),
        Err(SetupError::OtherWeights)
    ));
}
