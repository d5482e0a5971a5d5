//! Commitments.

use p3_dft::{Radix2DFTSmallBatch, TwoAdicSubgroupDft};
use p3_field::{PrimeCharacteristicRing, TwoAdicField};
use p3_matrix::dense::RowMajorMatrix;

use super::code::Code;
use super::merkle::{Digest, Root, Tree, leaves, siblings};
use crate::codec::Writer;
use crate::cores;
use crate::field::F;

/// Columns encoded at once.
const COLUMNS_AT_ONCE: usize = 32;
/// Rows that one core copies before it takes the next ones.
const ROWS_AT_ONCE: usize = 1 << 14;
/// Elements from which on several strips are encoded at once.
const LARGE: usize = 1 << 22;

/// An encoded matrix and its tree.
#[derive(Clone, Debug)]
pub struct Codeword {
    width: usize,
    log_domain: usize,
    rows: Vec<F>,
    tree: Tree,
}

impl Codeword {
    /// Encodes a matrix of coefficients, row by row: `code.coefficients()` rows of `width`.
    #[must_use]
    pub fn new(code: &Code, width: usize, coefficients: &[F]) -> Self {
        let width = width.max(1);
        let mut rows = F::zero_vec(code.domain().saturating_mul(width));
        let transform = Radix2DFTSmallBatch::default();
        let strips: Vec<usize> = (0..width).step_by(COLUMNS_AT_ONCE).collect();
        let at_once = if rows.len() < LARGE {
            1
        } else {
            cores::count()
        };
        for firsts in strips.chunks(at_once) {
            let strips = cores::map(firsts, |&first| {
                let own = width.saturating_sub(first).min(COLUMNS_AT_ONCE);
                let mut strip = F::zero_vec(code.domain().saturating_mul(own));
                let all = coefficients.chunks_exact(width);
                for (to, from) in strip.chunks_exact_mut(own).zip(all) {
                    copy(to, from.iter().skip(first));
                }
                let strip = transform.dft_batch(RowMajorMatrix::new(strip, own)).values;
                (first, own, strip)
            });
            let length = width.saturating_mul(ROWS_AT_ONCE);
            cores::chunks(&mut rows, length, |chunk, rows| {
                for (first, own, strip) in &strips {
                    let start = chunk.saturating_mul(ROWS_AT_ONCE).saturating_mul(*own);
                    let strip = strip.get(start..).unwrap_or_default();
                    for (to, from) in rows.chunks_exact_mut(width).zip(strip.chunks_exact(*own)) {
                        copy(to.get_mut(*first..).unwrap_or_default(), from.iter());
                    }
                }
            });
        }
        let tree = Tree::new(leaves(&rows, width));
        Self {
            width,
            log_domain: code.log_domain,
            rows,
            tree,
        }
    }

    /// The commitment.
    #[must_use]
    pub fn root(&self) -> Root {
        self.tree.root()
    }

    /// All rows, one behind the other.
    pub fn rows(&self) -> &[F] {
        &self.rows
    }

    /// The tree.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The rows at sorted, distinct positions, and the siblings of their leaves.
    #[must_use]
    pub fn open(&self, positions: &[usize]) -> Opened {
        let row = |&position: &usize| {
            let start = position.saturating_mul(self.width);
            let row = self.rows.get(start..start.saturating_add(self.width));
            row.unwrap_or_default().to_vec()
        };
        let siblings = siblings(positions, self.log_domain).into_iter();
        Opened {
            rows: positions.iter().map(row).collect(),
            siblings: siblings
                .map(|(layer, index)| self.tree.digest(layer, index))
                .collect(),
        }
    }
}

fn copy<'a>(to: &mut [F], from: impl Iterator<Item = &'a F>) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

/// Rows of a commitment, and what shows that they are.
#[derive(Clone, Debug)]
pub struct Opened {
    /// A row for each position.
    pub rows: Vec<Vec<F>>,
    /// Siblings of their leaves, layer by layer.
    pub siblings: Vec<Digest>,
}

impl Opened {
    /// Appends the canonical bytes.
    pub fn encode(&self, writer: &mut Writer) {
        self.rows.iter().for_each(|row| writer.bases(row));
        self.siblings
            .iter()
            .for_each(|sibling| writer.bytes(sibling));
    }
}

/// The element of the domain at a position.
pub fn domain_element(log_domain: usize, position: usize) -> F {
    let position = u64::try_from(position).unwrap_or(0);
    F::two_adic_generator(log_domain).exp_u64(position)
}
