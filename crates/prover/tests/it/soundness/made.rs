//! One model with its key, a successor, a link, and proofs: what is taken apart and changed.

use std::sync::LazyLock;

use lilliput_graph::{Op, Shape, TensorId};
use lilliput_prover::setup::Hiding;
use lilliput_prover::{prove, setup};
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::{Context, Proof, VerifyingKey};

use crate::end_to_end::{HIDING, request};
use crate::nets::{BYTE, Model, Net, mlp};

pub(crate) const CONTEXT: Context = Context {
    chain: [1; 32],
    job: [2; 32],
    provider: [3; 32],
};

pub(crate) struct Made {
    pub(crate) key: VerifyingKey,
    pub(crate) successor: VerifyingKey,
    pub(crate) link: Vec<u8>,
    /// Inputs hidden, nothing hidden, all hidden.
    pub(crate) proofs: [Proof; 3],
}

pub(crate) fn model() -> Model {
    mlp(5, &[10, 7, 3])
}

pub(crate) static MADE: LazyLock<Made> = LazyLock::new(|| {
    let model = model();
    let keys = |hiding: &Hiding| {
        setup(&model.graph, model.weights.clone(), hiding).expect("keys are made")
    };
    let (proving, key) = keys(&HIDING);
    let (next, successor) = keys(&Hiding::Weights {
        seed: [6; 32],
        openings: 40,
    });
    let link = lilliput_prover::link::prove(&proving, &next, &[8; 32]).expect("a link is made");
    let proofs = [(true, false), (false, false), (true, true)].map(|(inputs, outputs)| {
        let mut request = request(CONTEXT);
        request.hidden = Hidden { inputs, outputs };
        prove(&proving, &request, &model.inputs).expect("a proof is made")
    });
    Made {
        key,
        successor,
        link,
        proofs,
    }
});

/// A convolution that is read twice, so that claims on it are merged, and a dense layer behind it.
fn read_twice() -> Model {
    let weights: [(&[u32], u8); 4] = [(&[2, 1, 3, 3], 6), (&[2], 5), (&[3, 32], 7), (&[3], 8)];
    let mut net = Net::new(13, &[(&[1, 4, 4], BYTE)], &weights);
    let convolved = net.conv(TensorId(0), TensorId(1), TensorId(2), 1);
    let looked_up = net.requantise(convolved, 0);
    let sum = net.sum(&[(convolved, 1), (looked_up, -3)]);
    let x = net.push(Op::Reshape {
        x: looked_up,
        shape: Shape(vec![32]),
    });
    let x = net.dense(x, TensorId(3), TensorId(4));
    net.finish(&[x, sum])
}

/// Its key, and a proof with all hidden.
pub(crate) static MANY: LazyLock<(VerifyingKey, Proof)> = LazyLock::new(|| {
    let model = read_twice();
    let (proving, key) = setup(&model.graph, model.weights, &HIDING).expect("keys are made");
    let mut request = request(CONTEXT);
    request.hidden = Hidden {
        inputs: true,
        outputs: true,
    };
    let proof = prove(&proving, &request, &model.inputs).expect("a proof is made");
    (key, proof)
});
