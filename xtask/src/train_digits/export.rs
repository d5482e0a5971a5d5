//! A trained network as ONNX.

use lilliput_import::onnx::{
    AttributeProto, Dimension, DimensionValue, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
    attribute_type, data_type,
};

use super::layers::{KERNEL, Layer};
use super::network::Network;

const IR_VERSION: i64 = 8;
const OPSET: i64 = 17;

/// Input `image: [1, 1, 28, 28]` in 0..1, output `scores: [1, 10]`.
pub(crate) fn model(network: &Network, name: &str) -> ModelProto {
    let mut writer = Writer {
        network,
        nodes: Vec::new(),
        initializers: Vec::new(),
        current: "image".into(),
        flat: false,
    };
    for layer in &network.layers {
        writer.layer(*layer);
    }
    if let Some(last) = writer.nodes.last_mut() {
        last.output = vec!["scores".into()];
    }
    ModelProto {
        ir_version: IR_VERSION,
        producer_name: "lilliput".into(),
        graph: Some(GraphProto {
            node: writer.nodes,
            name: name.into(),
            initializer: writer.initializers,
            input: vec![value_info("image", &[1, 1, 28, 28])],
            output: vec![value_info("scores", &[1, 10])],
        }),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: OPSET,
        }],
    }
}

struct Writer<'a> {
    network: &'a Network,
    nodes: Vec<NodeProto>,
    initializers: Vec<TensorProto>,
    current: String,
    flat: bool,
}

impl Writer<'_> {
    fn layer(&mut self, layer: Layer) {
        match layer {
            Layer::Conv {
                inputs,
                outputs,
                offset,
                ..
            } => {
                let kernel = [outputs, inputs, KERNEL, KERNEL];
                let parameters = self.parameters("conv", &kernel, layer, offset);
                let attributes = vec![
                    ints("kernel_shape", &[KERNEL as i64; 2]),
                    ints("strides", &[1, 1]),
                ];
                self.node("Conv", "conv", parameters, attributes);
            }
            Layer::Dense {
                inputs,
                outputs,
                offset,
            } => {
                if !self.flat {
                    self.node("Flatten", "flatten", vec![], vec![int("axis", 1)]);
                    self.flat = true;
                }
                let parameters = self.parameters("dense", &[outputs, inputs], layer, offset);
                self.node("Gemm", "dense", parameters, vec![int("transB", 1)]);
            }
            Layer::Relu { .. } => self.node("Relu", "relu", vec![], vec![]),
            Layer::MaxPool { .. } => {
                let attributes = vec![ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
                self.node("MaxPool", "pool", vec![], attributes);
            }
        }
    }

    fn node(
        &mut self,
        op_type: &str,
        stem: &str,
        parameters: Vec<String>,
        attribute: Vec<AttributeProto>,
    ) {
        let name = format!("{stem}_{}", self.nodes.len());
        let input = std::iter::once(self.current.clone())
            .chain(parameters)
            .collect();
        self.current.clone_from(&name);
        self.nodes.push(NodeProto {
            input,
            output: vec![name.clone()],
            name,
            op_type: op_type.into(),
            attribute,
            domain: String::new(),
        });
    }

    /// Adds weights and biases; answers with their names.
    fn parameters(
        &mut self,
        stem: &str,
        dims: &[usize],
        layer: Layer,
        offset: usize,
    ) -> Vec<String> {
        let (weights, biases) = layer.parameters();
        let number = self.nodes.len() + usize::from(stem == "dense" && !self.flat);
        let values = &self.network.parameters[offset..offset + weights + biases];
        let (weights, biases) = values.split_at(weights);
        let names = [
            format!("{stem}_{number}.weight"),
            format!("{stem}_{number}.bias"),
        ];
        self.initializers.push(tensor(&names[0], dims, weights));
        self.initializers
            .push(tensor(&names[1], &dims[..1], biases));
        names.to_vec()
    }
}

fn tensor(name: &str, dims: &[usize], values: &[f32]) -> TensorProto {
    TensorProto {
        dims: dims.iter().map(|&length| length as i64).collect(),
        data_type: data_type::FLOAT,
        name: name.into(),
        raw_data: values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        ..TensorProto::default()
    }
}

fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        i: value,
        r#type: attribute_type::INT,
        ..AttributeProto::default()
    }
}

fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        ints: values.to_vec(),
        r#type: attribute_type::INTS,
        ..AttributeProto::default()
    }
}

fn value_info(name: &str, lengths: &[i64]) -> ValueInfoProto {
    let dim = lengths
        .iter()
        .map(|&length| Dimension {
            value: Some(DimensionValue::DimValue(length)),
        })
        .collect();
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: data_type::FLOAT,
                shape: Some(TensorShapeProto { dim }),
            }),
        }),
    }
}
