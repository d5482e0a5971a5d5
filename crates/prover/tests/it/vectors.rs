//! `specs/vectors/proof.json`: a model, its key and a proof, by their hashes.

use lilliput_graph::{Checked, Graph, Tensor, Weights};
use lilliput_prover::{prove, setup};
use lilliput_verifier::{Context, OutputDigest, verify};
use serde_json::{Value, json};

use crate::nets::{Model, Net, mlp};
use lilliput_graph::{Op, Shape, TensorId};

const PATH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../specs/vectors/proof.json"
);

/// A convolution with padding on every axis, a rectifier with a shift, a reshape that moves more than bits, a
/// dense layer.
fn convolutional() -> Model {
    let weights: [(&[u32], u8); 4] = [(&[3, 1, 2, 2], 6), (&[3], 5), (&[2, 27], 7), (&[2], 8)];
    let mut net = Net::new(11, &[(&[1, 4, 4], crate::nets::BYTE)], &weights);
    let x = net.conv(TensorId(0), TensorId(1), TensorId(2), 0);
    let x = net.requantise(x, 0);
    let x = net.push(Op::Reshape {
        x,
        shape: Shape(vec![27]),
    });
    let x = net.dense(x, TensorId(3), TensorId(4));
    net.finish(&[x])
}

fn vector(name: &str, model: &Model) -> Value {
    let context = Context {
        chain: [1; 32],
        job: [2; 32],
        provider: [3; 32],
    };
    let salt = [4; 32];
    let (proving, key) =
        setup(&model.graph, model.weights.clone(), &HIDING).expect("keys are made");
    let proof = prove(&proving, &context, salt, &model.inputs).expect("a proof is made");
    let verified = verify(&key, &context, &proof).expect("the proof holds");
    let values = |tensors: &[Tensor]| -> Vec<Vec<i64>> {
        tensors.iter().map(|tensor| tensor.values.clone()).collect()
    };
    let (key_bytes, proof_bytes) = (key.encode(), proof.encode());
    json!({
        "name": name,
        "graph": hex::encode(model.graph.graph().encode()),
        "weights": values(&model.weights.0),
        "inputs": values(&model.inputs),
        "context": {
            "chain": hex::encode(context.chain),
            "job": hex::encode(context.job),
            "provider": hex::encode(context.provider),
        },
        "salt": hex::encode(salt),
        "outputs": verified.outputs,
        "key_bytes": key_bytes.len(),
        "key_blake3": blake3::hash(&key_bytes).to_string(),
        "model_id": hex::encode(key.model_id().0),
        "input_commitment": hex::encode(verified.input_commitment.0),
        "output_digest": hex::encode(OutputDigest::new(&proof.statement.outputs).0),
        "proof_bytes": proof_bytes.len(),
        "proof_blake3": blake3::hash(&proof_bytes).to_string(),
    })
}

/// The model of a vector, from what the file says.
fn model(vector: &Value) -> Model {
    let bytes = hex::decode(vector["graph"].as_str().expect("a string")).expect("hexadecimal");
    let graph = Checked::new(Graph::decode(&bytes).expect("a graph")).expect("a sound graph");
    let tensors = |name: &str, first: u32| -> Vec<Tensor> {
        let lists: Vec<Vec<i64>> =
            serde_json::from_value(vector[name].clone()).expect("lists of integers");
        let ids = (first..).map(TensorId);
        let tensors = lists.into_iter().zip(ids);
        tensors
            .map(|(values, id)| Tensor {
                shape: graph.tensor_shape(id).clone(),
                values,
            })
            .collect()
    };
    let inputs = graph.graph().inputs.len() as u32;
    Model {
        inputs: tensors("inputs", 0),
        weights: Weights(tensors("weights", inputs)),
        graph,
    }
}

#[test]
fn published_keys_and_proofs_are_made_again() {
    let file = std::fs::read_to_string(PATH).unwrap_or_default();
    let published: Vec<Value> = serde_json::from_str(&file).unwrap_or_default();
    let again: Vec<Value> = published
        .iter()
        .map(|old| vector(old["name"].as_str().expect("a name"), &model(old)))
        .collect();
    let fresh = json!([
        vector("perceptron", &mlp(9, &[6, 5, 3])),
        vector("convolutional", &convolutional()),
    ]);
    assert!(
        published.len() == 2 && published == again,
        "after a change of format, which needs a new version, the file is:\n{fresh:#}"
    );
}
