use super::*;
use crate::check::Checked;
use crate::exec::execute;
use crate::graph::Weights;
use crate::tensor::Tensor;

/// A model of three scores that are its inputs, times a factor.
fn model(factor: i64, reach: i64) -> Graph {
    let shape = Shape(vec![1, 3]);
    let inputs = vec![Input {
        name: "x".to_owned(),
        shape: shape.clone(),
        range: Range {
            lo: -reach,
            hi: reach,
        },
        scale: ONE,
        zero: 0,
    }];
    let mut draft = Draft::new(inputs, Vec::new());
    let tensor = draft
        .push(Op::Sum {
            terms: vec![(TensorId(0), factor)],
            constant: 0,
        })
        .expect("in bounds");
    draft.push_output(Output {
        name: "scores".to_owned(),
        tensor,
        scale: ONE,
        shape,
        post: Post::Softmax,
    });
    draft.into_graph()
}

fn right(graph: &Graph, samples: &[([i64; 3], i64)]) -> i64 {
    let count = samples.len() as u32;
    let checked = Checked::new(score(graph, count).expect("a classifier")).expect("sound");
    let inputs = [
        Tensor {
            shape: Shape(vec![count, 1, 3]),
            values: samples.iter().flat_map(|(scores, _)| *scores).collect(),
        },
        Tensor {
            shape: Shape(vec![count]),
            values: samples.iter().map(|&(_, label)| label).collect(),
        },
    ];
    let weights = Weights(Vec::new());
    let trace = execute(&checked, &weights, &inputs).expect("runs");
    let outputs: Vec<_> = trace.outputs().collect();
    assert_eq!(outputs.len(), 1);
    assert_eq!(outputs[0].values.len(), 1);
    outputs[0].values[0]
}

/// The first of the largest.
fn label(scores: [i64; 3]) -> i64 {
    let largest = scores.iter().max().expect("three");
    scores
        .iter()
        .position(|score| score == largest)
        .expect("one of them") as i64
}

#[test]
fn every_order_and_tie_is_counted_as_the_first_largest_says() {
    for factor in [1, 1 << 27] {
        let graph = model(factor, 2);
        let mut all = Vec::new();
        let values = -2..=2;
        for a in values.clone() {
            for b in values.clone() {
                for c in values.clone() {
                    all.extend((0..3).map(|own| ([a, b, c], own)));
                }
            }
        }
        for &(scores, own) in &all {
            let expected = i64::from(label(scores) == own);
            assert_eq!(
                right(&graph, &[(scores, own)]),
                expected,
                "{scores:?} as {own}"
            );
        }
        let expected = all.iter().filter(|(scores, own)| label(*scores) == *own);
        assert_eq!(right(&graph, &all), expected.count() as i64);
    }
}

#[test]
fn models_without_labels_are_refused() {
    let mut two = model(1, 2);
    two.outputs.push(two.outputs[0].clone());
    assert_eq!(score(&two, 1), Err(ScoreError::NotAClassifier));
    let mut one = model(1, 2);
    one.outputs[0].shape = Shape(vec![1]);
    assert_eq!(score(&one, 1), Err(ScoreError::NotAClassifier));
    assert_eq!(
        score(&model(1, 2), 0),
        Err(ScoreError::Batch(BatchError::Count(0)))
    );
    // The largest difference of scores leaves the integers that can't wrap.
    let wide = score(&model(1 << 28, 2), 1);
    assert!(matches!(wide, Err(ScoreError::Compare(_))), "{wide:?}");
}
