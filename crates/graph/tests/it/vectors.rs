//! The encoding and the result of the example network, as published.

use lilliput_graph::{Checked, Graph, execute};
use serde_json::Value;

use crate::example::network;

fn vectors() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/graph.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_example_has_its_published_encoding_and_result() {
    let (graph, weights, inputs) = network();
    let bytes = graph.encode();
    let checked = Checked::new(Graph::decode(&bytes).unwrap()).unwrap();
    let trace = execute(&checked, &weights, &inputs).unwrap();
    let mut hasher = blake3::Hasher::new();
    for tensor in 0..checked.graph().tensors() as u32 {
        for value in &trace.tensor(lilliput_graph::TensorId(tensor)).values {
            hasher.update(&value.to_le_bytes());
        }
    }
    let computed = serde_json::json!({
        "graph_hex": hex::encode(&bytes),
        "graph_blake3": blake3::hash(&bytes).to_hex().as_str(),
        "trace_blake3": hasher.finalize().to_hex().as_str(),
        "output": trace.outputs().next().unwrap().values,
    });
    let published = &vectors()["network"];
    assert!(&computed == published, "computed {computed:#}");
}
