//! Products summed over labels.

use lilliput_graph::TensorId;

use crate::field::EF;
use crate::layers::axes::{axis_variables, split};
use crate::layers::claims::Claim;
use crate::layers::side::{Folded, Product, Side, Weight};
use crate::layers::walk::{LayerError, Walk};

type Coordinates<'a> = Vec<(u8, &'a [EF])>;

impl<S: Side> Walk<'_, S> {
    pub(super) fn contract(
        &mut self,
        node: TensorId,
        [a, b]: [TensorId; 2],
        [a_axes, b_axes, out_axes]: [&[u8]; 3],
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let of_result: Coordinates<'_> = out_axes
            .iter()
            .copied()
            .zip(split(self.shape(node), &claim.point))
            .collect();
        let in_both = |label: &u8| a_axes.contains(label) && b_axes.contains(label);
        // Labels of the sumcheck's variables: those shared with the result first.
        let batch = out_axes.iter().copied().filter(|label| in_both(label));
        let summed = a_axes
            .iter()
            .copied()
            .filter(|label| !out_axes.contains(label));
        let labels: Vec<u8> = batch.chain(summed).collect();
        let lengths: Vec<u32> = labels
            .iter()
            .map(|label| self.label_length(a, a_axes, *label))
            .collect();
        let batch_point: Vec<EF> = of_result
            .iter()
            .filter(|(label, _)| in_both(label))
            .flat_map(|(_, own)| own.iter().copied())
            .collect();
        let product = Product {
            claim: claim.value.clone(),
            variables: lengths.iter().map(|&length| axis_variables(length)).sum(),
            batch: &batch_point,
            tensors: vec![folded(a, a_axes, &labels, &of_result)],
            weight: Weight::Tensor(folded(b, b_axes, &labels, &of_result)),
        };
        let ended = self.side.product(&product)?;
        let (Some(left), Some(right)) = (ended.tensors.first().cloned(), ended.weight) else {
            return Err(LayerError::Mismatch { node: node.0 });
        };
        self.side
            .times(left.clone(), right.clone(), ended.claim, node)?;
        let at_end: Coordinates<'_> = labels
            .iter()
            .copied()
            .zip(split(&lengths, &ended.point))
            .collect();
        self.pass(a, &joined(a_axes, &at_end, &of_result), left)?;
        self.pass(b, &joined(b_axes, &at_end, &of_result), right)
    }

    fn label_length(&self, tensor: TensorId, axes: &[u8], label: u8) -> u32 {
        axes.iter()
            .zip(self.shape(tensor))
            .find(|(own, _)| **own == label)
            .map_or(1, |(_, &length)| length)
    }
}

fn folded<'a>(
    tensor: TensorId,
    axes: &[u8],
    labels: &[u8],
    of_result: &Coordinates<'a>,
) -> Folded<'a> {
    let position = |label: &u8| axes.iter().position(|own| own == label);
    Folded {
        tensor,
        fixed: of_result
            .iter()
            .filter(|(label, _)| !labels.contains(label))
            .filter_map(|(label, own)| Some((position(label)?, *own)))
            .collect(),
        kept: labels.iter().filter_map(position).collect(),
    }
}

/// The operand's point: the sumcheck's coordinates where it has some, else the result's.
fn joined(axes: &[u8], at_end: &Coordinates<'_>, of_result: &Coordinates<'_>) -> Vec<EF> {
    axes.iter()
        .filter_map(|label| {
            let mut all = at_end.iter().chain(of_result);
            all.find(|(other, _)| other == label)
        })
        .flat_map(|(_, own)| own.iter().copied())
        .collect()
}
