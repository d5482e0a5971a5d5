//! A trained network as ONNX.

use lilliput_import::onnx::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};

use super::layers::{KERNEL, Layer};
use super::network::Network;
use crate::onnx_file::{self, int, ints, tensor, value_info};

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
    onnx_file::model(GraphProto {
        node: writer.nodes,
        name: name.into(),
        initializer: writer.initializers,
        input: vec![value_info("image", &[1, 1, 28, 28])],
        output: vec![value_info("scores", &[1, 10])],
    })
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
