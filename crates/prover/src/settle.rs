//! The end of an argument: join and opening.

use lilliput_verifier::codec::Writer;
use lilliput_verifier::join::BlockClaim;
use lilliput_verifier::pcs::OpeningError;
use lilliput_verifier::transcript::Transcript;

use crate::layers::Backend;
use crate::pcs::Commitment;

/// Makes all claims on a committed polynomial one, and opens it there.
pub(crate) fn settle<B: Backend>(
    commitment: &Commitment,
    claims: &[BlockClaim],
    writer: &mut Writer,
    transcript: &mut Transcript,
) -> Result<(), OpeningError> {
    let (join, joined) = B::join(claims, commitment.values(), transcript);
    join.encode(writer);
    let opening = commitment.open(&joined.point, transcript)?;
    opening.encode(writer);
    Ok(())
}
