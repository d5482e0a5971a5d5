//! Operators that carry a state from one call to the next: `CausalConvWithState`, `LinearAttention`.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant};
use crate::error::ImportError;
use crate::program::{Function, Operation, Unary, Value};

/// Most positions of a state that is updated one by one.
const POSITIONS_MAX: usize = 256;

/// What `LinearAttention` reads at every position, as `[batch, heads, positions, width]`.
struct Sequences {
    query: Value,
    key: Value,
    value: Value,
    /// By what the state is multiplied.
    decay: Option<Value>,
    /// How much of a correction is taken.
    beta: Option<Value>,
}

impl Lowering {
    pub(super) fn state_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        match node.proto.op_type.as_str() {
            "CausalConvWithState" => self.causal_conv(node).map(Some),
            "LinearAttention" => self.linear_attention(node).map(Some),
            _ => Ok(None),
        }
    }

    /// Each channel with its own row of weights, over the last positions.
    fn causal_conv(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let x = self.value(node, 0)?;
        let weight = self.value(node, 1)?;
        let (shape, taps) = (self.shape(x).to_vec(), self.shape(weight).to_vec());
        let (&[batch, channels, length], &[rows, 1, taps]) = (&shape[..], &taps[..]) else {
            return Err(node.refuse(format!(
                "operands of shapes {shape:?} and {taps:?} are not [batch, channels, length] and \
                 [channels, 1, taps]"
            )));
        };
        if rows != channels {
            return Err(node.refuse(format!(
                "{rows} rows of weights don't fit {channels} channels"
            )));
        }
        let before = taps - 1;
        let padded = self.after_past(node, x, before)?;
        // One column for each tap.
        let mut columns = Vec::with_capacity(taps);
        for tap in 0..taps {
            let part = self.cut(node, padded, 2, [tap, length])?;
            columns.push(self.reshape(node, part, vec![batch, channels, length, 1])?);
        }
        let wide = vec![batch, channels, length, taps];
        let seen = match columns[..] {
            [only] => only,
            _ => self.step(node, Operation::Concat { axis: 3 }, columns, wide)?,
        };
        let weight = self.reshape(node, weight, vec![1, channels, taps, 1])?;
        let weight = self.spread(node, weight, &[batch, channels, taps, 1])?;
        let sum = self.product(node, seen, weight)?;
        let mut answer = self.reshape(node, sum, shape.clone())?;
        if let Some(bias) = self.optional_value(node, 2)? {
            let bias = self.reshape(node, bias, vec![channels, 1])?;
            answer = self.sum(node, answer, bias, 1.0)?;
        }
        match node.string("activation", "none").as_str() {
            "none" => {}
            "silu" | "swish" => {
                let silu = Operation::Function(Function::Silu);
                answer = self.step(node, silu, vec![answer], shape.clone())?;
            }
            other => return Err(node.refuse(format!("activation '{other}' is not supported"))),
        }
        let state = if before == 0 {
            Binding::Constant(Constant::Float(Array {
                shape: vec![batch, channels, 0],
                values: vec![],
            }))
        } else {
            Binding::Value(self.cut(node, padded, 2, [length, before])?)
        };
        Ok(vec![Binding::Value(answer), state])
    }

    /// `x` behind the state of the call before, or behind zeros.
    fn after_past(
        &mut self,
        node: &Node<'_>,
        x: Value,
        before: usize,
    ) -> Result<Value, ImportError> {
        let mut shape = self.shape(x).to_vec();
        if before == 0 {
            return Ok(x);
        }
        let past = self.optional_value(node, 3)?;
        let [batch, channels] = [shape[0], shape[1]];
        shape[2] += before;
        match past {
            None => self.step(node, Operation::Pad { axis: 2, before }, vec![x], shape),
            Some(past) if self.shape(past) == [batch, channels, before] => {
                self.step(node, Operation::Concat { axis: 2 }, vec![past, x], shape)
            }
            Some(past) => Err(node.refuse(format!(
                "its state has shape {:?}, [{batch}, {channels}, {before}] is needed",
                self.shape(past)
            ))),
        }
    }

    /// A state `[batch, heads, keys, values]`, updated at every position.
    fn linear_attention(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let sequences = self.sequences(node)?;
        let [batch, heads, positions, width] = self.axes(node, sequences.key)?;
        let [_, readers, _, _] = self.axes(node, sequences.query)?;
        let [_, _, _, values] = self.axes(node, sequences.value)?;
        if positions > POSITIONS_MAX || !readers.is_multiple_of(heads) {
            return Err(node.refuse(format!(
                "{readers} heads on {heads}, or more than {POSITIONS_MAX} positions, are not supported"
            )));
        }
        let scale = match node.float("scale", 0.0)? {
            0.0 => 1.0 / (width as f32).sqrt(),
            scale => scale,
        };
        let mut state = self.optional_value(node, 3)?;
        let mut answers = Vec::with_capacity(positions);
        for position in 0..positions {
            let updated = self.updated(node, &sequences, state, position)?;
            state = Some(updated);
            let query = self.cut(node, sequences.query, 2, [position, 1])?;
            let read = self.reshape(node, updated, vec![batch, heads, 1, width, values])?;
            let read = self.spread(node, read, &[batch, heads, readers / heads, width, values])?;
            let read = self.reshape(node, read, vec![batch, readers, width, values])?;
            answers.push(self.product(node, query, read)?);
        }
        let state = state.ok_or_else(|| node.refuse("it has no positions"))?;
        let shape = vec![batch, readers, positions, values];
        let answer = match answers[..] {
            [only] => only,
            _ => self.step(node, Operation::Concat { axis: 2 }, answers, shape)?,
        };
        let answer = self.times_number(node, answer, scale)?;
        let answer = self.rows_of_heads(node, answer)?;
        Ok(vec![Binding::Value(answer), Binding::Value(state)])
    }

    fn sequences(&mut self, node: &Node<'_>) -> Result<Sequences, ImportError> {
        let (readers, heads) = (node.int("q_num_heads", 0)?, node.int("kv_num_heads", 0)?);
        let rule = node.string("update_rule", "gated_delta");
        let (gated, corrected) = match rule.as_str() {
            "linear" => (false, false),
            "gated" => (true, false),
            "delta" => (false, true),
            "gated_delta" => (true, true),
            _ => return Err(node.refuse(format!("update_rule '{rule}' is not supported"))),
        };
        let mut parts = [0; 3];
        for (index, part) in parts.iter_mut().enumerate() {
            let x = self.value(node, index)?;
            if self.shape(x).len() != 3 {
                return Err(node.refuse("its operands need three axes"));
            }
            *part = self.heads(node, x, if index == 0 { readers } else { heads })?;
        }
        let decay = if gated {
            let decay = self.value(node, 4)?;
            let decay = self.heads(node, decay, heads)?;
            Some(self.unary(node, decay, Unary::Exp)?)
        } else {
            None
        };
        let beta = if corrected {
            let beta = self.value(node, 5)?;
            let count = self.shape(beta).last().copied().unwrap_or(0);
            Some(self.heads(node, beta, count as i64)?)
        } else {
            None
        };
        let [query, key, value] = parts;
        Ok(Sequences {
            query,
            key,
            value,
            decay,
            beta,
        })
    }

    fn axes(&self, node: &Node<'_>, x: Value) -> Result<[usize; 4], ImportError> {
        let axes = self.shape(x).try_into();
        axes.map_err(|_| node.refuse("its operands need three axes"))
    }

    /// The state after one more position; none is one of zeros.
    fn updated(
        &mut self,
        node: &Node<'_>,
        sequences: &Sequences,
        state: Option<Value>,
        position: usize,
    ) -> Result<Value, ImportError> {
        let at = [position, 1];
        let key = self.cut(node, sequences.key, 2, at)?;
        let column = self.transposed(node, key, &[0, 1, 3, 2])?;
        let mut value = self.cut(node, sequences.value, 2, at)?;
        let state = match (state, sequences.decay) {
            (Some(state), Some(decay)) => {
                let decay = self.cut(node, decay, 2, at)?;
                let decay = self.transposed(node, decay, &[0, 1, 3, 2])?;
                Some(self.product_of(node, state, decay)?)
            }
            (state, _) => state,
        };
        if let Some(beta) = sequences.beta {
            if let Some(state) = state {
                let known = self.product(node, key, state)?;
                value = self.difference(node, value, known)?;
            }
            let beta = self.cut(node, beta, 2, at)?;
            value = self.product_of(node, value, beta)?;
        }
        let written = self.product_of(node, column, value)?;
        match state {
            Some(state) => self.sum(node, state, written, 1.0),
            None => Ok(written),
        }
    }
}
