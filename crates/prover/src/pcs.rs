//! Committed polynomials, the prover's side of [`lilliput_verifier::pcs`].

use std::sync::Arc;

use lilliput_verifier::codec::Writer;
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::pcs::{Code, Codeword, Randomness, Root};
use lilliput_verifier::point::eq_table;
use p3_field::{PackedValue, PrimeCharacteristicRing};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

use crate::lanes::{Lanes, PackedEF, PackedF, WIDTH};

#[cfg(test)]
mod tests;

/// A committed polynomial: its cells with their blinding rows, and the encoded matrix.
///
/// Clones share both.
#[derive(Clone, Debug)]
pub struct Committed {
    pub(crate) code: Code,
    /// Row by row, blinding rows last.
    coefficients: Arc<Vec<F>>,
    codeword: Arc<Codeword>,
}

impl Committed {
    /// Encodes `cells`, blinded by the randomness; without randomness by zeros, which hide nothing.
    #[must_use]
    pub fn new(code: Code, mut cells: Vec<F>, randomness: Option<&mut Randomness>) -> Self {
        let blinding = code.blinding * code.width();
        match randomness {
            Some(randomness) => cells.extend(randomness.base(blinding)),
            None => cells.resize(cells.len() + blinding, F::ZERO),
        }
        let codeword = Codeword::new(&code, code.width(), cells.clone());
        Self {
            code,
            coefficients: Arc::new(cells),
            codeword: Arc::new(codeword),
        }
    }

    /// Puts together what was encoded elsewhere.
    pub(crate) fn from_parts(code: Code, cells: Vec<F>, codeword: Codeword) -> Self {
        Self {
            code,
            coefficients: Arc::new(cells),
            codeword: Arc::new(codeword),
        }
    }

    /// The commitment.
    #[must_use]
    pub fn root(&self) -> Root {
        self.codeword.root()
    }

    /// The polynomial's values.
    pub fn cells(&self) -> &[F] {
        &self.coefficients[..self.code.rows * self.code.width()]
    }

    /// Each row, blinding rows included, folded at the coordinates of the columns.
    #[must_use]
    pub fn fold(&self, columns: &[EF]) -> Vec<EF> {
        let weights = eq_table(columns);
        let rows = self.coefficients.par_chunks(self.code.width());
        if weights.len() < WIDTH {
            let fold = |row: &[F]| lilliput_verifier::pcs::settle::fold(row, &weights);
            return rows.map(fold).collect();
        }
        let weights = PackedEF::gather(&weights);
        rows.with_min_len(64)
            .map(|row| {
                let terms = PackedF::pack_slice(row).iter().zip(&weights);
                let sum = terms.fold(PackedEF::ZERO, |sum, (&value, &weight)| {
                    sum + weight * value
                });
                sum.sum()
            })
            .collect()
    }

    /// The encoded row at a position.
    pub(crate) fn row(&self, position: usize) -> &[F] {
        self.codeword.row(position)
    }

    /// Appends the rows at positions.
    pub(crate) fn open(&self, positions: &[usize], writer: &mut Writer) {
        self.codeword.open(positions, writer);
    }
}
