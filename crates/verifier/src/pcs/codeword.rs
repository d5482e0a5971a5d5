//! Commitments.

use p3_dft::{Radix2DitParallel, TwoAdicSubgroupDft};
use p3_field::{PrimeCharacteristicRing, TwoAdicField};
use p3_matrix::Matrix;
use p3_matrix::dense::RowMajorMatrix;

use super::code::Code;
use super::merkle::{Root, Tree, leaf};
use crate::codec::Writer;
use crate::field::F;

/// An encoded matrix and its tree.
#[derive(Clone, Debug)]
pub struct Codeword {
    width: usize,
    rows: Vec<F>,
    tree: Tree,
}

impl Codeword {
    /// Encodes a matrix of coefficients, row by row: `code.coefficients()` rows of `width`.
    #[must_use]
    pub fn new(code: &Code, width: usize, mut coefficients: Vec<F>) -> Self {
        let width = width.max(1);
        coefficients.resize(code.domain().saturating_mul(width), F::ZERO);
        let matrix = RowMajorMatrix::new(coefficients, width);
        let encoded = Radix2DitParallel::default().dft_batch(matrix);
        let rows = encoded.to_row_major_matrix().values;
        let tree = Tree::new(rows.chunks(width).map(leaf).collect());
        Self { width, rows, tree }
    }

    /// The commitment.
    #[must_use]
    pub fn root(&self) -> Root {
        self.tree.root()
    }

    /// The encoded row at a position; empty outside of the domain.
    pub fn row(&self, position: usize) -> &[F] {
        let start = position.saturating_mul(self.width);
        let row = self.rows.get(start..start.saturating_add(self.width));
        row.unwrap_or_default()
    }

    /// Appends the rows at sorted, distinct positions, and the siblings of their leaves.
    pub fn open(&self, positions: &[usize], writer: &mut Writer) {
        for &position in positions {
            writer.bases(self.row(position));
        }
        for sibling in self.tree.siblings(positions) {
            writer.bytes(&sibling);
        }
    }
}

/// The element of the domain at a position.
pub fn domain_element(log_domain: usize, position: usize) -> F {
    let position = u64::try_from(position).unwrap_or(0);
    F::two_adic_generator(log_domain).exp_u64(position)
}
