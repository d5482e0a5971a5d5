//! The verifier's side: messages are read as forms, and what the walk finds becomes constraints.

use lilliput_graph::TensorId;

use crate::field::EF;
use crate::form::{Constraint, Form};
use crate::layers::side::{Ended, Product, Side};
use crate::layers::walk::LayerError;
use crate::receiver::Receiver;

/// Labels of the messages of the layers.
pub mod labels {
    /// Values of tensors at a point.
    pub const EVALUATIONS: &str = "evaluations";
    /// Values at the end of a product sumcheck.
    pub const PRODUCT_END: &str = "product end";
    /// Combines claims on one tensor.
    pub const MERGE: &str = "merge";
}

impl Side for Receiver<'_> {
    type Value = Form;

    fn challenge(&mut self) -> EF {
        Receiver::challenge(self, labels::MERGE)
    }

    fn evaluations(&mut self, tensors: &[TensorId], _: &[EF]) -> Result<Vec<Form>, LayerError> {
        Ok(self.receive(labels::EVALUATIONS, tensors.len())?)
    }

    fn product(&mut self, product: &Product<'_, Form>) -> Result<Ended<Form>, LayerError> {
        let batch = self.eq_sumcheck::<2>(product.batch, product.claim.clone())?;
        let rest = product.variables.saturating_sub(product.batch.len());
        let last = self.sumcheck::<2>(batch.claim, rest)?;
        let count = product.tensors.len();
        let mut tensors = self.receive(
            labels::PRODUCT_END,
            count.saturating_add(usize::from(!product.weight.is_public())),
        )?;
        let weight = tensors.split_off(count).pop();
        Ok(Ended {
            point: [batch.point, last.point].concat(),
            claim: last.claim,
            tensors,
            weight,
        })
    }

    fn zero(&mut self, value: Form, _: TensorId) -> Result<(), LayerError> {
        self.constraints.push(Constraint::zero(value));
        Ok(())
    }

    fn times(
        &mut self,
        left: Form,
        right: Form,
        product: Form,
        _: TensorId,
    ) -> Result<(), LayerError> {
        self.constraints.push(Constraint {
            products: vec![[left, right]],
            sum: product,
        });
        Ok(())
    }
}
