//! The join: many claims on blocks of one committed polynomial become one claim at one point.
//!
//! A claim says `sum over a block's valid indices x of eq(point, x) P(offset + x) = value`. The claims are added
//! with powers of one challenge; a product sumcheck over all of `P` leaves `P(z) = v` for the opening, after
//! the verifier has evaluated the combined weight at `z`. Padding between valid indices has weight
//! zero, so what is committed there changes no claim.

use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use crate::codec::{CodecError, Reader, Writer};
use crate::field::EF;
use crate::point::{block_selector, tensor_variables, truncated_eq_tensor};
use crate::sumcheck::Sumcheck;
use crate::transcript::Transcript;

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
pub struct BlockClaim {
    /// The tensor's place.
    pub block: Block,
    /// The point, one coordinate for each of the block's variables.
    pub point: Vec<EF>,
    /// The value.
    pub value: EF,
}

/// What the prover sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Join {
    /// The product sumcheck.
    pub sumcheck: Sumcheck<2>,
    /// The polynomial at the last point.
    pub value: EF,
}

/// The claim that is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// A point of the committed polynomial.
    pub point: Vec<EF>,
    /// Its value there, for the opening to show.
    pub value: EF,
}

/// Why a join is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum JoinError {
    /// A claim that doesn't fit the polynomial or its own block.
    #[error("claim {0} doesn't fit its block or the polynomial")]
    Shape(usize),
    /// The sumcheck has another number of rounds than the polynomial variables.
    #[error("{expected} rounds expected, got {got}")]
    Rounds {
        /// Variables.
        expected: usize,
        /// Rounds.
        got: usize,
    },
    /// The last check fails.
    #[error("the joined claims don't agree with the value sent")]
    Mismatch,
}

impl Join {
    /// Appends the canonical bytes.
    pub fn encode(&self, writer: &mut Writer) {
        self.sumcheck.encode(writer);
        writer.extension(&self.value);
    }

    /// Reads a join over a polynomial of that many variables.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn decode(reader: &mut Reader<'_>, variables: usize) -> Result<Self, CodecError> {
        let sumcheck = Sumcheck::decode(reader, variables)?;
        Ok(Self {
            sumcheck,
            value: reader.extension()?,
        })
    }
}

/// Most variables of a row.
const COLUMN_VARIABLES_MAX: usize = 10;

/// How many of a polynomial's last variables are bound first. With them the polynomial is a matrix of rows, on which
/// each claim's weight is an outer product: the prover folds each claim's own rows, and never needs a weight for every
/// cell.
#[must_use]
pub fn column_variables(variables: usize) -> usize {
    (variables >> 1).min(COLUMN_VARIABLES_MAX)
}

/// Absorbs the claims' values and draws the challenge that combines them.
pub fn combination_challenge(claims: &[BlockClaim], transcript: &mut Transcript) -> EF {
    let values: Vec<EF> = claims.iter().map(|claim| claim.value).collect();
    transcript.absorb("join claims", &values);
    transcript.challenge("join combination")
}

/// Checks a join of `claims` on a polynomial of that many variables.
///
/// # Errors
///
/// [`JoinError`].
pub fn verify(
    claims: &[BlockClaim],
    variables: usize,
    proof: &Join,
    transcript: &mut Transcript,
) -> Result<Joined, JoinError> {
    for (index, claim) in claims.iter().enumerate() {
        let block = &claim.block;
        if !block.fits(variables) || claim.point.len() != block.variables() {
            return Err(JoinError::Shape(index));
        }
    }
    let got = proof.sumcheck.rounds.len();
    if got != variables {
        return Err(JoinError::Rounds {
            expected: variables,
            got,
        });
    }
    let challenge = combination_challenge(claims, transcript);
    let sum = claims
        .iter()
        .rev()
        .fold(EF::ZERO, |sum, claim| sum * challenge + claim.value);
    let mut reduced = proof.sumcheck.verify(sum, transcript);
    reduced.point.rotate_left(column_variables(variables));
    let weight = claims.iter().rev().fold(EF::ZERO, |sum, claim| {
        sum * challenge + weight_at(claim, &reduced.point)
    });
    if weight * proof.value != reduced.claim {
        return Err(JoinError::Mismatch);
    }
    transcript.absorb("joined value", &[proof.value]);
    Ok(Joined {
        point: reduced.point,
        value: proof.value,
    })
}

/// The weight of one claim at a point of the polynomial.
fn weight_at(claim: &BlockClaim, point: &[EF]) -> EF {
    let own = claim.block.variables();
    let (high, low) = point.split_at(point.len().saturating_sub(own));
    block_selector(high, claim.block.offset, own)
        * truncated_eq_tensor(&claim.block.axes, &claim.point, low)
}
