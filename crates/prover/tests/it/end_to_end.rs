//! What the executor computes is what the verifier accepts.

use lilliput_graph::execute;
use lilliput_prover::setup::Hiding;
use lilliput_prover::{Request, prove, setup};
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::{Context, Proof, VerifyingKey, verify};

use crate::nets::{Model, lenet, mlp};

/// Weights hidden for a hundred proofs.
pub(crate) const HIDING: Hiding = Hiding::Weights {
    seed: [5; 32],
    openings: 100,
};

/// The second opening, inputs hidden.
pub(crate) fn request(context: Context) -> Request {
    Request::new(context, 1, &[7; 32])
}

/// Proves and verifies, both through bytes, whatever is hidden, and compares with the executor.
pub(crate) fn check(model: &Model) {
    let (proving, key) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys");
    let key = VerifyingKey::decode(&key.encode()).expect("the key holds");
    let trace = execute(&model.graph, &model.weights, &model.inputs).expect("the model runs");
    let outputs: Vec<_> = trace
        .outputs()
        .map(|output| output.values.clone())
        .collect();
    for (inputs, hide_outputs) in [(true, false), (false, false), (true, true)] {
        let mut request = request(Context::OFFLINE);
        request.hidden = Hidden {
            inputs,
            outputs: hide_outputs,
        };
        let proof = prove(&proving, &request, &model.inputs).expect("a proof is made");
        let proof = Proof::decode(&proof.encode()).expect("the proof is read");
        let verified = verify(&key, &Context::OFFLINE, &proof).expect("the proof holds");
        assert_eq!(verified.inputs.is_none(), inputs);
        let stated = (!hide_outputs).then(|| outputs.clone());
        assert_eq!(verified.outputs, stated);
        assert_eq!(verified.opening, key.openings().min(1));
        assert!(verified.security.bits >= 100.0, "{:?}", verified.security);
    }
}

#[test]
fn a_perceptron_is_proven() {
    check(&mlp(1, &[20, 13, 10]));
}

#[test]
fn a_convolutional_net_is_proven() {
    check(&lenet(2));
}
