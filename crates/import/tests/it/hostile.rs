//! Files that are broken, hostile or beyond what is supported: each refused by name, never a panic.

use lilliput_import::onnx::{Dimension, DimensionValue, StringStringEntryProto};
use lilliput_import::{Calibration, ImportError, Options, import};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use prost::Message as _;

use crate::build::{changed, ints, model, node, samples, tensor, value};

fn refused(bytes: &[u8]) -> ImportError {
    import(bytes, &samples(), &Options::default()).unwrap_err()
}

#[test]
fn the_model_itself_is_imported() {
    let imported = import(&model().encode_to_vec(), &samples(), &Options::default()).unwrap();
    assert_eq!(imported.report.parameters, 15);
    assert_eq!(imported.report.warnings, Vec::<String>::new());
}

#[test]
fn an_unknown_operator_is_named_with_its_node() {
    let error = refused(&changed(|graph| {
        graph.node[1] = node("Frobnicate", "odd one", &["g"], "y");
    }));
    assert_eq!(
        error.to_string(),
        "operator Frobnicate of node 'odd one' is not supported"
    );
    let unnamed = refused(&changed(|graph| {
        graph.node[1] = node("Relu", "", &["g"], "y");
        graph.node[1].domain = "com.example".into();
    }));
    assert_eq!(
        unnamed.to_string(),
        "operator com.example.Relu of node '#1' is not supported"
    );
}

#[test]
fn every_cut_is_refused() {
    let bytes = model().encode_to_vec();
    for end in 0..bytes.len() - 1 {
        assert!(
            import(&bytes[..end], &samples(), &Options::default()).is_err(),
            "cut at {end}"
        );
    }
    assert!(matches!(refused(b""), ImportError::NoGraph));
    assert!(matches!(
        refused(b"\x89PNG\r\n\x1a\n"),
        ImportError::Wire { .. } | ImportError::Malformed(_)
    ));
}

#[test]
fn shapes_of_a_milliard_elements_are_refused() {
    let input = refused(&changed(|graph| {
        graph.input[0] = value("x", &[1, 1_000_000_000]);
    }));
    assert!(matches!(input, ImportError::Shape { name, .. } if name == "x"));
    let weight = refused(&changed(|graph| {
        graph.initializer[0].dims = vec![1_000_000, 1_000];
    }));
    assert!(matches!(weight, ImportError::Shape { name, .. } if name == "w"));
    let overflowing = refused(&changed(|graph| {
        graph.initializer[0].dims = vec![i64::MAX; 4];
    }));
    assert!(matches!(overflowing, ImportError::Shape { .. }));
    let negative = refused(&changed(|graph| graph.initializer[0].dims = vec![-3, -4]));
    assert!(matches!(negative, ImportError::Shape { .. }));
    let wrong = refused(&changed(|graph| graph.initializer[0].dims = vec![30, 4]));
    assert!(matches!(
        wrong,
        ImportError::Length {
            expected: 120,
            got: 12,
            ..
        }
    ));
}

#[test]
fn results_beyond_all_bounds_are_refused() {
    let padded = refused(&changed(|graph| {
        graph.node[1] = node("MaxPool", "huge", &["g4"], "y");
        graph.node[1].attribute.push(ints("kernel_shape", &[1, 1]));
        graph.node[1]
            .attribute
            .push(ints("pads", &[1 << 40, 0, 0, 0]));
        let mut reshape = node("Reshape", "planes", &["g", "s"], "g4");
        reshape.attribute.push(ints("shape", &[1, 1, 1, 3]));
        graph.node.insert(1, reshape);
    }));
    assert!(matches!(padded, ImportError::Node { node, .. } if node == "huge"));
    let expanded = refused(&changed(|graph| {
        graph.node[1] = node("Add", "wide", &["g", "c"], "y");
        graph
            .initializer
            .push(tensor("c", &[100_000, 1], &vec![1.0; 100_000]));
        graph.node.push(node("MatMul", "square", &["y", "y"], "z"));
        graph.output[0].name = "z".into();
    }));
    assert!(matches!(
        expanded,
        ImportError::Node { .. } | ImportError::Shape { .. }
    ));
}

#[test]
fn weights_that_are_not_numbers_are_refused() {
    for number in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let error = refused(&changed(|graph| {
            graph.initializer[1] = tensor("b", &[3], &[0.0, number, 0.0]);
        }));
        assert!(matches!(error, ImportError::NotFinite { name, position: 1 } if name == "b"));
    }
}

