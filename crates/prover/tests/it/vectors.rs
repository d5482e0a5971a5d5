//! `specs/vectors/proof.json`: a model, its key and a proof, by their hashes.

use lilliput_graph::{Checked, Graph, Tensor, Weights};
use lilliput_prover::setup::Hiding;
use lilliput_prover::{ProvingKey, Request, prove, setup};
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::{Context, Proof, verify};
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

const CONTEXT: Context = Context {
    chain: [1; 32],
    job: [2; 32],
    provider: [3; 32],
};

/// A key, and a proof for each kind of hiding; all secrets are in the file.
fn vector(name: &str, model: &Model, key_seed: [u8; 32], openings: u32) -> Value {
    let hiding = match openings {
        0 => Hiding::None,
        openings => Hiding::Weights {
            seed: key_seed,
            openings,
        },
    };
    let (proving, key) =
        setup(&model.graph, model.weights.clone(), &hiding).expect("keys are made");
    let hidden = [(false, false), (true, false), (false, true), (true, true)];
    let proofs = hidden.map(|(inputs, outputs)| {
        let request = Request {
            context: CONTEXT,
            hidden: Hidden { inputs, outputs },
            opening: openings.min(1),
            input_seed: [4; 32],
            output_seed: [5; 32],
            seed: [6; 32],
        };
        of_proof(&proving, &request, model)
    });
    let values = |tensors: &[Tensor]| -> Vec<Vec<i64>> {
        tensors.iter().map(|tensor| tensor.values.clone()).collect()
    };
    let key_bytes = key.encode();
    json!({
        "name": name,
        "graph": hex::encode(model.graph.graph().encode()),
        "weights": values(&model.weights.0),
        "inputs": values(&model.inputs),
        "context": {
            "chain": hex::encode(CONTEXT.chain),
            "job": hex::encode(CONTEXT.job),
            "provider": hex::encode(CONTEXT.provider),
        },
        "key_seed": hex::encode(key_seed),
        "openings": openings,
        "key_bytes": key_bytes.len(),
        "key_blake3": blake3::hash(&key_bytes).to_string(),
        "model_id": hex::encode(key.model_id().0),
        "proofs": proofs,
    })
}

fn of_proof(key: &ProvingKey, request: &Request, model: &Model) -> Value {
    let proof = prove(key, request, &model.inputs).expect("a proof is made");
    let bytes = proof.encode();
    let read = Proof::decode(&bytes).expect("the proof is read");
    let verified = verify(key.verifying_key(), &CONTEXT, &read).expect("the proof holds");
    json!({
        "hidden_inputs": request.hidden.inputs,
        "hidden_outputs": request.hidden.outputs,
        "opening": request.opening,
        "input_seed": hex::encode(request.input_seed),
        "output_seed": hex::encode(request.output_seed),
        "seed": hex::encode(request.seed),
        "outputs": verified.outputs,
        "input_commitment": hex::encode(verified.input_commitment.0),
        "output_digest": hex::encode(verified.output_digest.0),
        "proof_bytes": bytes.len(),
        "proof_blake3": blake3::hash(&bytes).to_string(),
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

/// The same vector, from what the file says.
fn again(old: &Value) -> Value {
    let name = old["name"].as_str().expect("a name");
    let seed = hex::decode(old["key_seed"].as_str().expect("a string")).expect("hexadecimal");
    let openings = old["openings"].as_u64().expect("a number") as u32;
    let seed = seed.try_into().expect("32 bytes");
    vector(name, &model(old), seed, openings)
}

#[test]
fn published_keys_and_proofs_are_made_again() {
    let file = std::fs::read_to_string(PATH).unwrap_or_default();
    let published: Vec<Value> = serde_json::from_str(&file).unwrap_or_default();
    let readable = published.iter().all(|old| old["key_seed"].is_string());
    let again: Vec<Value> = published.iter().filter(|_| readable).map(again).collect();
    let fresh = json!([
        vector("perceptron", &mlp(9, &[6, 5, 3]), [7; 32], 100),
        vector("convolutional", &convolutional(), [7; 32], 16),
        vector(
            "perceptron, weights not hidden",
            &mlp(9, &[6, 5, 3]),
            [7; 32],
            0
        ),
    ]);
    assert!(
        published.len() == 3 && published == again,
        "after a change of format, which needs a new version, the file is:\n{fresh:#}"
    );
}
