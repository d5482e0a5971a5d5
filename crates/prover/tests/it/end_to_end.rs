//! What the executor computes is what the verifier accepts.

use lilliput_graph::execute;
use lilliput_prover::{prove, setup};
use lilliput_verifier::{Context, Proof, VerifyingKey, verify};

use crate::nets::{Model, lenet, mlp};

pub(crate) const SALT: [u8; 32] = [7; 32];

/// Proves and verifies, both through bytes, and compares with the executor.
pub(crate) fn check(model: &Model) {
    let (proving, key) = setup(&model.graph, model.weights.clone()).expect("keys are made");
    let proof = prove(&proving, &Context::OFFLINE, SALT, &model.inputs).expect("a proof is made");
    let key = VerifyingKey::decode(&key.encode()).expect("the key holds");
    let proof = Proof::decode(&proof.encode()).expect("the proof is read");
    let verified = verify(&key, &Context::OFFLINE, &proof).expect("the proof holds");
    let trace = execute(&model.graph, &model.weights, &model.inputs).expect("the model runs");
    let outputs: Vec<_> = trace
        .outputs()
        .map(|output| output.values.clone())
        .collect();
    assert_eq!(verified.outputs, outputs);
    assert!(verified.security.bits >= 100.0, "{:?}", verified.security);
}

#[test]
fn a_perceptron_is_proven() {
    check(&mlp(1, &[20, 13, 10]));
}

#[test]
fn a_convolutional_net_is_proven() {
    check(&lenet(2));
}
