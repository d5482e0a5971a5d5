//! The verifier's side.

use p3_field::PrimeCharacteristicRing;
use thiserror::Error;

use super::proof::LogUp;
use super::shape::{Placement, Shape};
use crate::field::EF;
use crate::point::{block_selector, mask};
use crate::tables::NumberedTable;
use crate::transcript::Transcript;

/// Why a lookup argument is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LogUpError {
    /// The proof has another shape than the statement.
    #[error("the argument's parts don't fit the statement")]
    Shape,
    /// The fractions don't sum to zero, or a denominator is zero.
    #[error("lookups and multiplicities don't balance")]
    Unbalanced,
    /// A layer of the tree doesn't follow from the one above.
    #[error("layer {0} doesn't follow from the one above")]
    Layer(usize),
    /// The leaves are not those of the segments and tables.
    #[error("the leaves don't agree with segments and tables")]
    Leaves,
}

/// A segment's claim: for a committed tensor a claim on it, for a virtual one work for its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentClaim {
    /// One coordinate for each of the segment's variables; equal for segments of the same size.
    pub point: Vec<EF>,
    /// The values, padded with zeros, there.
    pub value: EF,
    /// The results, padded with zeros, there.
    pub result: Option<EF>,
}

/// A claim on a table's multiplicities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableClaim {
    /// One coordinate for each of the table's variables.
    pub point: Vec<EF>,
    /// The multiplicities, padded with zeros, there.
    pub multiplicity: EF,
}

/// What a lookup argument leaves to be settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogUpClaims {
    /// One for each segment.
    pub segments: Vec<SegmentClaim>,
    /// One for each table.
    pub tables: Vec<TableClaim>,
}

/// The challenges of the denominators.
#[derive(Clone, Copy, Debug)]
pub struct Fingerprint {
    /// Separates values, results and tables.
    pub alpha: EF,
    /// Where the fractions are compared.
    pub beta: EF,
}

impl Fingerprint {
    /// Draws the challenges; multiplicities and values are bound by now.
    pub fn draw(transcript: &mut Transcript) -> Self {
        let alpha = transcript.challenge("logup alpha");
        Self {
            alpha,
            beta: transcript.challenge("logup beta"),
        }
    }

    /// The denominator of a table's block where value and result are zero.
    pub fn empty(&self, table: &NumberedTable) -> EF {
        self.beta - self.alpha.square() * table.id_element()
    }
}

/// Checks an argument; the claims it leaves are not checked here.
///
/// # Errors
///
/// [`LogUpError`].
pub fn verify(
    shape: &Shape,
    proof: &LogUp,
    transcript: &mut Transcript,
) -> Result<LogUpClaims, LogUpError> {
    check_counts(shape, proof)?;
    let fingerprint = Fingerprint::draw(transcript);
    let mut point = Vec::new();
    let (mut numerator, mut denominator) = (EF::ZERO, EF::ZERO);
    for (index, layer) in proof.layers.iter().enumerate() {
        let [p0, p1, q0, q1] = layer.children;
        if index == 0 {
            transcript.absorb("logup children", &layer.children);
            if p0 * q1 + p1 * q0 != EF::ZERO || q0 * q1 == EF::ZERO {
                return Err(LogUpError::Unbalanced);
            }
        } else {
            let lambda = transcript.challenge("logup lambda");
            let claim = numerator + lambda * denominator;
            let reduced = layer.sumcheck.verify(&point, claim, transcript);
            transcript.absorb("logup children", &layer.children);
            if p0 * q1 + p1 * q0 + lambda * q0 * q1 != reduced.claim {
                return Err(LogUpError::Layer(index));
            }
            point = reduced.point;
        }
        let mu = transcript.challenge("logup mu");
        numerator = p0 + mu * (p1 - p0);
        denominator = q0 + mu * (q1 - q0);
        point.insert(0, mu);
    }
    absorb_leaves(proof, transcript);
    let claims = leaf_claims(shape, proof, &point);
    if leaves_at(shape, &claims, &fingerprint, &point) != (numerator, denominator) {
        return Err(LogUpError::Leaves);
    }
    Ok(claims)
}

fn check_counts(shape: &Shape, proof: &LogUp) -> Result<(), LogUpError> {
    let rounds_fit = (0..)
        .zip(&proof.layers)
        .all(|(k, layer)| layer.sumcheck.rounds.len() == k);
    let results_fit = shape
        .placed_segments()
        .zip(&proof.segments)
        .all(|((_, table, _), leaf)| table.table.has_results() == leaf.result.is_some());
    let fits = rounds_fit
        && results_fit
        && proof.layers.len() == shape.variables()
        && proof.segments.len() == shape.segments().len()
        && proof.multiplicities.len() == shape.tables().len();
    if fits { Ok(()) } else { Err(LogUpError::Shape) }
}

/// Absorbs the leaves of a proof.
pub fn absorb_leaves(proof: &LogUp, transcript: &mut Transcript) {
    let segments = proof
        .segments
        .iter()
        .flat_map(|leaf| [Some(leaf.value), leaf.result]);
    let leaves: Vec<EF> = segments
        .flatten()
        .chain(proof.multiplicities.iter().copied())
        .collect();
    transcript.absorb("logup leaves", &leaves);
}

/// The claims that a proof's leaves make at the tree's last point: each block at its own part of it.
#[must_use]
pub fn leaf_claims(shape: &Shape, proof: &LogUp, point: &[EF]) -> LogUpClaims {
    let own = |placement: Placement| split(point, placement).1.to_vec();
    let segments = shape.placed_segments().zip(&proof.segments);
    let tables = shape.placed_tables().zip(&proof.multiplicities);
    LogUpClaims {
        segments: segments
            .map(|((_, _, placement), leaf)| SegmentClaim {
                point: own(placement),
                value: leaf.value,
                result: leaf.result,
            })
            .collect(),
        tables: tables
            .map(|((_, placement), &multiplicity)| TableClaim {
                point: own(placement),
                multiplicity,
            })
            .collect(),
    }
}

/// Numerator and denominator of the stacked leaves, from the claims, the masks and the tables.
fn leaves_at(
    shape: &Shape,
    claims: &LogUpClaims,
    fingerprint: &Fingerprint,
    point: &[EF],
) -> (EF, EF) {
    let (mut numerator, mut denominator) = (EF::ZERO, EF::ONE);
    for ((segment, table, placement), claim) in shape.placed_segments().zip(&claims.segments) {
        let selector = selector(point, placement);
        numerator += selector * mask(&segment.axes, &claim.point);
        let looked_up = claim.value + fingerprint.alpha * claim.result.unwrap_or(EF::ZERO);
        denominator += selector * (fingerprint.empty(table) - looked_up - EF::ONE);
    }
    for ((table, placement), claim) in shape.placed_tables().zip(&claims.tables) {
        let selector = selector(point, placement);
        numerator -= selector * claim.multiplicity;
        let entry = table.table.evaluate_values(&claim.point)
            + fingerprint.alpha * table.table.evaluate_results(&claim.point);
        denominator += selector * (fingerprint.empty(table) - entry - EF::ONE);
    }
    (numerator, denominator)
}

fn selector(point: &[EF], placement: Placement) -> EF {
    block_selector(
        split(point, placement).0,
        placement.offset,
        placement.variables,
    )
}

fn split(point: &[EF], placement: Placement) -> (&[EF], &[EF]) {
    point.split_at(point.len().saturating_sub(placement.variables))
}
