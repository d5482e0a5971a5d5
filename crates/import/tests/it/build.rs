//! Small ONNX files made in the program.

use lilliput_import::Calibration;
use lilliput_import::onnx::{
    AttributeProto, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
    data_type,
};
use prost::Message as _;

pub(crate) fn tensor(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        dims: dims.to_vec(),
        data_type: data_type::FLOAT,
        name: name.into(),
        raw_data: values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        ..TensorProto::default()
    }
}

pub(crate) fn node(op_type: &str, name: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        input: inputs.iter().map(|&input| input.into()).collect(),
        output: vec![output.into()],
        name: name.into(),
        op_type: op_type.into(),
        ..NodeProto::default()
    }
}

pub(crate) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        ints: values.to_vec(),
        r#type: 7,
        ..AttributeProto::default()
    }
}

pub(crate) fn value(name: &str, lengths: &[i64]) -> ValueInfoProto {
    let dimension = |&length: &i64| Dimension {
        value: Some(DimensionValue::DimValue(length)),
    };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: data_type::FLOAT,
                shape: Some(TensorShapeProto {
                    dim: lengths.iter().map(dimension).collect(),
                }),
            }),
        }),
    }
}

/// Input `x: [1, 4]`, a matrix `w` with bias `b`, ReLU to `y: [1, 3]`.
pub(crate) fn model() -> ModelProto {
    let mut gemm = node("Gemm", "product", &["x", "w", "b"], "g");
    gemm.attribute.push(AttributeProto {
        name: "transB".into(),
        i: 1,
        r#type: 2,
        ..AttributeProto::default()
    });
    let weights: Vec<f32> = (0..12).map(|index| (index as f32 - 5.0) / 7.0).collect();
    ModelProto {
        ir_version: 8,
        graph: Some(GraphProto {
            node: vec![gemm, node("Relu", "limit", &["g"], "y")],
            name: "small".into(),
            initializer: vec![
                tensor("w", &[3, 4], &weights),
                tensor("b", &[3], &[0.1, 0.2, -0.3]),
            ],
            input: vec![value("x", &[1, 4])],
            output: vec![value("y", &[1, 3])],
        }),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: 17,
        }],
        ..ModelProto::default()
    }
}

/// The file of [`model`] after a change to its graph.
pub(crate) fn changed(change: impl FnOnce(&mut GraphProto)) -> Vec<u8> {
    let mut model = model();
    change(model.graph.as_mut().unwrap());
    model.encode_to_vec()
}

pub(crate) fn samples() -> Calibration {
    let sample = |index: u32| {
        vec![
            (0..4)
                .map(|j| f64::from((index * 7 + j * 5) % 11) / 5.0 - 1.0)
                .collect(),
        ]
    };
    Calibration::from_samples((0..10).map(sample).collect())
}
