//! The verifier's side.

use p3_field::PrimeCharacteristicRing;

use super::shape::{Placement, Shape};
use crate::codec::CodecError;
use crate::field::EF;
use crate::form::{Constraint, Form};
use crate::point::{block_selector, mask};
use crate::receiver::Receiver;
use crate::tables::NumberedTable;

/// Label of both children's numerators and denominators.
pub const CHILDREN: &str = "logup children";
/// Label of the challenge that combines numerators and denominators.
pub const LAMBDA: &str = "logup lambda";
/// Label of the challenge that chooses between children.
pub const MU: &str = "logup mu";
/// Label of the leaves.
pub const LEAVES: &str = "logup leaves";

/// A segment's claim: for a committed tensor a claim on it, for a virtual one work for its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentClaim<V = EF> {
    /// One coordinate for each of the segment's variables; equal for segments of the same size.
    pub point: Vec<EF>,
    /// The values, padded with zeros, there.
    pub value: V,
    /// The results, padded with zeros, there.
    pub result: Option<V>,
}

/// A claim on a table's multiplicities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableClaim<V = EF> {
    /// One coordinate for each of the table's variables.
    pub point: Vec<EF>,
    /// The multiplicities, padded with zeros, there.
    pub multiplicity: V,
}

/// What a lookup argument leaves to be settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogUpClaims<V = EF> {
    /// One for each segment.
    pub segments: Vec<SegmentClaim<V>>,
    /// One for each table.
    pub tables: Vec<TableClaim<V>>,
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
    pub fn draw(mut challenge: impl FnMut(&'static str) -> EF) -> Self {
        let alpha = challenge("logup alpha");
        Self {
            alpha,
            beta: challenge("logup beta"),
        }
    }

    /// The denominator of a table's block where value and result are zero.
    pub fn empty(&self, table: &NumberedTable) -> EF {
        self.beta - self.alpha.square() * table.id_element()
    }
}

/// Reads an argument; the claims it leaves are not checked here.
///
/// # Errors
///
/// [`CodecError`].
pub fn verify(shape: &Shape, receiver: &mut Receiver<'_>) -> Result<LogUpClaims<Form>, CodecError> {
    let fingerprint = Fingerprint::draw(|label| receiver.challenge(label));
    let mut point = Vec::new();
    let (mut numerator, mut denominator) = (Form::default(), Form::default());
    for _ in 0..shape.variables() {
        let root = point.is_empty();
        let mut lambda = EF::ZERO;
        let mut claim = Form::default();
        if !root {
            lambda = receiver.challenge(LAMBDA);
            let above = numerator + denominator * lambda;
            let reduced = receiver.eq_sumcheck::<2>(&point, above)?;
            (point, claim) = (reduced.point, reduced.claim);
        }
        let [p0, p1, q0, q1] = children(receiver)?;
        // p0 q1 + p1 q0 + lambda q0 q1
        receiver.constraints.push(Constraint {
            products: vec![
                [p0.clone(), q1.clone()],
                [q0.clone(), p1.clone() + q1.clone() * lambda],
            ],
            sum: claim,
        });
        let mu = receiver.challenge(MU);
        numerator = p0.clone() * (EF::ONE - mu) + p1 * mu;
        denominator = q0 * (EF::ONE - mu) + q1 * mu;
        point.insert(0, mu);
    }
    let leaves = receiver.receive(LEAVES, leaves(shape))?;
    let claims = leaf_claims(shape, leaves, &point)?;
    let at = leaves_at(shape, &claims, &fingerprint, &point);
    let ends = [numerator - at.0, denominator - at.1];
    receiver.constraints.extend(ends.map(Constraint::zero));
    Ok(claims)
}

fn children(receiver: &mut Receiver<'_>) -> Result<[Form; 4], CodecError> {
    let children = receiver.receive(CHILDREN, 4)?.try_into();
    children.map_err(|_| CodecError::OutOfBounds("children"))
}

/// Values at the tree's last point: each segment's value and, if its table has any, result; then multiplicities.
fn leaves(shape: &Shape) -> usize {
    let segments = shape.placed_segments();
    let results = segments.filter(|(_, table, _)| table.table.has_results());
    shape
        .segments()
        .len()
        .saturating_add(results.count())
        .saturating_add(shape.tables().len())
}

/// The claims that the leaves make at the tree's last point: each block at its own part of it.
///
/// # Errors
///
/// [`CodecError`] for too few leaves.
pub fn leaf_claims<V>(
    shape: &Shape,
    leaves: Vec<V>,
    point: &[EF],
) -> Result<LogUpClaims<V>, CodecError> {
    let own = |placement: Placement| split(point, placement).1.to_vec();
    let mut leaves = leaves.into_iter();
    let mut next = || leaves.next().ok_or(CodecError::OutOfBounds("leaf"));
    let mut claims = LogUpClaims {
        segments: Vec::with_capacity(shape.segments().len()),
        tables: Vec::with_capacity(shape.tables().len()),
    };
    for (_, table, placement) in shape.placed_segments() {
        let value = next()?;
        let result = table.table.has_results().then(&mut next).transpose()?;
        claims.segments.push(SegmentClaim {
            point: own(placement),
            value,
            result,
        });
    }
    for (_, placement) in shape.placed_tables() {
        claims.tables.push(TableClaim {
            point: own(placement),
            multiplicity: next()?,
        });
    }
    Ok(claims)
}

/// Numerator and denominator of the stacked leaves, from the claims, the masks and the tables.
fn leaves_at(
    shape: &Shape,
    claims: &LogUpClaims<Form>,
    fingerprint: &Fingerprint,
    point: &[EF],
) -> (Form, Form) {
    let (mut numerator, mut denominator) = (Form::default(), Form::from(EF::ONE));
    for ((segment, table, placement), claim) in shape.placed_segments().zip(&claims.segments) {
        let selector = selector(point, placement);
        numerator.constant += selector * mask(&segment.axes, &claim.point);
        denominator.constant += selector * (fingerprint.empty(table) - EF::ONE);
        denominator = denominator - claim.value.clone() * selector;
        if let Some(result) = &claim.result {
            denominator = denominator - result.clone() * (selector * fingerprint.alpha);
        }
    }
    for ((table, placement), claim) in shape.placed_tables().zip(&claims.tables) {
        let selector = selector(point, placement);
        numerator = numerator - claim.multiplicity.clone() * selector;
        let entry = table.table.evaluate_values(&claim.point)
            + fingerprint.alpha * table.table.evaluate_results(&claim.point);
        denominator.constant += selector * (fingerprint.empty(table) - entry - EF::ONE);
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
