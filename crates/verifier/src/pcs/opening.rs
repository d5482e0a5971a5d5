//! Openings and their verification.

use p3_multilinear_util::point::Point;
use p3_sumcheck::layout::{Layout as _, Verifier};
use p3_sumcheck::{OpeningBatch, TableShape};
use p3_symmetric::MerkleCap;
use p3_whir::{WhirProof, WhirVerifier};
use thiserror::Error;

use super::configuration::{Domain, Layout, Merkle, configuration, merkle};
use crate::codec::{CodecError, Reader, Writer};
use crate::field::{EF, F};
use crate::transcript::Transcript;

/// The Merkle root of a committed polynomial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Root(pub [u8; 32]);

impl Root {
    /// Binds the commitment; call it before the first challenge that depends on the polynomial.
    pub fn absorb(&self, label: &'static str, transcript: &mut Transcript) {
        transcript.absorb_bytes(label, &self.0);
    }
}

/// Why an opening is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpeningError {
    /// No schedule exists for that size.
    #[error("no commitment has {0} variables")]
    Variables(usize),
    /// The point has another number of coordinates than the polynomial variables.
    #[error("a point of {expected} coordinates expected, got {got}")]
    Point {
        /// Variables of the polynomial.
        expected: usize,
        /// Coordinates of the point.
        got: usize,
    },
    /// WHIR's verifier says no.
    #[error("opening refused: {0}")]
    Refused(String),
}

/// A proof that a committed polynomial has a value at a point.
#[derive(Clone)]
pub struct Opening(pub(super) WhirProof<F, EF, Merkle>);

impl std::fmt::Debug for Opening {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Opening").finish_non_exhaustive()
    }
}

impl Opening {
    /// Wraps what WHIR's prover made.
    #[must_use]
    pub fn new(proof: WhirProof<F, EF, Merkle>) -> Self {
        Self(proof)
    }

    /// Appends the canonical bytes.
    pub fn encode(&self, writer: &mut Writer) {
        super::codec::encode(&self.0, writer);
    }

    /// Reads an opening of a polynomial of that many variables; every length follows from that number but
    /// those of the Merkle proofs, which are bounded by it.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn decode(reader: &mut Reader<'_>, variables: usize) -> Result<Self, CodecError> {
        super::codec::decode(reader, variables).map(Self)
    }
}

/// Checks that the polynomial behind `root` has `value` at `point`. The transcript must have absorbed the
/// root, and have fixed the point afterwards.
///
/// # Errors
///
/// [`OpeningError`].
pub fn verify(
    root: &Root,
    variables: usize,
    point: &[EF],
    value: EF,
    opening: &Opening,
    transcript: &mut Transcript,
) -> Result<(), OpeningError> {
    let configuration = configuration(variables).ok_or(OpeningError::Variables(variables))?;
    if point.len() != variables {
        return Err(OpeningError::Point {
            expected: variables,
            got: point.len(),
        });
    }
    let refused = |error: &dyn std::fmt::Display| OpeningError::Refused(error.to_string());
    let challenger = transcript.challenger_mut();
    let mut claims = Verifier::<F, EF>::new(&[TableShape::new(variables, 1)], Layout::strategy());
    let proof = &opening.0;
    if proof.initial_ood_answers.len() != configuration.commitment_ood_samples() {
        return Err(OpeningError::Refused(
            "number of out-of-domain answers".into(),
        ));
    }
    for &answer in &proof.initial_ood_answers {
        claims.add_virtual_eval(answer, challenger);
    }
    claims
        .add_claim_at(
            0,
            &OpeningBatch::new(vec![0], Vec::new()),
            &Point::new(point.to_vec()),
            &OpeningBatch::new(vec![value], Vec::new()),
            challenger,
        )
        .map_err(|error| refused(&error))?;
    let claim_count = configuration.commitment_ood_samples().saturating_add(1);
    configuration
        .validate_initial_claims(claim_count)
        .map_err(|error| refused(&error))?;
    let (domain, merkle) = (Domain::default(), merkle());
    let cap = MerkleCap::new(vec![root.0]);
    WhirVerifier::new(&configuration, &domain, &merkle, Layout::variable_order())
        .verify(proof, challenger, &cap, 1, &claims)
        .map(drop)
        .map_err(|error| refused(&error))
}
