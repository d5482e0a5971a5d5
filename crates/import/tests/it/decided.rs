//! What a caller decides about a model: lengths that its file leaves open, inputs that become constants;
//! and every node that stands in the way.

use lilliput_graph::{Tensor, execute};
use lilliput_import::onnx::{
    Dimension, DimensionValue, GraphProto, ModelProto, OperatorSetIdProto, ValueInfoProto,
    data_type,
};
use lilliput_import::{
    Calibration, ImportError, Options, dequantize, import, made_up_sample, quantize_input, refusals,
};
use prost::Message as _;

use crate::build::{changed, node, samples, value};

fn open_axis(port: &mut ValueInfoProto, axis: usize) {
    let tensor = port.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap();
    tensor.shape.as_mut().unwrap().dim[axis] = Dimension {
        value: Some(DimensionValue::DimParam("n".into())),
    };
}

fn elements(port: &mut ValueInfoProto, elem_type: i32) {
    let tensor = port.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap();
    tensor.elem_type = elem_type;
}

/// One operator on inputs `x`, `y` of integers, giving `z`.
fn integers(op: &str, lengths: &[i64]) -> Vec<u8> {
    let mut inputs = [value("x", lengths), value("y", lengths)];
    let mut output = value("z", lengths);
    inputs
        .iter_mut()
        .for_each(|port| elements(port, data_type::INT64));
    elements(&mut output, data_type::INT64);
    ModelProto {
        ir_version: 8,
        graph: Some(GraphProto {
            node: vec![node(op, "only", &["x", "y"], "z")],
            name: "integers".into(),
            input: inputs.to_vec(),
            output: vec![output],
            ..GraphProto::default()
        }),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: 20,
        }],
        ..ModelProto::default()
    }
    .encode_to_vec()
}

fn run(onnx: &[u8], sample: &[Vec<f64>]) -> Vec<f64> {
    let calibration = Calibration::from_samples(vec![sample.to_vec()]);
    let imported = import(onnx, &calibration, &Options::default()).unwrap();
    let graph = imported.graph.graph();
    let inputs: Vec<Tensor> = graph
        .inputs
        .iter()
        .zip(sample)
        .map(|(input, numbers)| {
            let values = quantize_input(input, numbers).unwrap().values;
            Tensor::new(input.shape.clone(), values).unwrap()
        })
        .collect();
    let trace = execute(&imported.graph, &imported.weights, &inputs).unwrap();
    let values = &trace.outputs().next().unwrap().values;
    dequantize(&graph.outputs[0], values)
}

#[test]
fn integers_are_divided_exactly_whatever_their_signs() {
    let numbers: Vec<i64> = vec![-97, -24, -8, -7, -1, 1, 2, 3, 7, 8, 23, 96];
    let pairs: Vec<(i64, i64)> = numbers
        .iter()
        .flat_map(|&a| numbers.iter().map(move |&b| (a, b)))
        .collect();
    let sample = [
        pairs.iter().map(|&(a, _)| a as f64).collect(),
        pairs.iter().map(|&(_, b)| b as f64).collect(),
    ];
    let lengths = [pairs.len() as i64];
    let quotients: Vec<f64> = pairs.iter().map(|(a, b)| (a / b) as f64).collect();
    assert_eq!(run(&integers("Div", &lengths), &sample), quotients);
    let remainders = pairs.iter().map(|(a, b)| ((a % b + b) % b) as f64);
    let remainders: Vec<f64> = remainders.collect();
    assert_eq!(run(&integers("Mod", &lengths), &sample), remainders);
}

#[test]
fn an_open_length_is_given_by_name() {
    let onnx = changed(|graph| {
        open_axis(&mut graph.input[0], 0);
        open_axis(&mut graph.input[0], 1);
    });
    let error = import(&onnx, &samples(), &Options::default()).unwrap_err();
    assert!(error.to_string().contains("x=1x32"), "{error}");
    let mut options = Options::default();
    options.shapes.insert("x".into(), vec![1, 4]);
    import(&onnx, &samples(), &options).unwrap();
    options.shapes.insert("x".into(), vec![1, 4, 1]);
    let error = import(&onnx, &samples(), &options).unwrap_err();
    assert!(error.to_string().contains("2 axes"), "{error}");
}

#[test]
fn an_input_that_shapes_depend_on_is_named_and_can_be_fixed() {
    let onnx = changed(|graph| {
        let mut target = value("target", &[2]);
        elements(&mut target, data_type::INT64);
        graph.input.push(target);
        graph
            .node
            .push(node("Reshape", "again", &["y", "target"], "z"));
        graph.output[0] = value("z", &[3, 1]);
    });
    let sample = |shift: f64| vec![vec![0.5, -0.25, shift, 1.0], vec![3.0, 1.0]];
    let calibration = Calibration::from_samples(vec![sample(0.1), sample(0.9)]);
    let mut options = Options::default();
    let error = import(&onnx, &calibration, &options).unwrap_err();
    assert!(matches!(error, ImportError::Undecided { inputs, .. } if inputs == ["target"]));
    options.fixed.insert("target".into());
    let imported = import(&onnx, &calibration, &options).unwrap();
    assert_eq!(imported.graph.graph().inputs.len(), 1);
    assert_eq!(imported.graph.graph().outputs[0].shape.0, [3, 1]);
    // Samples that don't agree fix nothing.
    let mut other = sample(0.1);
    other[1] = vec![1.0, 3.0];
    let calibration = Calibration::from_samples(vec![sample(0.1), other]);
    let error = import(&onnx, &calibration, &options).unwrap_err();
    assert!(matches!(error, ImportError::Fixed { name, .. } if name == "target"));
    options.fixed.insert("absent".into());
    let error = import(&onnx, &calibration, &options).unwrap_err();
    assert!(matches!(error, ImportError::Fixed { name, .. } if name == "absent"));
}

#[test]
fn every_node_in_the_way_is_listed() {
    let onnx = changed(|graph| {
        graph
            .node
            .insert(1, node("Frobnicate", "first", &["g"], "h"));
        graph.node.insert(2, node("Relu", "behind", &["h"], "i"));
        graph.node.insert(3, node("Mystery", "second", &["i"], "j"));
        graph.node.insert(4, node("Abs", "fine", &["x"], "k"));
        graph.node.insert(5, node("Reshape", "third", &["x"], "l"));
    });
    let found = refusals(&onnx, None, &Options::default()).unwrap();
    let names: Vec<&str> = found.iter().map(|refusal| refusal.node.as_str()).collect();
    assert_eq!(names, ["first", "second", "third"]);
    assert!(found[2].error.to_string().contains("its shape is missing"));
    let whole = changed(|_| ());
    assert!(
        refusals(&whole, None, &Options::default())
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_made_up_sample_fits_the_model() {
    let onnx = changed(|_| ());
    let sample = made_up_sample(&onnx, &Options::default()).unwrap();
    import(&onnx, &sample, &Options::default()).unwrap();
}
