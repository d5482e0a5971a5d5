//! The end of an argument: all claims on a committed polynomial are settled by one opening.

use thiserror::Error;

use crate::codec::{CodecError, Reader};
use crate::join::{self, Block, BlockClaim, Join, JoinError};
use crate::layout::Polynomial;
use crate::logup::LogUpClaims;
use crate::pcs::{self, Opening, OpeningError, Root};
use crate::transcript::Transcript;

/// Why claims on a committed polynomial don't hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SettleError {
    /// A message is cut off or isn't canonical.
    #[error("a message can't be read: {0}")]
    Malformed(#[from] CodecError),
    /// The claims don't become one.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// The one claim isn't what is committed.
    #[error(transparent)]
    Opening(#[from] OpeningError),
}

/// Reads a join and an opening, and checks that they settle the claims.
///
/// # Errors
///
/// [`SettleError`].
pub fn settle(
    root: &Root,
    variables: usize,
    claims: &[BlockClaim],
    reader: &mut Reader<'_>,
    transcript: &mut Transcript,
) -> Result<(), SettleError> {
    let join = Join::decode(reader, variables)?;
    let joined = join::verify(claims, variables, &join, transcript)?;
    let opening = Opening::decode(reader, variables)?;
    pcs::verify(
        root,
        variables,
        &joined.point,
        joined.value,
        &opening,
        transcript,
    )?;
    Ok(())
}

/// The claims that a lookup argument leaves on its multiplicities.
#[must_use]
pub fn multiplicity_claims(polynomial: &Polynomial, claims: &LogUpClaims) -> Vec<BlockClaim> {
    polynomial
        .multiplicities
        .iter()
        .zip(&claims.tables)
        .map(|(block, claim)| BlockClaim {
            block: block.clone(),
            point: claim.point.clone(),
            value: claim.multiplicity,
        })
        .collect()
}

/// The claims on looked-up values that are committed themselves.
#[must_use]
pub fn value_claims<'a>(
    blocks: impl Iterator<Item = (usize, &'a Block)>,
    claims: &LogUpClaims,
) -> Vec<BlockClaim> {
    blocks
        .filter_map(|(segment, block)| {
            let claim = claims.segments.get(segment)?;
            Some(BlockClaim {
                block: block.clone(),
                point: claim.point.clone(),
                value: claim.value,
            })
        })
        .collect()
}
