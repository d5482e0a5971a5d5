//! The model file.

use lilliput_graph::{Checked, Hiding, Model, ModelError};

use crate::example::network;

fn example() -> Model {
    let (graph, weights, _) = network();
    Model {
        name: "example".into(),
        hiding: None,
        graph: Checked::new(graph).unwrap(),
        weights,
    }
}

fn hidden() -> Model {
    Model {
        hiding: Some(Hiding {
            seed: [0xa5; 32],
            openings: 128,
            share: 100..128,
        }),
        ..example()
    }
}

#[test]
fn a_model_is_read_back() {
    for model in [example(), hidden()] {
        assert_eq!(Model::decode(&model.encode().unwrap()).unwrap(), model);
    }
}

#[test]
fn the_seed_is_not_printed() {
    let printed = format!("{:?}", hidden());
    assert!(printed.contains("Hiding") && printed.contains("100..128"));
    assert!(!printed.contains("165, 165") && !printed.contains("a5a5"));
}

#[test]
fn shares_that_no_key_has_are_neither_written_nor_read() {
    let good = hidden().encode().unwrap();
    // Magic, version, name, kind and seed come before the three numbers.
    let place = 4 + 1 + 1 + "example".len() + 1 + 32;
    for (openings, start, end) in [(0, 0, 0), (8, 5, 4), (8, 0, 9), (1 << 13, 0, 1)] {
        let share = start..end;
        let mut model = hidden();
        let numbers = [openings, share.start, share.end];
        model.hiding.as_mut().unwrap().openings = openings;
        model.hiding.as_mut().unwrap().share = share;
        assert!(matches!(model.encode(), Err(ModelError::Share { .. })));
        let mut bytes = good.clone();
        for (index, number) in numbers.iter().enumerate() {
            bytes[place + 4 * index..][..4].copy_from_slice(&number.to_le_bytes());
        }
        let read = Model::decode(&bytes);
        assert!(matches!(read, Err(ModelError::Share { .. })), "{numbers:?}");
    }
}

#[test]
fn every_cut_and_every_addition_is_refused() {
    let bytes = hidden().encode().unwrap();
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
    let model = hidden();
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
