//! The join: many claims on blocks of one committed polynomial become one claim at one point.
//!
//! A claim says `sum over a block's valid indices x of eq(point, x) P(offset + x) = value`. The claims are added
//! with powers of one challenge; a product sumcheck over all of `P` leaves `P(z) = v` for the opening, after
//! the verifier has evaluated the combined weight at `z`. Padding between valid indices has weight
//! zero, so what is committed there changes no claim.

use p3_field::PrimeCharacteristicRing;

use crate::codec::CodecError;
use crate::field::EF;
use crate::form::{Constraint, Form, Value};
use crate::point::{block_selector, tensor_variables, truncated_eq_tensor};
use crate::receiver::Receiver;

#[cfg(test)]
mod tests;

/// Where a tensor stands in a committed polynomial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Index of its first cell, a multiple of its padded size.
    pub offset: u64,
    /// Lengths of its axes, slowest first.
    pub axes: Vec<u32>,
}

impl Block {
    /// Variables of its padded size.
    #[must_use]
    pub fn variables(&self) -> usize {
        tensor_variables(&self.axes)
    }

    /// Whether it lies aligned within a polynomial of that many variables.
    #[must_use]
    pub fn fits(&self, variables: usize) -> bool {
        let size = |bits: usize| {
            u32::try_from(bits)
                .ok()
                .and_then(|bits| 1u64.checked_shl(bits))
        };
        match (size(self.variables()), size(variables)) {
            (Some(own), Some(all)) => {
                self.offset & own.saturating_sub(1) == 0
                    && self.offset.checked_add(own).is_some_and(|end| end <= all)
            }
            _ => false,
        }
    }
}

/// A value of a committed tensor at a point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockClaim<V = EF> {
    /// The tensor's place.
    pub block: Block,
    /// The point, one coordinate for each of the block's variables.
    pub point: Vec<EF>,
    /// The value.
    pub value: V,
}

/// The claim that is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined<V = EF> {
    /// A point of the committed polynomial.
    pub point: Vec<EF>,
    /// Its value there, for the opening to show.
    pub value: V,
}

/// Label of the challenge that combines claims; their values are bound by earlier messages.
pub const COMBINATION: &str = "join combination";
/// Label of the polynomial's value at the last point.
pub const VALUE: &str = "joined value";

/// `sum of challenge^j value_j`.
pub fn combine<V: Value>(claims: &[BlockClaim<V>], challenge: EF) -> V {
    let mut power = EF::ONE;
    claims.iter().fold(V::from(EF::ZERO), |sum, claim| {
        let sum = sum + claim.value.clone() * power;
        power *= challenge;
        sum
    })
}

/// Reads a join of `claims` on a polynomial of that many variables, `columns` of them along its rows. The claims fit
/// their blocks.
///
/// The variables of the columns are bound first. A claim's weight is an outer product of a row and a column, so the prover
/// folds each claim's own rows, and never needs a weight for every cell.
///
/// # Errors
///
/// [`CodecError`].
pub fn verify(
    claims: &[BlockClaim<Form>],
    variables: usize,
    columns: usize,
    receiver: &mut Receiver<'_>,
) -> Result<Joined<Form>, CodecError> {
    let challenge = receiver.challenge(COMBINATION);
    let mut reduced = receiver.sumcheck::<2>(combine(claims, challenge), variables)?;
    reduced.point.rotate_left(columns.min(variables));
    let value = receiver.receive_one(VALUE)?;
    let weight = claims.iter().rev().fold(EF::ZERO, |sum, claim| {
        sum * challenge + weight_at(claim, &reduced.point)
    });
    let end = value.clone() * weight - reduced.claim;
    receiver.constraints.push(Constraint::zero(end));
    Ok(Joined {
        point: reduced.point,
        value,
    })
}

/// The weight of one claim at a point of the polynomial.
fn weight_at<V>(claim: &BlockClaim<V>, point: &[EF]) -> EF {
    let own = claim.block.variables();
    let (high, low) = point.split_at(point.len().saturating_sub(own));
    block_selector(high, claim.block.offset, own)
        * truncated_eq_tensor(&claim.block.axes, &claim.point, low)
}