#[test]
fn values_in_other_files_are_refused() {
    let error = refused(&changed(|graph| {
        graph.initializer[0].data_location = 1;
        graph.initializer[0]
            .external_data
            .push(StringStringEntryProto {
                key: "location".into(),
                value: "/etc/passwd".into(),
            });
    }));
    assert!(matches!(error, ImportError::ExternalData { name } if name == "w"));
}

#[test]
fn element_types_that_are_not_supported_are_refused() {
    let error = refused(&changed(|graph| graph.initializer[0].data_type = 8));
    assert!(matches!(error, ImportError::ElementType { got: 8, .. }));
    let input = refused(&changed(|graph| {
        let tensor = graph.input[0]
            .r#type
            .as_mut()
            .unwrap()
            .tensor_type
            .as_mut()
            .unwrap();
        tensor.elem_type = 8;
    }));
    assert!(matches!(input, ImportError::ElementType { got: 8, .. }));
}

#[test]
fn an_open_axis_behind_the_first_is_refused() {
    let error = refused(&changed(|graph| {
        let tensor = graph.input[0]
            .r#type
            .as_mut()
            .unwrap()
            .tensor_type
            .as_mut()
            .unwrap();
        tensor.shape.as_mut().unwrap().dim[1] = Dimension {
            value: Some(DimensionValue::DimParam("width".into())),
        };
    }));
    assert!(matches!(error, ImportError::Input { name, .. } if name == "x"));
}

#[test]
fn nodes_that_read_what_nothing_made_are_refused() {
    let error = refused(&changed(|graph| graph.node.swap(0, 1)));
    assert!(
        matches!(error, ImportError::UnknownValue { node, value } if node == "limit" && value == "g")
    );
    let cycle = refused(&changed(|graph| graph.node[0].input[0] = "y".into()));
    assert!(matches!(cycle, ImportError::UnknownValue { .. }));
    let output = refused(&changed(|graph| graph.output[0].name = "z".into()));
    assert!(matches!(output, ImportError::Output { name, .. } if name == "z"));
}

#[test]
fn files_without_inputs_or_outputs_are_refused() {
    let inputs = refused(&changed(|graph| graph.input.clear()));
    assert!(matches!(inputs, ImportError::Nothing { what: "inputs" }));
    let outputs = refused(&changed(|graph| graph.output.clear()));
    assert!(matches!(outputs, ImportError::Nothing { what: "outputs" }));
}

#[test]
fn a_crowd_of_empty_messages_is_refused_before_it_is_decoded() {
    // Field 1 of the graph: two bytes each, two hundred in memory.
    let body: Vec<u8> = [0x0a, 0x00].repeat(300_000);
    let mut bytes = vec![0x3a];
    prost::encoding::encode_varint(body.len() as u64, &mut bytes);
    bytes.extend(body);
    assert!(matches!(
        refused(&bytes),
        ImportError::TooMuch {
            what: "messages and strings",
            ..
        }
    ));
}

#[test]
fn nested_groups_are_refused() {
    let bytes = vec![0x5b; 100_000];
    assert!(matches!(refused(&bytes), ImportError::Malformed(_)));
}

#[test]
fn calibration_of_another_shape_is_refused() {
    let bytes = model().encode_to_vec();
    let with = |samples| {
        import(
            &bytes,
            &Calibration::from_samples(samples),
            &Options::default(),
        )
    };
    let short = with(vec![vec![vec![1.0; 3]]]).unwrap_err().to_string();
    assert_eq!(short, "sample 0 has 3 numbers for input 'x', which takes 4");
    let inputs = with(vec![vec![vec![1.0; 4]; 2]]).unwrap_err().to_string();
    assert_eq!(
        inputs,
        "sample 0 has 2 lists of numbers, the model has 1 inputs"
    );
    let none = with(vec![]).unwrap_err();
    assert!(matches!(none, ImportError::Calibration(_)));
    let nan = with(vec![vec![vec![f64::NAN; 4]]]).unwrap_err().to_string();
    assert_eq!(nan, "number 0 for input 'x' of sample 0 is not finite");
}

#[test]
fn weights_of_all_sizes_are_imported_or_refused() {
    for size in [0.0f32, 1e-38, 1e-20, 1e20, 3e38] {
        let bytes = changed(|graph| graph.initializer[0] = tensor("w", &[3, 4], &[size; 12]));
        let _ = import(&bytes, &samples(), &Options::default());
    }
    let silent = Calibration::from_samples(vec![vec![vec![0.0; 4]]]);
    import(&model().encode_to_vec(), &silent, &Options::default()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        cases: 3_000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_changed_file_never_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = model().encode_to_vec();
        for (index, value) in changes {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        let _ = import(&bytes, &samples(), &Options::default());
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = import(&bytes, &samples(), &Options::default());
        let _ = Calibration::parse(&bytes);
    }
}
