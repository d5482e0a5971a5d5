//! The order of nodes, and several claims made one.

use lilliput_graph::{Checked, Op, TensorId};
use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use crate::codec::CodecError;
use crate::field::EF;
use crate::layers::claims::{Claim, Claims};
use crate::layers::side::{Folded, Product, Side, Weight};
use crate::layers::{axis, reshape};

/// Most claims that a node with a free rewrite passes on unmerged.
pub const PASS_CLAIMS_MAX: usize = 4;

/// Why the layers don't hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LayerError {
    /// A message is cut off or isn't canonical.
    #[error("a message can't be read: {0}")]
    Malformed(#[from] CodecError),
    /// The values sent at the end of a sumcheck don't give its claim.
    #[error("node {node}: what was sent doesn't give the claim")]
    Mismatch {
        /// Index of the tensor whose claim was rewritten.
        node: u32,
    },
    /// A claim on a tensor that the graph doesn't have.
    #[error("the graph has no tensor {tensor}")]
    UnknownTensor {
        /// The index.
        tensor: u32,
    },
}

/// One run through the nodes.
#[derive(Debug)]
pub struct Walk<'a, S: Side> {
    pub(super) checked: &'a Checked,
    pub(super) claims: &'a mut Claims<S::Value>,
    pub(super) side: &'a mut S,
}

impl<'a, S: Side> Walk<'a, S> {
    /// Rewrites all claims until only those on inputs, weights and lookup results are left in `claims`.
    ///
    /// # Errors
    ///
    /// [`LayerError`] for the first step that doesn't hold.
    pub fn run(
        checked: &'a Checked,
        claims: &'a mut Claims<S::Value>,
        side: &'a mut S,
    ) -> Result<(), LayerError> {
        let mut walk = Self {
            checked,
            claims,
            side,
        };
        let graph = checked.graph();
        for (index, node) in graph.nodes.iter().enumerate().rev() {
            let tensor = graph.node_id(index);
            if matches!(node.op, Op::Lookup { .. }) {
                continue;
            }
            let claims = walk.claims.take(tensor);
            let passed = if is_free(&node.op, checked) {
                PASS_CLAIMS_MAX
            } else {
                1
            };
            let claims = if claims.len() > passed {
                vec![walk.merge(tensor, &claims)?]
            } else {
                claims
            };
            for claim in claims {
                walk.rewrite(tensor, &node.op, &claim)?;
            }
        }
        Ok(())
    }

    fn rewrite(
        &mut self,
        node: TensorId,
        op: &Op,
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        match op {
            Op::Contract {
                a,
                b,
                a_axes,
                b_axes,
                out_axes,
            } => self.contract(node, [*a, *b], [a_axes, b_axes, out_axes], claim),
            Op::Conv { .. } => self.convolution(node, op, claim),
            Op::Sum { terms, constant } => self.sum(node, terms, *constant, claim),
            Op::WindowSum { .. } | Op::Slice { .. } | Op::Pad { .. } => {
                self.axis_map(node, op, claim)
            }
            Op::Concat { parts, axis } => self.concat(node, parts, *axis, claim),
            Op::Transpose { x, perm } => self.transpose(node, *x, perm, claim),
            Op::Reshape { x, .. } => self.reshape(node, *x, claim),
            Op::Broadcast { x, axes, .. } => self.broadcast(node, *x, axes, claim),
            Op::Lookup { .. } => Ok(()),
        }
    }

    fn merge(
        &mut self,
        node: TensorId,
        claims: &[Claim<S::Value>],
    ) -> Result<Claim<S::Value>, LayerError> {
        let challenge = self.side.challenge();
        let mut points = Vec::with_capacity(claims.len());
        let mut sum = S::Value::from(EF::ZERO);
        for (claim, factor) in claims.iter().zip(challenge.powers()) {
            points.push((factor, claim.point.clone()));
            sum = sum + claim.value.clone() * factor;
        }
        let weight = Weight::Points(&points);
        let product = Product {
            claim: sum,
            variables: claims.first().map_or(0, |claim| claim.point.len()),
            batch: &[],
            tensors: vec![Folded::whole(node, self.shape(node).len())],
            weight,
        };
        self.public_product(node, &product)
    }

    /// A product sumcheck over one tensor with a public weight: the claim left on it. The point runs over the kept axes.
    pub(super) fn public_product(
        &mut self,
        node: TensorId,
        product: &Product<'_, S::Value>,
    ) -> Result<Claim<S::Value>, LayerError> {
        let ended = self.side.product(product)?;
        let (Some(value), Some(weight)) = (
            ended.tensors.first().cloned(),
            product.weight.evaluate(&ended.point),
        ) else {
            return Err(LayerError::Mismatch { node: node.0 });
        };
        self.side.zero(value.clone() * weight - ended.claim, node)?;
        Ok(Claim {
            point: ended.point,
            value,
        })
    }

    pub(super) fn shape(&self, tensor: TensorId) -> &'a [u32] {
        &self.checked.tensor_shape(tensor).0
    }
}

/// Whether a claim is rewritten without a sumcheck.
fn is_free(op: &Op, checked: &Checked) -> bool {
    match op {
        Op::Sum { .. } | Op::Transpose { .. } | Op::Broadcast { .. } | Op::Lookup { .. } => true,
        Op::Slice { .. } | Op::Pad { .. } => axis::is_free(op, checked),
        Op::Concat { parts, axis } => axis::concat_is_free(parts, *axis, checked),
        Op::Reshape { x, shape } => reshape::is_free(&checked.tensor_shape(*x).0, &shape.0),
        Op::Contract { .. } | Op::Conv { .. } | Op::WindowSum { .. } => false,
    }
}
