//! The prover's side of [`lilliput_verifier::join`].
//!
//! The polynomial is a matrix, and a claim's weight on it is an outer product of a row vector and a column vector, or
//! the sum of two. The columns' variables are bound first, so each claim needs its own rows only, folded with its row
//! weights: one pass over base elements for each claim. A second pass folds the columns at the point they were bound
//! to; what is left is a sumcheck over the rows. No vector of extension elements is as long as the polynomial.

pub(crate) mod columns;
mod terms;

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::{BlockClaim, COMBINATION, VALUE, combine};
use p3_field::PrimeCharacteristicRing;

use crate::lanes::WIDTH;
use crate::sumcheck::Rounds;
use crate::transcript::Transcript;
use terms::Term;

pub mod reference;
#[cfg(test)]
mod tests;

/// What a join leaves: the point and the value there, and on the way the polynomial's rows, their columns bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    /// Coordinates of the rows, then of the columns.
    pub point: Vec<EF>,
    /// The polynomial's value there.
    pub value: EF,
    /// Each row at the coordinates of the columns.
    pub rows: Vec<EF>,
}

/// Reduces claims on the polynomial given by `values` to one. The claims fit their blocks, the blocks fit the
/// polynomial, and a row has `2^columns` values, at least as many as lanes.
#[must_use]
pub fn prove(
    claims: &[BlockClaim],
    values: &[F],
    columns: usize,
    transcript: &mut Transcript,
) -> Folded {
    let challenge = transcript.challenge(COMBINATION);
    let sum = combine(claims, challenge);
    let terms = terms::terms(claims, challenge, columns);
    let mut rounds = Rounds::new(sum, transcript);
    let scales = bind_columns(&terms, values, columns, &mut rounds);
    let rows = columns::fold(values, rounds.point());
    let mut right = EF::zero_vec(rows.len());
    for (term, &scale) in terms.iter().zip(&scales) {
        for (weight, &own) in right[term.first_row..].iter_mut().zip(&term.rows) {
            *weight += own * scale;
        }
    }
    let mut done = rounds.finish(&rows, &right);
    done.reduced.point.rotate_left(columns);
    transcript.send(VALUE, &[done.left]);
    Folded {
        point: done.reduced.point,
        value: done.left,
        rows,
    }
}

/// The rounds over the columns: the sum over terms of the products of their folded rows and their column weights.
/// What the latter are bound to.
fn bind_columns(terms: &[Term], values: &[F], columns: usize, rounds: &mut Rounds<'_>) -> Vec<EF> {
    let width = 1 << columns;
    // Terms beside each other, so that the columns' variables are the most significant ones; registers are filled.
    let count = terms.len().next_multiple_of(WIDTH);
    let (mut left, mut right) = (EF::zero_vec(width * count), EF::zero_vec(width * count));
    for (place, term) in terms.iter().enumerate() {
        let folded = columns::fold_rows(values, width, term.first_row, &term.rows);
        let cells = left.chunks_exact_mut(count).zip(folded);
        cells.for_each(|(cells, value)| cells[place] = value);
        let cells = right[term.first_column * count..].chunks_exact_mut(count);
        let weights = cells.zip(&term.columns);
        weights.for_each(|(cells, &weight)| cells[place] += weight);
    }
    rounds.first(columns, &left, &right)
}
