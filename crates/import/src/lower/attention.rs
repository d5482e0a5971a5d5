//! `Attention` and `FlexAttention`: scores of queries and keys, what hides some of them, a softmax, and
//! sums of values.
//!
//! Whatever hides a score is added to it as a summand of its own, which the softmax keeps apart: in the
//! few bits of the scores themselves it would drown them.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant, HIDDEN};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Function, Operation, Unary, Value};

/// Places of the operands.
const MASK: usize = 3;
const PAST_KEY: usize = 4;
const PAST_VALUE: usize = 5;
const FILLED: usize = 6;
/// Place of the scores among the outputs.
const SCORES: usize = 3;

/// Which keys a query sees, as far as that is known at import.
struct Window {
    queries: usize,
    keys: usize,
    /// Keys before that of the first query.
    past: usize,
    causal: bool,
    /// How far a query sees to either side, if that is limited.
    reach: [Option<usize>; 2],
    /// Keys that the mask says something about.
    masked: usize,
}

impl Window {
    fn sees(&self, query: usize, key: usize) -> bool {
        let own = query + self.past;
        let [left, right] = self.reach;
        key < self.masked
            && !(self.causal && key > own)
            && left.is_none_or(|left| own <= key + left)
            && right.is_none_or(|right| key <= own + right)
    }

    fn seen(&self) -> Vec<bool> {
        let pairs = (0..self.queries * self.keys).map(|at| (at / self.keys, at % self.keys));
        pairs.map(|(query, key)| self.sees(query, key)).collect()
    }
}

/// What becomes of scores.
struct Masked {
    scores: Value,
    /// 1 for the queries that see a key at all, if there may be others.
    any: Option<Value>,
    hides: bool,
}

