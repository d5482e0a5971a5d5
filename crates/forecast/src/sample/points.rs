//! Points that fill the unit cube: the scrambled Sobol sequence, or plain random numbers.
//!
//! The scrambling is Matoušek's (Journal of Complexity 14, 1998): each dimension's direction numbers are multiplied by
//! a random lower triangular bit matrix, then a random shift is added. Each point is uniform, so estimates are
//! unbiased for any number of points, and independent scramblings give the error. Since scrambling is linear, a block
//! of points is one table xor one number.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::directions::DIRECTIONS;
use crate::program::BLOCK;

/// Dimensions of the points, which bounds the uncertain inputs.
pub(crate) const DIMENSIONS_MAX: usize = DIRECTIONS.len();

const BITS: usize = 32;
const BLOCK_BITS: usize = BLOCK.ilog2() as usize;

/// How points are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// Scrambled Sobol points.
    Sobol,
    /// Independent random numbers (ChaCha8).
    Random,
}

impl Sampling {
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Sobol => "scrambled Sobol",
            Self::Random => "random",
        }
    }
}

/// One replica's points, each coordinate as 32 bits of a binary fraction.
pub(crate) enum Points {
    Sobol(Vec<Dimension>),
    Random(Box<ChaCha8Rng>),
}

impl Points {
    /// Replicas of the same seed are independent of each other.
    pub(crate) fn new(sampling: Sampling, dimensions: usize, seed: u64, replica: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(replica);
        match sampling {
            Sampling::Random => Self::Random(Box::new(random)),
            Sampling::Sobol => Self::Sobol(
                (0..dimensions)
                    .map(|index| Dimension::new(index, &mut random))
                    .collect(),
            ),
        }
    }

    /// The coordinates of one block's points in one dimension. Blocks come in order, dimensions in order within.
    pub(crate) fn fill(&mut self, dimension: usize, block: u64, target: &mut [u32; BLOCK]) {
        match self {
            Self::Sobol(dimensions) => dimensions[dimension].fill(block, target),
            Self::Random(random) => {
                for slot in target.iter_mut() {
                    *slot = random.next_u32();
                }
            }
        }
    }
}

/// One dimension of a scrambled Sobol sequence.
pub(crate) struct Dimension {
    directions: [u32; BITS],
    /// The first block of points, shift included.
    first_block: Box<[u32; BLOCK]>,
}

impl Dimension {
    fn new(index: usize, random: &mut ChaCha8Rng) -> Self {
        let mut directions = direction_numbers(index);
        let rows: [u32; BITS] = std::array::from_fn(|row| {
            let diagonal = 1_u32 << (BITS - 1 - row);
            let above = !(diagonal | (diagonal - 1));
            diagonal | (random.next_u32() & above)
        });
        for direction in &mut directions {
            *direction = multiply(&rows, *direction);
        }
        let shift = random.next_u32();
        let mut first_block = Box::new([shift; BLOCK]);
        for (position, slot) in first_block.iter_mut().enumerate() {
            for (bit, direction) in directions.iter().enumerate().take(BLOCK_BITS) {
                if position >> bit & 1 == 1 {
                    *slot ^= direction;
                }
            }
        }
        Self {
            directions,
            first_block,
        }
    }

    fn fill(&self, block: u64, target: &mut [u32; BLOCK]) {
        let mut offset = 0;
        for (bit, direction) in self.directions[BLOCK_BITS..].iter().enumerate() {
            if block >> bit & 1 == 1 {
                offset ^= direction;
            }
        }
        for (slot, first) in target.iter_mut().zip(self.first_block.iter()) {
            *slot = first ^ offset;
        }
    }
}

/// The matrix, row by row from the highest bit, times the bits of `vector`.
fn multiply(rows: &[u32; BITS], vector: u32) -> u32 {
    rows.iter().fold(0, |product, row| {
        product << 1 | ((row & vector).count_ones() & 1)
    })
}

/// The direction numbers of one dimension as binary fractions, by the recurrence of Bratley and Fox (ACM Transactions
/// on Mathematical Software 14, 1988).
fn direction_numbers(index: usize) -> [u32; BITS] {
    let (polynomial, first) = DIRECTIONS[index];
    let degree = polynomial.ilog2() as usize;
    let mut numbers = [1_u32; BITS];
    if degree > 0 {
        numbers[..degree].copy_from_slice(first);
        for k in degree..BITS {
            let mut number = numbers[k - degree] ^ numbers[k - degree] << degree;
            for i in 1..degree {
                if polynomial >> (degree - i) & 1 == 1 {
                    number ^= numbers[k - i] << i;
                }
            }
            numbers[k] = number;
        }
    }
    std::array::from_fn(|k| numbers[k] << (BITS - 1 - k))
}

#[cfg(test)]
mod tests;
