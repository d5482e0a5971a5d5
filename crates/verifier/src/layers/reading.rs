//! The verifier's side: messages are read, absorbed, and checked by the walk.

use lilliput_graph::TensorId;

use crate::codec::Reader;
use crate::field::EF;
use crate::layers::side::{Ended, Product, Side, Weight};
use crate::layers::walk::LayerError;
use crate::sumcheck::{Reduced, Sumcheck};
use crate::transcript::Transcript;

/// Labels of the messages of the layers.
pub mod labels {
    /// Values of tensors at a point.
    pub const EVALUATIONS: &str = "evaluations";
    /// Values at the end of a product sumcheck.
    pub const PRODUCT_END: &str = "product end";
    /// Combines claims on one tensor.
    pub const MERGE: &str = "merge";
}

/// The verifier's side.
#[derive(Debug)]
pub struct Reading<'a, 'bytes> {
    /// The messages that are left.
    pub reader: &'a mut Reader<'bytes>,
    /// What was said so far.
    pub transcript: &'a mut Transcript,
}

impl Reading<'_, '_> {
    fn message(&mut self, label: &'static str, count: usize) -> Result<Vec<EF>, LayerError> {
        let values = self.reader.extensions(count)?;
        self.transcript.absorb(label, &values);
        Ok(values)
    }

    fn sumcheck<const DEGREE: usize>(
        &mut self,
        claim: EF,
        variables: usize,
    ) -> Result<Reduced, LayerError> {
        let sumcheck = Sumcheck::<DEGREE>::decode(self.reader, variables)?;
        Ok(sumcheck.verify(claim, self.transcript))
    }
}

impl Side for Reading<'_, '_> {
    fn challenge(&mut self) -> EF {
        self.transcript.challenge(labels::MERGE)
    }

    fn evaluations(&mut self, tensors: &[TensorId], _: &[EF]) -> Result<Vec<EF>, LayerError> {
        self.message(labels::EVALUATIONS, tensors.len())
    }

    fn product(&mut self, product: &Product<'_>) -> Result<Ended, LayerError> {
        let Reduced { point, claim } = if product.batch.is_empty() {
            self.sumcheck::<2>(product.claim, product.variables)?
        } else {
            self.sumcheck::<3>(product.claim, product.variables)?
        };
        let sends_weight = match product.weight {
            Weight::Tensor(_) | Weight::Spread(_) => true,
            Weight::Outer(_) | Weight::Points(_) => false,
        };
        let count = product.tensors.len();
        let mut tensors = self.message(
            labels::PRODUCT_END,
            count.saturating_add(usize::from(sends_weight)),
        )?;
        let weight = tensors.split_off(count).first().copied();
        Ok(Ended {
            point,
            claim,
            tensors,
            weight,
        })
    }
}
