//! Puts nodes one behind the other.

use lilliput_import::onnx::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};

use crate::onnx_file::{self, int_tensor, tensor, value_info};
use crate::train_digits::random::Random;

/// The one input's name.
pub(super) const INPUT: &str = "input";
const OUTPUT: &str = "output";

/// A graph that is being written.
pub(super) struct Builder {
    random: Random,
    nodes: Vec<NodeProto>,
    initializers: Vec<TensorProto>,
}

impl Builder {
    pub(super) fn new(random: Random) -> Self {
        Self {
            random,
            nodes: Vec::new(),
            initializers: Vec::new(),
        }
    }

    /// Adds a node; answers with its result's name.
    pub(super) fn node(
        &mut self,
        op_type: &str,
        inputs: &[&str],
        attribute: Vec<AttributeProto>,
    ) -> String {
        let name = format!("{}_{}", op_type.to_lowercase(), self.nodes.len());
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|&input| input.into()).collect(),
            output: vec![name.clone()],
            name: name.clone(),
            op_type: op_type.into(),
            attribute,
            domain: String::new(),
        });
        name
    }

    /// Weights that keep the size of what they are multiplied with, `gain` times over.
    pub(super) fn weights(&mut self, dims: &[usize], inputs: usize, gain: f32) -> String {
        let limit = gain * (3.0 / inputs as f32).sqrt();
        self.drawn(dims, 0.0, limit)
    }

    /// Numbers within `limit` of `middle`.
    pub(super) fn drawn(&mut self, dims: &[usize], middle: f32, limit: f32) -> String {
        let values: Vec<f32> = (0..dims.iter().product())
            .map(|_| middle + self.random.signed() * limit)
            .collect();
        self.floats(dims, &values)
    }

    pub(super) fn floats(&mut self, dims: &[usize], values: &[f32]) -> String {
        let name = self.constant_name();
        self.initializers.push(tensor(&name, dims, values));
        name
    }

    pub(super) fn number(&mut self, value: f32) -> String {
        self.floats(&[], &[value])
    }

    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        let name = self.constant_name();
        self.initializers.push(int_tensor(&name, values));
        name
    }

    fn constant_name(&self) -> String {
        format!("constant_{}", self.initializers.len())
    }

    /// The last node's result becomes the output.
    pub(super) fn finish(
        mut self,
        name: &str,
        input: &[i64],
        output: &[i64],
    ) -> (ModelProto, Random) {
        if let Some(last) = self.nodes.last_mut() {
            last.output = vec![OUTPUT.into()];
        }
        let model = onnx_file::model(GraphProto {
            node: self.nodes,
            name: name.into(),
            initializer: self.initializers,
            input: vec![value_info(INPUT, input)],
            output: vec![value_info(OUTPUT, output)],
        });
        (model, self.random)
    }
}
