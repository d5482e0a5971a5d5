//! Several runs of a model in one proof.

use lilliput_graph::batch::{BatchError, batch};
use lilliput_graph::{Checked, Tensor, execute};
use lilliput_prover::{ProveError, prove, prove_batch, setup};
use lilliput_verifier::{Context, Proof, SubjectError, Task, verify};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::end_to_end::{HIDING, request};
use crate::nets::{Model, lenet, mlp};
use crate::random::random;

/// Inputs within the model's ranges, the first as the model has them.
fn samples(model: &Model, count: usize) -> Vec<Vec<Tensor>> {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let inputs = &model.graph.graph().inputs;
    let mut sample = || {
        let tensors = inputs.iter().map(|input| Tensor {
            shape: input.shape.clone(),
            values: (0..input.shape.elements())
                .map(|_| rng.random_range(input.range.lo..=input.range.hi))
                .collect(),
        });
        tensors.collect()
    };
    std::iter::once(model.inputs.clone())
        .chain((1..count).map(|_| sample()))
        .collect()
}

/// Each output of all samples, one behind the other, run by run.
fn outputs(model: &Model, samples: &[Vec<Tensor>]) -> Vec<Vec<i64>> {
    let mut all = vec![Vec::new(); model.graph.graph().outputs.len()];
    for sample in samples {
        let trace = execute(&model.graph, &model.weights, sample).expect("the model runs");
        for (all, output) in all.iter_mut().zip(trace.outputs()) {
            all.extend(&output.values);
        }
    }
    all
}

fn check(model: &Model, count: usize) {
    let samples = samples(model, count);
    let (proving, key) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys");
    let request = request(Context::OFFLINE);
    let proof = prove_batch(&proving, &request, &samples).expect("a proof is made");
    let mut proof = Proof::decode(&proof.encode()).expect("the proof is read");
    let verified = verify(&key, &Context::OFFLINE, &proof).expect("the proof holds");
    assert_eq!(verified.task, Task::Answers(count as u32));
    assert_eq!(verified.outputs, Some(outputs(model, &samples)));
    assert!(verified.security.bits >= 100.0, "{:?}", verified.security);
    proof.statement.task = Task::Answers(count as u32 - 1);
    assert!(verify(&key, &Context::OFFLINE, &proof).is_err());
}

#[test]
fn a_batch_of_pictures_is_proven() {
    check(&lenet(4), 3);
}

#[test]
fn a_batch_of_vectors_is_proven() {
    check(&mlp(4, &[20, 13, 10]), 17);
}

#[test]
fn a_batch_of_any_graph_gives_what_single_runs_give() {
    let mut batched = 0;
    for seed in 0..60 {
        let model = random(seed);
        let samples = samples(&model, 3);
        let graph = match batch(model.graph.graph(), 3) {
            Ok(graph) => graph,
            Err(BatchError::Kernel { .. }) => continue,
            Err(error) => panic!("seed {seed}: {error}"),
        };
        // Six axes are the most a tensor has.
        let Ok(graph) = Checked::new(graph) else {
            continue;
        };
        let stacked = |port: usize| Tensor {
            shape: graph.graph().inputs[port].shape.clone(),
            values: samples
                .iter()
                .flat_map(|sample| sample[port].values.clone())
                .collect(),
        };
        let inputs: Vec<Tensor> = (0..graph.graph().inputs.len()).map(stacked).collect();
        let trace = execute(&graph, &model.weights, &inputs).expect("the batch runs");
        let all: Vec<_> = trace.outputs().map(|own| own.values.clone()).collect();
        assert_eq!(all, outputs(&model, &samples), "seed {seed}");
        batched += 1;
    }
    assert!(batched > 30, "{batched}");
}

#[test]
fn batches_that_cannot_be_are_refused() {
    let model = mlp(4, &[20, 13, 10]);
    let (proving, _) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys");
    let request = request(Context::OFFLINE);
    let none = prove_batch(&proving, &request, &[]).expect_err("no samples");
    let expected = SubjectError::Batch(BatchError::Count(0));
    assert!(
        matches!(&none, ProveError::Subject(source) if *source == expected),
        "{none}"
    );
    let short = prove_batch(&proving, &request, &[model.inputs.clone(), Vec::new()]);
    assert!(matches!(short, Err(ProveError::Sample(1))));
    // A batch of one is the one run.
    let one = prove(&proving, &request, &model.inputs).expect("a proof");
    let same = prove_batch(&proving, &request, &[model.inputs]).expect("a proof");
    assert!(one.encode() == same.encode());
}
