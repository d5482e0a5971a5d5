//! Recurrent layers, unrolled: `RNN`, `GRU`, `LSTM`.

use super::node::Node;
use super::{Binding, Lowering};
use crate::error::ImportError;
use crate::program::{Function, Operation, Value};

/// Longest sequence.
const STEPS_MAX: usize = 512;

/// The weights of one direction, transposed where they are multiplied with.
struct Weights {
    input: Value,
    recurrent: Value,
    input_bias: Option<Value>,
    recurrent_bias: Option<Value>,
    peepholes: Option<Value>,
}

/// What a layer is like.
struct Layer {
    hidden: usize,
    batch: usize,
    functions: Vec<Function>,
    linear_before_reset: bool,
}

impl Lowering {
    pub(super) fn recurrent_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        match node.proto.op_type.as_str() {
            "RNN" | "GRU" | "LSTM" => self.recurrent(node).map(Some),
            _ => Ok(None),
        }
    }

    fn recurrent(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let batch_first = node.int("layout", 0)? != 0;
        let mut x = self.value(node, 0)?;
        if self.shape(x).len() != 3 {
            return Err(node.refuse("its operand needs three axes"));
        }
        if batch_first {
            x = self.transposed(node, x, &[1, 0, 2])?;
        }
        let &[length, batch, inputs] = self.shape(x) else {
            return Err(node.refuse("its operand needs three axes"));
        };
        let weights = self.value(node, 1)?;
        let &[directions, rows, columns] = self.shape(weights) else {
            return Err(node.refuse("its weights need three axes"));
        };
        let gates = match node.proto.op_type.as_str() {
            "RNN" => 1,
            "GRU" => 3,
            _ => 4,
        };
        if columns != inputs || rows % gates != 0 || length > STEPS_MAX {
            return Err(node.refuse("its weights don't fit its operand, or it is too long"));
        }
        if self.optional(node, 4)?.is_some() {
            let lengths = self.sizes(node, 4)?;
            if lengths.iter().any(|&each| each != length) {
                return Err(node.refuse("sequences of different lengths are not supported"));
            }
        }
        if node.attribute("clip").is_some() || node.int("input_forget", 0)? != 0 {
            return Err(node.refuse("clip and input_forget are not supported"));
        }
        let reverse = node.string("direction", "forward") == "reverse";
        let mut outputs = Vec::with_capacity(directions);
        for direction in 0..directions {
            let layer = Layer {
                hidden: rows / gates,
                batch,
                functions: functions(node, direction)?,
                linear_before_reset: node.int("linear_before_reset", 0)? != 0,
            };
            let backwards = reverse || direction == 1;
            outputs.push(self.direction(node, x, direction, backwards, &layer, batch_first)?);
        }
        self.joined_directions(node, &outputs, batch_first)
    }

    /// All hidden states, and the last hidden state and cell.
    fn direction(
        &mut self,
        node: &Node<'_>,
        x: Value,
        direction: usize,
        backwards: bool,
        layer: &Layer,
        batch_first: bool,
    ) -> Result<(Value, Value, Option<Value>), ImportError> {
        let weights = self.recurrent_weights(node, direction, layer)?;
        let &[length, batch, inputs] = self.shape(x) else {
            return Err(node.refuse("its operand needs three axes"));
        };
        let is_lstm = node.proto.op_type == "LSTM";
        let mut hidden = self.initial(node, 5, direction, layer, batch_first)?;
        let mut cell = match is_lstm {
            true => Some(self.initial(node, 6, direction, layer, batch_first)?),
            false => None,
        };
        let mut states = Vec::with_capacity(length);
        for index in 0..length {
            let index = if backwards { length - 1 - index } else { index };
            let now = self.cut(node, x, 0, [index, 1])?;
            let now = self.reshape(node, now, vec![batch, inputs])?;
            (hidden, cell) = match (node.proto.op_type.as_str(), cell) {
                ("RNN", _) => (self.plain_step(node, now, hidden, &weights, layer)?, None),
                ("LSTM", Some(cell)) => {
                    let (hidden, cell) =
                        self.lstm_step(node, now, [hidden, cell], &weights, layer)?;
                    (hidden, Some(cell))
                }
                _ => (self.gru_step(node, now, hidden, &weights, layer)?, None),
            };
            states.push(self.reshape(node, hidden, vec![1, 1, batch, layer.hidden])?);
        }
        if backwards {
            states.reverse();
        }
        let shape = vec![length, 1, batch, layer.hidden];
        let all = match states[..] {
            [only] => only,
            _ => self.step(node, Operation::Concat { axis: 0 }, states, shape)?,
        };
        Ok((all, hidden, cell))
    }

    fn recurrent_weights(
        &mut self,
        node: &Node<'_>,
        direction: usize,
        layer: &Layer,
    ) -> Result<Weights, ImportError> {
        let mut matrices = [0; 2];
        for (place, matrix) in matrices.iter_mut().enumerate() {
            let all = self.value(node, place + 1)?;
            let shape = self.shape(all).to_vec();
            let one = self.cut(node, all, 0, [direction, 1])?;
            let one = self.reshape(node, one, shape[1..].to_vec())?;
            *matrix = self.transposed(node, one, &[1, 0])?;
        }
        let rows = self.shape(matrices[0])[1];
        if self.shape(matrices[1]) != [layer.hidden, rows] {
            return Err(node.refuse("its recurrent weights don't fit"));
        }
        let mut biases = [None; 2];
        if let Some(all) = self.optional_value(node, 3)? {
            if self.shape(all).get(1) != Some(&(2 * rows)) {
                return Err(node.refuse("its bias doesn't fit"));
            }
            let one = self.cut(node, all, 0, [direction, 1])?;
            for (place, bias) in biases.iter_mut().enumerate() {
                *bias = Some(self.cut(node, one, 1, [place * rows, rows])?);
            }
        }
        let peepholes = match self.optional_value(node, 7)? {
            Some(all) if node.proto.op_type == "LSTM" => {
                Some(self.cut(node, all, 0, [direction, 1])?)
            }
            _ => None,
        };
        Ok(Weights {
            input: matrices[0],
            recurrent: matrices[1],
            input_bias: biases[0],
            recurrent_bias: biases[1],
            peepholes,
        })
    }

    fn initial(
        &mut self,
        node: &Node<'_>,
        operand: usize,
        direction: usize,
        layer: &Layer,
        batch_first: bool,
    ) -> Result<Value, ImportError> {
        let shape = vec![layer.batch, layer.hidden];
        let Some(mut all) = self.optional_value(node, operand)? else {
            return Ok(self.filled(node, shape, vec![0.0; layer.batch * layer.hidden]));
        };
        if batch_first {
            all = self.transposed(node, all, &[1, 0, 2])?;
        }
        let one = self.cut(node, all, 0, [direction, 1])?;
        self.reshape(node, one, shape)
    }

    /// `x * matrix + bias`, the bias being optional.
    fn affine(
        &mut self,
        node: &Node<'_>,
        x: Value,
        matrix: Value,
        bias: Option<Value>,
    ) -> Result<Value, ImportError> {
        let product = self.product(node, x, matrix)?;
        match bias {
            Some(bias) => self.sum(node, product, bias, 1.0),
            None => Ok(product),
        }
    }

    fn activated(
        &mut self,
        node: &Node<'_>,
        x: Value,
        function: Function,
    ) -> Result<Value, ImportError> {
        let shape = self.shape(x).to_vec();
        self.step(node, Operation::Function(function), vec![x], shape)
    }

    fn plain_step(
        &mut self,
        node: &Node<'_>,
        x: Value,
        hidden: Value,
        weights: &Weights,
        layer: &Layer,
    ) -> Result<Value, ImportError> {
        let a = self.affine(node, x, weights.input, weights.input_bias)?;
        let b = self.affine(node, hidden, weights.recurrent, weights.recurrent_bias)?;
        let sum = self.sum(node, a, b, 1.0)?;
        self.activated(node, sum, layer.functions[0])
    }

    fn gru_step(
        &mut self,
        node: &Node<'_>,
        x: Value,
        hidden: Value,
        weights: &Weights,
        layer: &Layer,
    ) -> Result<Value, ImportError> {
        let size = layer.hidden;
        let of_x = self.affine(node, x, weights.input, weights.input_bias)?;
        let of_h = self.affine(node, hidden, weights.recurrent, weights.recurrent_bias)?;
        let mut gates = [0; 2];
        for (place, gate) in gates.iter_mut().enumerate() {
            let a = self.cut(node, of_x, 1, [place * size, size])?;
            let b = self.cut(node, of_h, 1, [place * size, size])?;
            let sum = self.sum(node, a, b, 1.0)?;
            *gate = self.activated(node, sum, layer.functions[0])?;
        }
        let [update, reset] = gates;
        let recurrent = if layer.linear_before_reset {
            let part = self.cut(node, of_h, 1, [2 * size, size])?;
            self.product_of(node, reset, part)?
        } else {
            let kept = self.product_of(node, reset, hidden)?;
            let matrix = self.cut(node, weights.recurrent, 1, [2 * size, size])?;
            let bias = match weights.recurrent_bias {
                Some(bias) => Some(self.cut(node, bias, 1, [2 * size, size])?),
                None => None,
            };
            self.affine(node, kept, matrix, bias)?
        };
        let part = self.cut(node, of_x, 1, [2 * size, size])?;
        let sum = self.sum(node, part, recurrent, 1.0)?;
        let fresh = self.activated(node, sum, layer.functions[1])?;
        // The old state where the update gate is open, the fresh one elsewhere.
        let change = self.difference(node, hidden, fresh)?;
        let change = self.product_of(node, update, change)?;
        self.sum(node, fresh, change, 1.0)
    }

    fn lstm_step(
        &mut self,
        node: &Node<'_>,
        x: Value,
        [hidden, cell]: [Value; 2],
        weights: &Weights,
        layer: &Layer,
    ) -> Result<(Value, Value), ImportError> {
        let size = layer.hidden;
        let of_x = self.affine(node, x, weights.input, weights.input_bias)?;
        let of_h = self.affine(node, hidden, weights.recurrent, weights.recurrent_bias)?;
        let sums = self.sum(node, of_x, of_h, 1.0)?;
        // The gates stand as input, output, forget, cell; the peepholes as input, output, forget.
        let gate = |this: &mut Self, place: usize, cell: Option<Value>, function| {
            let mut sum = this.cut(node, sums, 1, [place * size, size])?;
            if let (Some(peepholes), Some(cell)) = (weights.peepholes, cell) {
                let peephole = this.cut(node, peepholes, 1, [place * size, size])?;
                let seen = this.product_of(node, cell, peephole)?;
                sum = this.sum(node, sum, seen, 1.0)?;
            }
            this.activated(node, sum, function)
        };
        let input = gate(self, 0, Some(cell), layer.functions[0])?;
        let forget = gate(self, 2, Some(cell), layer.functions[0])?;
        let fresh = gate(self, 3, None, layer.functions[1])?;
        let kept = self.product_of(node, forget, cell)?;
        let added = self.product_of(node, input, fresh)?;
        let cell = self.sum(node, kept, added, 1.0)?;
        let output = gate(self, 1, Some(cell), layer.functions[0])?;
        let shown = self.activated(node, cell, layer.functions[2])?;
        Ok((self.product_of(node, output, shown)?, cell))
    }

    fn joined_directions(
        &mut self,
        node: &Node<'_>,
        outputs: &[(Value, Value, Option<Value>)],
        batch_first: bool,
    ) -> Result<Vec<Binding>, ImportError> {
        let join = |this: &mut Self, parts: Vec<Value>, axis: usize| {
            if let [only] = parts[..] {
                return Ok(only);
            }
            let mut shape = this.shape(parts[0]).to_vec();
            shape[axis] = parts.len();
            this.step(node, Operation::Concat { axis }, parts, shape)
        };
        let all = outputs.iter().map(|(all, ..)| *all).collect();
        let mut all = join(self, all, 1)?;
        let last = |this: &mut Self, values: Vec<Value>| {
            let mut parts = Vec::with_capacity(values.len());
            for value in values {
                let shape = [&[1], this.shape(value)].concat();
                parts.push(this.reshape(node, value, shape)?);
            }
            let value = join(this, parts, 0)?;
            if batch_first {
                return this.transposed(node, value, &[1, 0, 2]);
            }
            Ok(value)
        };
        if batch_first {
            all = self.transposed(node, all, &[2, 0, 1, 3])?;
        }
        let hidden = last(self, outputs.iter().map(|(_, hidden, _)| *hidden).collect())?;
        let cells: Option<Vec<Value>> = outputs.iter().map(|(.., cell)| *cell).collect();
        let mut results = vec![Binding::Value(all), Binding::Value(hidden)];
        if let Some(cells) = cells {
            results.push(Binding::Value(last(self, cells)?));
        }
        Ok(results)
    }
}

/// The functions of a direction, three of them.
fn functions(node: &Node<'_>, direction: usize) -> Result<Vec<Function>, ImportError> {
    let usual = match node.proto.op_type.as_str() {
        "RNN" => vec![Function::Tanh; 3],
        "GRU" => vec![Function::Sigmoid, Function::Tanh, Function::Tanh],
        _ => vec![Function::Sigmoid, Function::Tanh, Function::Tanh],
    };
    let Some(named) = node.attribute("activations") else {
        return Ok(usual);
    };
    let each = match node.proto.op_type.as_str() {
        "RNN" => 1,
        "GRU" => 2,
        _ => 3,
    };
    let names = named.strings.iter().skip(direction * each).take(each);
    let mut functions = Vec::with_capacity(3);
    for name in names {
        functions.push(match &name[..] {
            b"Tanh" => Function::Tanh,
            b"Sigmoid" => Function::Sigmoid,
            b"Softplus" => Function::Softplus,
            other => {
                let other = String::from_utf8_lossy(other);
                return Err(node.refuse(format!("activation '{other}' is not supported")));
            }
        });
    }
    functions.resize(3, Function::Tanh);
    Ok(functions)
}
