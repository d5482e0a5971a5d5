//! Committed polynomials, the prover's side of [`lilliput_verifier::pcs`].

use std::sync::Arc;

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::pcs::codeword::Opened;
use lilliput_verifier::pcs::{Code, Codeword, Randomness, Root};
use p3_field::PrimeCharacteristicRing;

pub mod file;
#[cfg(test)]
mod tests;

use file::{CodeFile, CodeFileError};

/// A committed polynomial: its cells with their blinding rows, and the encoded matrix.
///
/// Clones share both.
#[derive(Clone, Debug)]
pub struct Committed {
    pub(crate) code: Code,
    /// Row by row, blinding rows last.
    coefficients: Arc<Vec<F>>,
    encoded: Encoded,
}

/// Where the encoded matrix is.
#[derive(Clone, Debug)]
enum Encoded {
    Memory(Arc<Codeword>),
    File(Arc<CodeFile>),
}

impl Committed {
    /// Encodes cells, blinded by the randomness.
    #[must_use]
    pub fn new(code: Code, mut cells: Vec<F>, randomness: Option<&mut Randomness>) -> Self {
        blind(&code, &mut cells, randomness);
        let codeword = Codeword::new(&code, code.width(), &cells);
        Self::from_parts(code, cells, codeword)
    }

    /// Puts together what was encoded elsewhere.
    pub(crate) fn from_parts(code: Code, coefficients: Vec<F>, codeword: Codeword) -> Self {
        Self {
            code,
            coefficients: Arc::new(coefficients),
            encoded: Encoded::Memory(Arc::new(codeword)),
        }
    }

    /// Leaves the encoded matrix in its file.
    pub(crate) fn from_file(code: Code, coefficients: Vec<F>, file: CodeFile) -> Self {
        Self {
            code,
            coefficients: Arc::new(coefficients),
            encoded: Encoded::File(Arc::new(file)),
        }
    }

    /// The commitment.
    #[must_use]
    pub fn root(&self) -> Root {
        match &self.encoded {
            Encoded::Memory(codeword) => codeword.root(),
            Encoded::File(file) => file.root(),
        }
    }

    /// The encoded matrix, if it is in memory.
    pub(crate) fn codeword(&self) -> Option<&Codeword> {
        match &self.encoded {
            Encoded::Memory(codeword) => Some(codeword),
            Encoded::File(_) => None,
        }
    }

    /// The polynomial's values.
    pub fn cells(&self) -> &[F] {
        &self.coefficients[..self.code.rows * self.code.width()]
    }

    /// Each blinding row, folded at the coordinates of the columns.
    pub(crate) fn fold_blinding(&self, columns: &[EF]) -> Vec<EF> {
        let rows = &self.coefficients[self.code.rows * self.code.width()..];
        crate::join::columns::fold(rows, columns)
    }

    /// The rows at positions.
    pub(crate) fn open(&self, positions: &[usize]) -> Result<Opened, CodeFileError> {
        match &self.encoded {
            Encoded::Memory(codeword) => Ok(codeword.open(positions)),
            Encoded::File(file) => file.open_rows(positions),
        }
    }
}

/// Appends the blinding rows that a code asks for; without randomness zeros, which hide nothing.
pub(crate) fn blind(code: &Code, cells: &mut Vec<F>, randomness: Option<&mut Randomness>) {
    let blinding = code.blinding * code.width();
    match randomness {
        Some(randomness) => cells.extend(randomness.base(blinding)),
        None => cells.resize(cells.len() + blinding, F::ZERO),
    }
}
