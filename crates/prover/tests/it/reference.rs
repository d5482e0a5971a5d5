//! The reference prover and the fast one give the same bytes.

use lilliput_prover::{prove, reference, setup};
use lilliput_verifier::Context;
use proptest::prelude::{ProptestConfig, any};
use proptest::proptest;

use crate::end_to_end::{HIDING, check, request};
use crate::nets::{Model, mlp};
use crate::random::random;
use crate::transformers::{Sizes, encoder};

fn check_bytes(model: &Model) {
    let (key, _) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys are made");
    let request = request(Context::OFFLINE);
    let fast = prove(&key, &request, &model.inputs).expect("a proof is made");
    let slow = reference::prove(&key, &request, &model.inputs);
    assert!(fast.encode() == slow.expect("a proof is made").encode());
}

#[test]
fn both_provers_agree_on_a_perceptron() {
    check_bytes(&mlp(3, &[12, 9, 5]));
}

/// Of the lookups' leaves, only a first part is in use, of another size each time.
#[test]
fn both_provers_agree_however_many_leaves_are_in_use() {
    for hidden in [30, 120, 300, 600] {
        check_bytes(&mlp(7, &[3, hidden, 2]));
    }
}

#[test]
fn both_provers_agree_on_an_encoder() {
    for (seed, vocabulary) in [(5, 0), (6, 11)] {
        check_bytes(&encoder(
            seed,
            &Sizes {
                layers: 1,
                tokens: 3,
                width: 6,
                heads: 2,
                hidden: 9,
                vocabulary,
                table_bits: 10,
            },
        ));
    }
}

/// Which kinds of nodes the seeds below reach.
#[test]
fn random_graphs_hold_every_operator() {
    let mut kinds = std::collections::BTreeSet::new();
    for seed in 0..64 {
        let model = random(seed);
        kinds.extend(model.graph.graph().nodes.iter().map(|node| node.op.kind()));
    }
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

/// A slice of nothing but padding: its claim is zero, and says nothing of what was padded.
#[test]
fn a_graph_that_slices_its_padding_away_is_proven() {
    check(&random(321_365_835_160_323_909));
}

#[test]
fn forty_random_graphs_are_proven() {
    for seed in 0..40 {
        println!("seed {seed}");
        check(&random(seed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_provers_agree_on_random_graphs(seed in any::<u64>()) {
        check_bytes(&random(seed));
    }
}
