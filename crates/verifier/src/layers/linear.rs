//! Sums, transpositions, repetitions: rewrites without a sumcheck.

use lilliput_graph::TensorId;
use p3_field::{Field, PrimeCharacteristicRing};

use crate::field::{EF, F, base_from_i64};
use crate::layers::axes::{axis_variables, split};
use crate::layers::claims::Claim;
use crate::layers::side::Side;
use crate::layers::walk::{LayerError, Walk};
use crate::point::{less_than, mask};

impl<S: Side> Walk<'_, S> {
    /// The prover sends all terms but the last, which the claim fixes.
    pub(super) fn sum(
        &mut self,
        node: TensorId,
        terms: &[(TensorId, i64)],
        constant: i64,
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let terms = combined(terms);
        let constant = mask(self.shape(node), &claim.point) * base_from_i64(constant);
        let mut left = claim.value.clone() - constant;
        let Some((&(last, coefficient), sent)) = terms.split_last() else {
            return self.side.zero(left, node);
        };
        let tensors: Vec<TensorId> = sent.iter().map(|&(tensor, _)| tensor).collect();
        let values = self.side.evaluations(&tensors, &claim.point)?;
        for (&(tensor, coefficient), value) in sent.iter().zip(values) {
            left = left - value.clone() * EF::from(coefficient);
            self.pass(tensor, &claim.point, value)?;
        }
        let inverse = coefficient.try_inverse().unwrap_or_default();
        self.pass(last, &claim.point, left * EF::from(inverse))
    }

    pub(super) fn transpose(
        &mut self,
        node: TensorId,
        x: TensorId,
        perm: &[u8],
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let coordinates = split(self.shape(node), &claim.point);
        let mut of_x: Vec<(u8, &[EF])> = perm.iter().copied().zip(coordinates).collect();
        of_x.sort_by_key(|&(axis, _)| axis);
        let point: Vec<EF> = of_x.into_iter().flat_map(|(_, own)| own).copied().collect();
        self.pass(x, &point, claim.value.clone())
    }

    pub(super) fn broadcast(
        &mut self,
        node: TensorId,
        x: TensorId,
        axes: &[u8],
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let shape = self.shape(node);
        let (mut point, mut repeated) = (Vec::new(), EF::ONE);
        for ((own, &length), axis) in split(shape, &claim.point).iter().zip(shape).zip(0u8..) {
            if axes.contains(&axis) {
                point.extend_from_slice(own);
            } else if axis_variables(length) > 0 {
                repeated *= less_than(own, u64::from(length));
            }
        }
        match self.quotient(claim.value.clone(), repeated, node)? {
            Some(value) => self.pass(x, &point, value),
            None => Ok(()),
        }
    }

    /// The value of which `factor` times is claimed. A factor that vanishes claims zero, and nothing of the operand: so it
    /// is where a slice took only what a padding put there.
    pub(super) fn quotient(
        &mut self,
        value: S::Value,
        factor: EF,
        node: TensorId,
    ) -> Result<Option<S::Value>, LayerError> {
        match factor.try_inverse() {
            Some(inverse) => Ok(Some(value * inverse)),
            None => self.side.zero(value, node).map(|()| None),
        }
    }

    pub(super) fn pass(
        &mut self,
        tensor: TensorId,
        point: &[EF],
        value: S::Value,
    ) -> Result<(), LayerError> {
        let point = point.to_vec();
        self.claims.push(tensor, Claim { point, value })
    }
}

/// Each tensor once, in the order of first use, without those whose coefficients cancel.
fn combined(terms: &[(TensorId, i64)]) -> Vec<(TensorId, F)> {
    let mut sums: Vec<(TensorId, F)> = Vec::with_capacity(terms.len());
    for &(tensor, coefficient) in terms {
        let coefficient = base_from_i64(coefficient);
        match sums.iter_mut().find(|(other, _)| *other == tensor) {
            Some((_, sum)) => *sum += coefficient,
            None => sums.push((tensor, coefficient)),
        }
    }
    sums.retain(|(_, coefficient)| *coefficient != F::ZERO);
    sums
}
