//! Proven scores: how many samples a committed model labels right.

use lilliput_graph::score::ScoreError;
use lilliput_graph::{Tensor, execute};
use lilliput_prover::{ProveError, prove_score, setup};
use lilliput_verifier::statement::Port;
use lilliput_verifier::{Context, InputCommitment, Proof, Subject, SubjectError, Task, verify};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::end_to_end::{HIDING, request};
use crate::nets::{Model, lenet, mlp};

const SAMPLES: usize = 9;

/// Random samples, of which two in three carry the model's own label.
fn samples(model: &Model) -> (Vec<Vec<Tensor>>, Vec<u32>, i64) {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut right = 0;
    let mut labels = Vec::new();
    let samples = (0..SAMPLES).map(|index| {
        let inputs = model.graph.graph().inputs.iter().map(|input| Tensor {
            shape: input.shape.clone(),
            values: (0..input.shape.elements())
                .map(|_| rng.random_range(input.range.lo..=input.range.hi))
                .collect(),
        });
        let sample: Vec<Tensor> = inputs.collect();
        let trace = execute(&model.graph, &model.weights, &sample).expect("the model runs");
        let scores = &trace.outputs().next().expect("one output").values;
        let largest = scores.iter().max().expect("scores");
        let own = scores.iter().position(|score| score == largest);
        let own = own.expect("one of them") as u32;
        let is_right = index % 3 != 0;
        right += i64::from(is_right);
        labels.push(if is_right {
            own
        } else {
            (own + 1) % scores.len() as u32
        });
        sample
    });
    let samples = samples.collect();
    (samples, labels, right)
}

fn check(model: &Model) {
    let (samples, labels, right) = samples(model);
    let (proving, key) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys");
    let request = request(Context::OFFLINE);
    let proof = prove_score(&proving, &request, &samples, &labels).expect("a proof is made");
    let proof = Proof::decode(&proof.encode()).expect("the proof is read");
    let verified = verify(&key, &Context::OFFLINE, &proof).expect("the proof holds");
    assert_eq!(verified.task, Task::Score(SAMPLES as u32));
    assert_eq!(verified.outputs, Some(vec![vec![right]]));
    assert_eq!(verified.inputs, None, "samples and labels are hidden");
    assert!(verified.security.bits >= 100.0, "{:?}", verified.security);

    // The commitment is that of samples and labels, so a leaderboard compares models on one.
    let subject = Subject::new(&key, verified.task, proof.statement.hidden()).expect("a subject");
    let ports = (0..samples[0].len()).map(|port| {
        let values = samples.iter().flat_map(|sample| &sample[port].values);
        values.map(|&value| value as i32).collect()
    });
    let labels = labels.iter().map(|&label| label as i32).collect();
    let ports: Vec<Vec<i32>> = ports.chain([labels]).collect();
    let expected = InputCommitment::new(&request.input_seed, &ports, subject.checked());
    assert_eq!(expected, Ok(verified.input_commitment));

    for other in [right - 1, right + 1, 0, SAMPLES as i64] {
        let mut changed = proof.clone();
        changed.statement.outputs = Port::Public(vec![vec![other as i32]]);
        assert!(
            verify(&key, &Context::OFFLINE, &changed).is_err(),
            "{other}"
        );
    }
    for task in [
        Task::Answers(SAMPLES as u32),
        Task::Score(SAMPLES as u32 - 1),
        Task::Score(SAMPLES as u32 + 1),
    ] {
        let mut changed = proof.clone();
        changed.statement.task = task;
        assert!(
            verify(&key, &Context::OFFLINE, &changed).is_err(),
            "{task:?}"
        );
    }
}

#[test]
fn the_score_of_a_convolutional_net_is_proven() {
    check(&lenet(4));
}

#[test]
fn the_score_of_a_perceptron_is_proven() {
    check(&mlp(4, &[20, 13, 10]));
}

#[test]
fn scores_that_cannot_be_are_refused() {
    let model = mlp(4, &[20, 13, 10]);
    let (proving, _) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys");
    let request = request(Context::OFFLINE);
    let (samples, mut labels, _) = samples(&model);
    let few = prove_score(&proving, &request, &samples, &labels[1..]);
    assert!(matches!(few, Err(ProveError::Labels { .. })), "{few:?}");
    // The label of a class that the model doesn't have.
    labels[0] = 10;
    let unknown = prove_score(&proving, &request, &samples, &labels);
    assert!(matches!(unknown, Err(ProveError::Run(_))), "{unknown:?}");
    let single = mlp(4, &[20, 13, 1]);
    let (proving, _) = setup(&single.graph, single.weights.clone(), &HIDING).expect("keys");
    let refused = prove_score(&proving, &request, &samples, &[0; SAMPLES]);
    let expected = SubjectError::Score(ScoreError::NotAClassifier);
    assert!(
        matches!(&refused, Err(ProveError::Subject(source)) if *source == expected),
        "{refused:?}"
    );
}
