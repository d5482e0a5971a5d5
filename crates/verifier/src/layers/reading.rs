//! The verifier's side: messages are read, absorbed, and checked by the walk.

use lilliput_graph::TensorId;

use crate::codec::Reader;
use crate::field::EF;
use crate::layers::side::{Ended, Product, Side};
use crate::layers::walk::LayerError;
use crate::sumcheck::{EqSumcheck, Reduced, Sumcheck};
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

    fn rounds(&mut self, product: &Product<'_>) -> Result<Reduced, LayerError> {
        let batch = product.batch;
        let first = EqSumcheck::<2>::decode(self.reader, batch.len())?;
        let mut reduced = first.verify(batch, product.claim, self.transcript);
        let rest = product.variables.saturating_sub(batch.len());
        let second = Sumcheck::<2>::decode(self.reader, rest)?;
        let last = second.verify(reduced.claim, self.transcript);
        reduced.point.extend(last.point);
        reduced.claim = last.claim;
        Ok(reduced)
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
        let Reduced { point, claim } = self.rounds(product)?;
        let count = product.tensors.len();
        let mut tensors = self.message(
            labels::PRODUCT_END,
            count.saturating_add(usize::from(!product.weight.is_public())),
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
