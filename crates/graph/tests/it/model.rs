//! The model file.

use lilliput_graph::{Checked, Model, ModelError};

use crate::example::network;

fn example() -> Model {
    let (graph, weights, _) = network();
    Model {
        name: "example".into(),
        graph: Checked::new(graph).unwrap(),
        weights,
    }
}

#[test]
fn a_model_is_read_back() {
    let model = example();
    assert_eq!(Model::decode(&model.encode().unwrap()).unwrap(), model);
}

#[test]
fn every_cut_and_every_addition_is_refused() {
    let bytes = example().encode().unwrap();
    for end in 0..bytes.len() {
        assert!(Model::decode(&bytes[..end]).is_err(), "cut at {end}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(
        Model::decode(&longer),
        Err(ModelError::Trailing { got: 1 })
    ));
}

#[test]
fn every_changed_byte_gives_another_model_or_none() {
    let model = example();
    let bytes = model.encode().unwrap();
    for index in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[index] ^= 1 << (index % 8);
        if let Ok(other) = Model::decode(&changed) {
            assert_ne!(other, model, "byte {index}");
            assert_eq!(other.encode().unwrap(), changed);
        }
    }
}

#[test]
fn weights_beyond_their_bits_are_not_written() {
    let mut model = example();
    model.weights.0[0].values[0] = 200;
    assert!(matches!(model.encode(), Err(ModelError::Weights(_))));
}
