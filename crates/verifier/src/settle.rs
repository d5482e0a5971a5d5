//! Joins: all claims on each committed polynomial become one, for the opening of all.

use crate::codec::CodecError;
use crate::form::{Form, Value};
use crate::join::{self, Block, BlockClaim};
use crate::layers::Claim;
use crate::layout::Polynomial;
use crate::logup::LogUpClaims;
use crate::pcs::{Code, Oracle, Root};
use crate::receiver::Receiver;

/// Reads a join and gives the claim that is left.
///
/// # Errors
///
/// [`CodecError`].
pub fn join(
    root: Root,
    code: Code,
    variables: usize,
    claims: &[BlockClaim<Form>],
    receiver: &mut Receiver<'_>,
) -> Result<Oracle, CodecError> {
    let joined = join::verify(claims, variables, code.fold, receiver)?;
    Ok(Oracle {
        root,
        code,
        point: joined.point,
        value: joined.value,
    })
}

/// The claims that a lookup argument leaves on its multiplicities.
#[must_use]
pub fn multiplicity_claims<V: Value>(
    polynomial: &Polynomial,
    claims: &LogUpClaims<V>,
) -> Vec<BlockClaim<V>> {
    polynomial
        .multiplicities
        .iter()
        .zip(&claims.tables)
        .map(|(block, claim)| BlockClaim {
            block: block.clone(),
            point: claim.point.clone(),
            value: claim.multiplicity.clone(),
        })
        .collect()
}

/// The claims on looked-up values that are committed themselves.
#[must_use]
pub fn value_claims<'a, V: Value>(
    blocks: impl Iterator<Item = (usize, &'a Block)>,
    claims: &LogUpClaims<V>,
) -> Vec<BlockClaim<V>> {
    blocks
        .filter_map(|(segment, block)| {
            let claim = claims.segments.get(segment)?;
            Some(BlockClaim {
                block: block.clone(),
                point: claim.point.clone(),
                value: claim.value.clone(),
            })
        })
        .collect()
}

/// Claims on a tensor as claims on its block.
pub fn on_block<V>(block: &Block, claims: Vec<Claim<V>>) -> impl Iterator<Item = BlockClaim<V>> {
    claims.into_iter().map(|Claim { point, value }| BlockClaim {
        block: block.clone(),
        point,
        value,
    })
}
