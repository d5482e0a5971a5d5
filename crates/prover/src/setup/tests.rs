//! Keys of cheating owners.

use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{Input, Op, Output, Post, Scale, Shape, Tensor, TensorId, WeightSpec};
use lilliput_verifier::field::EF;
use lilliput_verifier::pcs::OpeningError;
use p3_field::PrimeCharacteristicRing;

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

const HIDING: Hiding = Hiding::Weights {
    seed: [5; 32],
    openings: 3,
};

/// A key in the making, as [`setup`] makes it step by step.
struct Forged {
    graph_bytes: Vec<u8>,
    polynomial: Polynomial,
    weights: Weights,
    multiplicities: Vec<Vec<u32>>,
    committed: Committed,
}

impl Forged {
    /// For weights that nothing checked; multiplicities are those of the weights in range.
    fn new(values: [i64; 3], in_range: [i64; 3], hiding: &Hiding) -> Self {
        let graph = graph();
        let layout = Layout::new(&graph, Hidden::default()).expect("the graph can be proven");
        let polynomial = layout.weights.expect("there are weights");
        let honest = weights(in_range);
        let (_, multiplicities) = commit(&polynomial, &honest, hiding).expect("a commitment");
        let cells = cells(&polynomial, &[&values[..]], &multiplicities);
        let (code, coefficients) = coefficients(&polynomial, cells, hiding);
        let codeword = Codeword::new(&code, code.width(), &coefficients);
        Self {
            graph_bytes: graph.graph().encode(),
            committed: Committed::from_parts(code, coefficients, codeword),
            weights: weights(values),
            multiplicities,
            polynomial,
        }
    }

    fn pin(&self, hiding: &Hiding) -> CommittedWeights {
        pin(&self.graph_bytes, &self.polynomial, &self.committed, hiding)
    }

    fn finish(&self, own: &CommittedWeights, hiding: &Hiding) -> Result<VerifyingKey, KeyError> {
        let argument = argue(
            &self.graph_bytes,
            &self.polynomial,
            (&self.weights, &self.multiplicities),
            (&self.committed, own),
            hiding,
        );
        let argument = argument.expect("an argument");
        VerifyingKey::decode(&encode_key(&self.graph_bytes, Some((own, &argument))))
    }
}

fn forged(values: [i64; 3], in_range: [i64; 3]) -> Result<VerifyingKey, KeyError> {
    let forged = Forged::new(values, in_range, &HIDING);
    forged.finish(&forged.pin(&HIDING), &HIDING)
}

/// The range argument's claims, combined, don't hold.
fn claims_fail(result: &Result<VerifyingKey, KeyError>) -> bool {
    matches!(result, Err(KeyError::Range(OpeningError::Claims)))
}

#[test]
fn weights_in_range_make_a_key() {
    assert!(forged([7, -8, 0], [7, -8, 0]).is_ok());
}

#[test]
fn a_weight_out_of_range_makes_no_key() {
    assert!(matches!(
        setup(&graph(), weights([7, -8, 8]), &HIDING),
        Err(SetupError::Weights(_))
    ));
    for values in [[8, -8, 0], [7, -9, 0], [7, -8, 1 << 29]] {
        assert!(claims_fail(&forged(values, [7, -8, 0])), "{values:?}");
    }
}

#[test]
fn a_weight_committed_otherwise_than_argued_makes_no_key() {
    let mut forged = Forged::new([7, -8, 100], [7, -8, 0], &HIDING);
    forged.weights = weights([7, -8, 0]);
    assert!(claims_fail(&forged.finish(&forged.pin(&HIDING), &HIDING)));
}

#[test]
fn a_value_out_of_the_domain_that_is_not_the_commitments_makes_no_key() {
    for hiding in [HIDING, Hiding::None] {
        let forged = Forged::new([7, -8, 0], [7, -8, 0], &hiding);
        let mut own = forged.pin(&hiding);
        assert!(forged.finish(&own, &hiding).is_ok());
        own.value += EF::ONE;
        assert!(claims_fail(&forged.finish(&own, &hiding)));
    }
}

#[test]
fn a_number_of_openings_that_was_not_committed_for_makes_no_key() {
    let forged = Forged::new([7, -8, 0], [7, -8, 0], &HIDING);
    let mut own = forged.pin(&HIDING);
    for openings in [2, 4, 100] {
        own.openings = openings;
        assert!(forged.finish(&own, &HIDING).is_err(), "{openings}");
    }
    for openings in [0, OPENINGS_MAX + 1] {
        let hiding = Hiding::Weights {
            seed: [5; 32],
            openings,
        };
        let refused = setup(&graph(), weights([7, -8, 0]), &hiding);
        assert!(matches!(refused, Err(SetupError::Openings(own)) if own == openings));
    }
}

#[test]
fn a_proving_key_needs_the_weights_and_the_seed_of_the_key() {
    let (_, key) = setup(&graph(), weights([1, 2, 3]), &HIDING).expect("keys are made");
    assert!(ProvingKey::rebuild(key.clone(), weights([1, 2, 3]), &HIDING).is_ok());
    let other_seed = Hiding::Weights {
        seed: [6; 32],
        openings: 3,
    };
    for (values, hiding) in [
        ([1, 2, 4], HIDING),
        ([1, 2, 3], other_seed),
        ([1, 2, 3], Hiding::None),
    ] {
        let refused = ProvingKey::rebuild(key.clone(), weights(values), &hiding);
        assert!(matches!(refused, Err(SetupError::OtherWeights)));
    }
}

#[test]
fn keys_without_hiding_are_the_same_for_all_and_hidden_ones_differ_by_seed() {
    let key = |hiding: &Hiding| {
        let made = setup(&graph(), weights([1, 2, 3]), hiding).expect("keys are made");
        made.1.encode()
    };
    assert_eq!(key(&Hiding::None), key(&Hiding::None));
    assert_eq!(key(&HIDING), key(&HIDING));
    let other = Hiding::Weights {
        seed: [6; 32],
        openings: 3,
    };
    assert_ne!(key(&HIDING), key(&other));
    assert_ne!(key(&HIDING), key(&Hiding::None));
}
