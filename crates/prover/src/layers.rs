//! The prover's side of [`lilliput_verifier::layers`].
//!
//! The walk itself is the verifier's; here messages are computed. A [`Backend`] does the arithmetic: the fast one, or the
//! slow reference that gives the same bytes.

pub mod fold;
mod integers;
pub mod product;
pub mod weight;

use lilliput_graph::{Checked, Tensor, TensorId, Trace};
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::BlockClaim;
use lilliput_verifier::layers::reading::labels;
use lilliput_verifier::layers::{Ended, LayerError, Product, Side};
use lilliput_verifier::logup::{LogUpClaims, Shape};
use lilliput_verifier::sumcheck::Reduced;

use crate::join::Folded;
use crate::logup::Witness;
use crate::transcript::Transcript;

/// The values of all tensors of a run.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    pub(crate) checked: &'a Checked,
    pub(crate) trace: &'a Trace<'a>,
}

impl<'a> Values<'a> {
    /// Axes and values of a tensor.
    pub(crate) fn tensor(&self, id: TensorId) -> (&'a [u32], &'a Tensor) {
        (&self.checked.tensor_shape(id).0, self.trace.tensor(id))
    }
}

/// What the rounds of a product sumcheck, sent already, end with.
pub struct Finished {
    pub(crate) reduced: Reduced,
    pub(crate) tensors: Vec<EF>,
    pub(crate) weight: EF,
}

/// The arithmetic of a prover. All backends send the same messages.
pub trait Backend {
    /// The lookup argument.
    fn lookups(shape: &Shape, witness: &Witness<'_>, transcript: &mut Transcript) -> LogUpClaims;

    /// Many claims on one committed polynomial, whose rows have `2^columns` values.
    fn join(
        claims: &[BlockClaim],
        values: &[F],
        columns: usize,
        transcript: &mut Transcript,
    ) -> Folded;

    /// A tensor's extension at a point.
    fn evaluate(values: &Values<'_>, tensor: TensorId, point: &[EF]) -> EF;

    /// A product sumcheck: sends its rounds.
    fn product(
        values: &Values<'_>,
        product: &Product<'_, EF>,
        transcript: &mut Transcript,
    ) -> Finished;
}

/// The fast backend.
#[derive(Clone, Copy, Debug)]
pub struct Fast;

impl Backend for Fast {
    fn lookups(shape: &Shape, witness: &Witness<'_>, transcript: &mut Transcript) -> LogUpClaims {
        crate::logup::prove(shape, witness, transcript)
    }

    fn join(
        claims: &[BlockClaim],
        values: &[F],
        columns: usize,
        transcript: &mut Transcript,
    ) -> Folded {
        crate::join::prove(claims, values, columns, transcript)
    }

    fn evaluate(values: &Values<'_>, tensor: TensorId, point: &[EF]) -> EF {
        let (axes, tensor) = values.tensor(tensor);
        fold::evaluate(axes, &tensor.values, point)
    }

    fn product(
        values: &Values<'_>,
        product: &Product<'_, EF>,
        transcript: &mut Transcript,
    ) -> Finished {
        product::prove(values, product, transcript)
    }
}

/// A prover's side of the walk.
pub(crate) struct Proving<'a, B> {
    values: Values<'a>,
    transcript: &'a mut Transcript,
    backend: std::marker::PhantomData<B>,
}

impl<'a, B> Proving<'a, B> {
    pub(crate) fn new(values: Values<'a>, transcript: &'a mut Transcript) -> Self {
        Self {
            values,
            transcript,
            backend: std::marker::PhantomData,
        }
    }
}

impl<B: Backend> Side for Proving<'_, B> {
    type Value = EF;

    fn challenge(&mut self) -> EF {
        self.transcript.challenge(labels::MERGE)
    }

    fn evaluations(&mut self, tensors: &[TensorId], point: &[EF]) -> Result<Vec<EF>, LayerError> {
        let values: Vec<EF> = tensors
            .iter()
            .map(|&tensor| B::evaluate(&self.values, tensor, point))
            .collect();
        self.transcript.send(labels::EVALUATIONS, &values);
        Ok(values)
    }

    fn product(&mut self, product: &Product<'_, EF>) -> Result<Ended<EF>, LayerError> {
        let finished = B::product(&self.values, product, self.transcript);
        let weight = (!product.weight.is_public()).then_some(finished.weight);
        let mut sent = finished.tensors.clone();
        sent.extend(weight);
        self.transcript.send(labels::PRODUCT_END, &sent);
        Ok(Ended {
            point: finished.reduced.point,
            claim: finished.reduced.claim,
            tensors: finished.tensors,
            weight,
        })
    }

    fn zero(&mut self, value: EF, node: TensorId) -> Result<(), LayerError> {
        if value == EF::default() {
            Ok(())
        } else {
            Err(LayerError::Mismatch { node: node.0 })
        }
    }

    fn times(
        &mut self,
        left: EF,
        right: EF,
        product: EF,
        node: TensorId,
    ) -> Result<(), LayerError> {
        self.zero(left * right - product, node)
    }
}
