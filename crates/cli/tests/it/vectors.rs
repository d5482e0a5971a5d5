//! `specs/vectors/proof.json`: the keys and proofs that are published there by their hashes, made again.

use std::path::Path;

use lilliput_graph::{Checked, Graph, Tensor, TensorId, Weights};
use lilliput_prover::setup::Hiding;
use lilliput_prover::{Request, prove, setup};
use lilliput_verifier::Context;
use lilliput_verifier::layout::Hidden;
use serde_json::Value;

/// A key and a proof, and what is published about them.
pub(crate) struct Published {
    pub(crate) key: Vec<u8>,
    pub(crate) proof: Vec<u8>,
    pub(crate) says: Value,
}

/// All of them.
pub(crate) fn published() -> Vec<Published> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/vectors/proof.json");
    let text = std::fs::read_to_string(path).unwrap();
    let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
    vectors.iter().flat_map(of_vector).collect()
}

fn of_vector(vector: &Value) -> Vec<Published> {
    let graph = hex::decode(vector["graph"].as_str().unwrap()).unwrap();
    let graph = Checked::new(Graph::decode(&graph).unwrap()).unwrap();
    let inputs = graph.graph().inputs.len() as u32;
    let weights = Weights(tensors(&graph, &vector["weights"], inputs));
    let hiding = match vector["openings"].as_u64().unwrap() {
        0 => Hiding::None,
        openings => Hiding::Weights {
            seed: bytes(&vector["key_seed"]),
            openings: openings as u32,
        },
    };
    let (proving, key) = setup(&graph, weights, &hiding).unwrap();
    let key = key.encode();
    assert_eq!(vector["key_blake3"], blake3::hash(&key).to_string());
    let inputs = tensors(&graph, &vector["inputs"], 0);
    let of_proof = |says: &Value| {
        let context = &vector["context"];
        let request = Request {
            context: Context {
                chain: bytes(&context["chain"]),
                job: bytes(&context["job"]),
                provider: bytes(&context["provider"]),
            },
            hidden: Hidden {
                inputs: says["hidden_inputs"] == true,
                outputs: says["hidden_outputs"] == true,
            },
            opening: says["opening"].as_u64().unwrap() as u32,
            input_seed: bytes(&says["input_seed"]),
            output_seed: bytes(&says["output_seed"]),
            seed: bytes(&says["seed"]),
        };
        let proof = prove(&proving, &request, &inputs).unwrap().encode();
        assert_eq!(says["proof_blake3"], blake3::hash(&proof).to_string());
        let mut says = says.clone();
        says["model_id"] = vector["model_id"].clone();
        Published {
            key: key.clone(),
            proof,
            says,
        }
    };
    let proofs = vector["proofs"].as_array().unwrap();
    proofs.iter().map(of_proof).collect()
}

fn bytes(value: &Value) -> [u8; 32] {
    let bytes = hex::decode(value.as_str().unwrap()).unwrap();
    bytes.try_into().unwrap()
}

fn tensors(graph: &Checked, lists: &Value, first: u32) -> Vec<Tensor> {
    let lists: Vec<Vec<i64>> = serde_json::from_value(lists.clone()).unwrap();
    let tensor = |(values, id): (Vec<i64>, TensorId)| Tensor {
        shape: graph.tensor_shape(id).clone(),
        values,
    };
    let ids = (first..).map(TensorId);
    lists.into_iter().zip(ids).map(tensor).collect()
}
