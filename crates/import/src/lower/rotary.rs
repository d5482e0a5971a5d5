//! `RotaryEmbedding`: pairs of columns turned by an angle for each position.

use super::Lowering;
use super::node::Node;
use crate::error::ImportError;
use crate::program::{Operation, Value};

impl Lowering {
    pub(super) fn rotary_embedding(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let heads = node.int("num_heads", 0)?;
        let x = self.heads(node, x, heads)?;
        let width = self.shape(x)[3];
        let turned = match usize::try_from(node.int("rotary_embedding_dim", 0)?) {
            Ok(0) => width,
            Ok(turned) if turned <= width => turned,
            _ => return Err(node.refuse("its rotary_embedding_dim is out of range")),
        };
        if !turned.is_multiple_of(2) {
            return Err(node.refuse("it turns an odd number of columns"));
        }
        let interleaved = node.int("interleaved", 0)? != 0;
        let front = self.cut(node, x, 3, [0, turned])?;
        let pair = self.pairs(node, front, interleaved)?;
        let cosine = self.angles(node, 1, turned / 2)?;
        let sine = self.angles(node, 2, turned / 2)?;
        let mut part = |a, b, sign| {
            let a = self.product_of(node, a, cosine)?;
            let b = self.product_of(node, b, sine)?;
            self.sum(node, a, b, sign)
        };
        let real = part(pair[0], pair[1], -1.0)?;
        let imaginary = part(pair[1], pair[0], 1.0)?;
        let mut answer = self.paired(node, [real, imaginary], interleaved)?;
        if turned < width {
            let rest = self.cut(node, x, 3, [turned, width - turned])?;
            let whole = self.shape(x).to_vec();
            answer = self.step(
                node,
                Operation::Concat { axis: 3 },
                vec![answer, rest],
                whole,
            )?;
        }
        if shape.len() == 3 {
            return self.rows_of_heads(node, answer);
        }
        Ok(answer)
    }

    /// The two columns of each pair: halves, or neighbours.
    fn pairs(
        &mut self,
        node: &Node<'_>,
        x: Value,
        interleaved: bool,
    ) -> Result<[Value; 2], ImportError> {
        let mut shape = self.shape(x).to_vec();
        shape[3] /= 2;
        let half = shape[3];
        let (offset, step) = if interleaved { (1, 2) } else { (half, 1) };
        let mut column = |start| {
            let operation = Operation::Slice {
                axis: 3,
                start,
                step,
            };
            self.step(node, operation, vec![x], shape.clone())
        };
        Ok([column(0)?, column(offset)?])
    }

    /// The way back.
    fn paired(
        &mut self,
        node: &Node<'_>,
        pair: [Value; 2],
        interleaved: bool,
    ) -> Result<Value, ImportError> {
        let mut shape = self.shape(pair[0]).to_vec();
        let half = shape[3];
        shape[3] = 2 * half;
        if !interleaved {
            return self.step(node, Operation::Concat { axis: 3 }, pair.to_vec(), shape);
        }
        // The first columns and the second ones as two rows, turned by a transposition.
        let rows = shape[..3].iter().product();
        let [mut first, mut second] = pair;
        for x in [&mut first, &mut second] {
            *x = self.reshape(node, *x, vec![rows, 1, half])?;
        }
        let both = vec![first, second];
        let both = self.step(
            node,
            Operation::Concat { axis: 1 },
            both,
            vec![rows, 2, half],
        )?;
        let both = self.transposed(node, both, &[0, 2, 1])?;
        self.reshape(node, both, shape)
    }

    /// Cosines or sines as `[batch, 1, rows, pairs]`: those of the given positions, or one for each row.
    fn angles(
        &mut self,
        node: &Node<'_>,
        index: usize,
        pairs: usize,
    ) -> Result<Value, ImportError> {
        let angles = match node.input(3) {
            Some(_) => {
                let table = self.operand(node, index)?;
                let positions = self.operand(node, 3)?;
                self.gathered(node, table, 0, positions)?
            }
            None => self.value(node, index)?,
        };
        match *self.shape(angles) {
            [batch, rows, width] if width == pairs => {
                self.reshape(node, angles, vec![batch, 1, rows, pairs])
            }
            _ => Err(node.refuse(format!(
                "its angles have shape {:?}, {pairs} for each row are needed",
                self.shape(angles)
            ))),
        }
    }
}