impl Lowering {
    pub(super) fn attention_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        match node.proto.op_type.as_str() {
            "Attention" => self.attention(node).map(Some),
            "FlexAttention" => self.flex_attention(node).map(Some),
            "RotaryEmbedding" => Ok(Some(vec![Binding::Value(self.rotary_embedding(node)?)])),
            _ => Ok(None),
        }
    }

    fn attention(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let queries = self.value(node, 0)?;
        let in_rows = self.shape(queries).len() == 3;
        let mut heads = [0; 3];
        for (index, head) in heads.iter_mut().enumerate() {
            let x = self.value(node, index)?;
            let count = if index == 0 {
                "q_num_heads"
            } else {
                "kv_num_heads"
            };
            *head = self.heads(node, x, node.int(count, 0)?)?;
        }
        let [q, k, v] = heads;
        let past = self.filled_value(node, PAST_KEY)?;
        let key = self.continued(node, past, k)?;
        let past_value = self.filled_value(node, PAST_VALUE)?;
        let value = self.continued(node, past_value, v)?;
        let [keys, values] = self.repeated_heads(node, q, [key, value])?;
        let raw = self.scores(node, q, keys)?;
        let capped = self.capped(node, raw)?;
        let past = past.map_or(0, |past| self.shape(past)[2]);
        let masked = self.masked_scores(node, capped, past)?;
        let shape = self.shape(masked.scores).to_vec();
        let mut shares = self.step(node, Operation::Softmax, vec![masked.scores], shape)?;
        if let Some(any) = masked.any {
            // Who sees nothing answers with zeros.
            shares = self.product_of(node, shares, any)?;
        }
        let mut answer = self.product(node, shares, values)?;
        if in_rows {
            answer = self.rows_of_heads(node, answer)?;
        }
        let shown = match node.int("qk_matmul_output_mode", 0)? {
            0 => raw,
            1 => capped,
            2 => masked.scores,
            _ => shares,
        };
        let asked = node.proto.output.get(SCORES);
        if shown == masked.scores && masked.hides && asked.is_some_and(|name| !name.is_empty()) {
            return Err(node.refuse(
                "its scores hold minus infinity where a mask hides them, which no integer stands for; \
                 leave out its output qk_matmul_output, or take it before the mask (mode 0 or 1)",
            ));
        }
        let outputs = [answer, key, value, shown];
        Ok(outputs.map(Binding::Value).to_vec())
    }

    fn flex_attention(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let q = self.value(node, 0)?;
        let [k, v] = [self.value(node, 1)?, self.value(node, 2)?];
        let [keys, values] = self.repeated_heads(node, q, [k, v])?;
        let scores = self.scores(node, q, keys)?;
        let scores = self.inlined(node, "score_mod", scores)?;
        let shape = self.shape(scores).to_vec();
        let shares = self.step(node, Operation::Softmax, vec![scores], shape)?;
        let shares = self.inlined(node, "prob_mod", shares)?;
        let answer = self.product(node, shares, values)?;
        Ok(vec![Binding::Value(answer)])
    }

    /// An operand that may be left out, or be empty.
    fn filled_value(
        &mut self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Option<Value>, ImportError> {
        match self.optional(node, index)? {
            Some(Binding::Constant(constant)) if constant.shape().contains(&0) => Ok(None),
            _ => self.optional_value(node, index),
        }
    }

    /// `[batch, heads, rows, width]` of that, or of `[batch, rows, heads * width]`.
    pub(super) fn heads(
        &mut self,
        node: &Node<'_>,
        x: Value,
        count: i64,
    ) -> Result<Value, ImportError> {
        let shape = self.shape(x).to_vec();
        match shape[..] {
            [_, _, _, _] => Ok(x),
            [batch, rows, width] => {
                let count = usize::try_from(count).unwrap_or(0);
                if count == 0 || !width.is_multiple_of(count) {
                    return Err(node.refuse(format!("{count} heads don't fit {width} columns")));
                }
                let x = self.reshape(node, x, vec![batch, rows, count, width / count])?;
                self.transposed(node, x, &[0, 2, 1, 3])
            }
            _ => Err(node.refuse(format!("an operand has shape {shape:?}, not 3 or 4 axes"))),
        }
    }

    /// The way back.
    pub(super) fn rows_of_heads(
        &mut self,
        node: &Node<'_>,
        x: Value,
    ) -> Result<Value, ImportError> {
        let x = self.transposed(node, x, &[0, 2, 1, 3])?;
        let shape = self.shape(x).to_vec();
        self.reshape(node, x, vec![shape[0], shape[1], shape[2] * shape[3]])
    }

    fn continued(
        &mut self,
        node: &Node<'_>,
        past: Option<Value>,
        x: Value,
    ) -> Result<Value, ImportError> {
        let Some(past) = past else { return Ok(x) };
        let (mut before, mut shape) = (self.shape(past).to_vec(), self.shape(x).to_vec());
        if before.len() != 4 {
            return Err(node.refuse("what it continues needs four axes"));
        }
        let length = std::mem::replace(&mut before[2], shape[2]);
        if before != shape {
            return Err(node.refuse(format!(
                "what it continues has shape {:?}, which doesn't fit {shape:?}",
                self.shape(past)
            )));
        }
        shape[2] += length;
        self.step(node, Operation::Concat { axis: 2 }, vec![past, x], shape)
    }

    /// Keys and values once for each head of the queries.
    fn repeated_heads(
        &mut self,
        node: &Node<'_>,
        q: Value,
        pair: [Value; 2],
    ) -> Result<[Value; 2], ImportError> {
        let mut repeated = pair;
        for x in &mut repeated {
            let (wanted, shape) = (self.shape(q).to_vec(), self.shape(*x).to_vec());
            let (&[_, heads, _, _], &[batch, own, rows, width]) = (&wanted[..], &shape[..]) else {
                return Err(node.refuse("its operands need four axes"));
            };
            if own == heads {
                continue;
            }
            if !heads.is_multiple_of(own) {
                return Err(node.refuse(format!("{own} heads don't serve {heads}")));
            }
            *x = self.reshape(node, *x, vec![batch, own, 1, rows, width])?;
            *x = self.spread(node, *x, &[batch, own, heads / own, rows, width])?;
            *x = self.reshape(node, *x, vec![batch, heads, rows, width])?;
        }
        Ok(repeated)
    }

    fn scores(&mut self, node: &Node<'_>, q: Value, k: Value) -> Result<Value, ImportError> {
        let width = self.shape(q).last().copied().unwrap_or(1);
        let scale = match node.attribute("scale") {
            Some(_) => node.float("scale", 1.0)?,
            None => 1.0 / (width as f32).sqrt(),
        };
        let turned = self.transposed(node, k, &[0, 1, 3, 2])?;
        let scores = self.product(node, q, turned)?;
        self.times_number(node, scores, scale)
    }

    fn capped(&mut self, node: &Node<'_>, scores: Value) -> Result<Value, ImportError> {
        let cap = node.float("softcap", 0.0)?;
        if cap <= 0.0 {
            return Ok(scores);
        }
        let shape = self.shape(scores).to_vec();
        let part = self.times_number(node, scores, 1.0 / cap)?;
        let part = self.step(node, Operation::Function(Function::Tanh), vec![part], shape)?;
        self.times_number(node, part, cap)
    }

    fn masked_scores(
        &mut self,
        node: &Node<'_>,
        scores: Value,
        past: usize,
    ) -> Result<Masked, ImportError> {
        let &[batch, _, queries, keys] = self.shape(scores) else {
            return Err(node.refuse("its scores need four axes"));
        };
        let reach = |name| -> Result<Option<usize>, ImportError> {
            Ok(usize::try_from(node.int(name, -1)?).ok())
        };
        let filled = self.optional_value(node, FILLED)?;
        let mut window = Window {
            queries,
            keys,
            past,
            causal: node.int("is_causal", 0)? != 0,
            reach: [reach("left_window_size")?, reach("right_window_size")?],
            masked: keys,
        };
        let mut scores = scores;
        let mut open = None;
        if let Some(filled) = filled {
            if window.reach != [None; 2] {
                return Err(node.refuse(
                    "windows together with nonpad_kv_seqlen are not supported; give it a mask instead",
                ));
            }
            let filled = self.reshape(node, filled, vec![batch, 1, 1, 1])?;
            open = Some(self.filled_keys(node, filled, &window)?);
            window.causal = false;
        }
        if let Some(mask) = self.optional_value(node, MASK)? {
            let length = self.shape(mask).last().copied().unwrap_or(0);
            window.masked = length.min(keys);
            let mask = self.widened(node, mask, keys)?;
            if self.element(mask).is_exact() {
                open = Some(match open {
                    Some(open) => self.product_of(node, open, mask)?,
                    None => mask,
                });
            } else {
                scores = self.sum(node, scores, mask, 1.0)?;
            }
        }
        self.hidden(node, scores, open, &window.seen())
    }

    /// A mask's last axis filled up; what is added is hidden by the window.
    fn widened(&mut self, node: &Node<'_>, mask: Value, keys: usize) -> Result<Value, ImportError> {
        let mut shape = self.shape(mask).to_vec();
        let axis = shape.len().checked_sub(1);
        let axis = axis.ok_or_else(|| node.refuse("its mask has no axes"))?;
        if shape[axis] >= keys {
            return Ok(mask);
        }
        shape[axis] = keys;
        self.step(node, Operation::Pad { axis, before: 0 }, vec![mask], shape)
    }

    /// Where keys are filled and, for a causal window, not behind the query, whose last is that of the last
    /// filled key.
    fn filled_keys(
        &mut self,
        node: &Node<'_>,
        filled: Value,
        window: &Window,
    ) -> Result<Value, ImportError> {
        let places = self.positions(node, 4, 3, window.keys);
        let place = self.difference(node, places, filled)?;
        let open = self.unary(node, place, Unary::IsNegative)?;
        if !window.causal {
            return Ok(open);
        }
        let behind = (0..window.queries * window.keys).map(|at| {
            let (query, key) = (at / window.keys, at % window.keys);
            query as i64 - window.queries as i64 - key as i64
        });
        let shape = vec![1, 1, window.queries, window.keys];
        let behind = self.filled_ints(node, shape, behind.collect(), Element::INT64);
        let behind = self.sum(node, behind, filled, 1.0)?;
        let behind = self.unary(node, behind, Unary::IsNegative)?;
        let before = self.unary(node, behind, Unary::IsZero)?;
        self.product_of(node, open, before)
    }

    /// Hides scores by truth values of a run and by those known already.
    fn hidden(
        &mut self,
        node: &Node<'_>,
        scores: Value,
        open: Option<Value>,
        seen: &[bool],
    ) -> Result<Masked, ImportError> {
        let shape = self.shape(scores).to_vec();
        let [queries, keys] = [shape[2], shape[3]];
        let all = seen.iter().all(|&seen| seen);
        let Some(mut open) = open else {
            if all {
                return Ok(Masked {
                    scores,
                    any: None,
                    hides: false,
                });
            }
            let values = seen.iter().map(|&seen| if seen { 0.0 } else { HIDDEN });
            let mask = Array {
                shape: vec![queries, keys],
                values: values.collect(),
            };
            let scores = self.plus_constant(node, scores, mask)?;
            let rows = seen.chunks_exact(keys.max(1));
            let any: Vec<f32> = rows
                .map(|row| f32::from(u8::from(row.contains(&true))))
                .collect();
            let any = any
                .contains(&0.0)
                .then(|| self.filled(node, vec![queries, 1], any));
            return Ok(Masked {
                scores,
                any,
                hides: true,
            });
        };
        if !all {
            let truth = Constant::Int {
                shape: vec![queries, keys],
                values: seen.iter().map(|&seen| i64::from(seen)).collect(),
                element: Element::Bool,
            };
            let truth = self.constant_step(node.name.clone(), truth);
            open = self.product_of(node, open, truth)?;
        }
        let closed = self.unary(node, open, Unary::IsZero)?;
        let closed = self.convert(node, closed, Element::Float)?;
        let below = self.times_number(node, closed, HIDDEN)?;
        let scores = self.sum(node, scores, below, 1.0)?;
        let counted = self.convert(node, open, Element::INT64)?;
        let last = self.shape(counted).len() - 1;
        let count = self.axis_sum(node, counted, last)?;
        let any = self.unary(node, count, Unary::IsPositive)?;
        let any = self.convert(node, any, Element::Float)?;
        Ok(Masked {
            scores,
            any: Some(any),
            hides: true,
        })
    }
}
