//! WHIR's parameters as a function of the number of variables, and the types they instantiate.
//!
//! Small polynomials get a low rate and a first fold of 6: rows are short, so the opening is small. Large
//! ones get rate 1/4 and longer first folds, which keep commitment and opening cheap. Later code words
//! have rates 2^-6, 2^-9, …; what is left when at most [`SENT_VARIABLES_MAX`] variables remain is sent.

use p3_blake3::Blake3;
use p3_dft::Radix2DFTSmallBatch;
use p3_merkle_tree::MerkleTreeMmcs;
use p3_sumcheck::layout::SuffixProver;
use p3_symmetric::{CompressionFunctionFromHasher, SerializingHasher};
use p3_whir::{FoldingFactor, ProtocolParameters, SecurityAssumption, WhirConfig};

use crate::field::{EF, F};
use crate::transcript::Challenger;

/// Fewest variables of a committed polynomial; smaller ones are padded.
pub const VARIABLES_MIN: usize = 8;

/// Most variables of a committed polynomial.
pub const VARIABLES_MAX: usize = 28;

/// Bits of security of each error term of an opening; an opening as a whole has some 1.5 bits less.
pub const TERM_SECURITY_BITS: usize = 105;

/// Bits of proof of work at each query phase, counted into [`TERM_SECURITY_BITS`].
pub const GRINDING_BITS: usize = 16;

/// Variables at which the remaining polynomial is sent as it is.
pub const SENT_VARIABLES_MAX: usize = 6;

/// Hash of Merkle leaves.
pub type LeafHash = SerializingHasher<Blake3>;

/// Hash of inner Merkle nodes.
pub type NodeHash = CompressionFunctionFromHasher<Blake3, 2, 32>;

/// The Merkle tree.
pub type Merkle = MerkleTreeMmcs<F, u8, LeafHash, NodeHash, 2, 32>;

/// The evaluation domain.
pub type Domain = Radix2DFTSmallBatch<F>;

/// The order in which WHIR binds variables.
pub type Layout = SuffixProver<F, EF>;

/// WHIR's derived schedule.
pub type Configuration = WhirConfig<EF, F, Challenger>;

/// Variables of the committed polynomial that holds `variables` ones: at least [`VARIABLES_MIN`].
#[must_use]
pub fn padded_variables(variables: usize) -> usize {
    variables.max(VARIABLES_MIN)
}

/// The Merkle tree's hashes.
#[must_use]
pub fn merkle() -> Merkle {
    Merkle::new(LeafHash::new(Blake3), NodeHash::new(Blake3), 0)
}

/// The schedule for a polynomial of that many variables; none outside of the supported sizes.
#[must_use]
pub fn configuration(variables: usize) -> Option<Configuration> {
    if !(VARIABLES_MIN..=VARIABLES_MAX).contains(&variables) {
        return None;
    }
    let folds = folds(variables);
    let parameters = ProtocolParameters {
        starting_log_inv_rate: if variables <= 18 { 3 } else { 2 },
        round_log_inv_rates: (2..).map(|round| 3 * round).take(folds.len() - 1).collect(),
        folding_factor: FoldingFactor::PerRound(folds),
        soundness_type: SecurityAssumption::JohnsonBound,
        security_level: TERM_SECURITY_BITS,
        pow_bits: GRINDING_BITS,
    };
    Configuration::new(variables, parameters).ok()
}

/// Variables folded in each round.
fn folds(variables: usize) -> Vec<usize> {
    let first = match variables {
        ..=10 => 4,
        11..=17 => 6,
        18..=20 => 7,
        21..=24 => 8,
        25.. => 10,
    };
    let mut folds = vec![first];
    let mut left = variables.saturating_sub(first);
    while left > SENT_VARIABLES_MAX {
        let over = left - SENT_VARIABLES_MAX;
        let fold = if over <= 6 { over } else { 5 };
        folds.push(fold);
        left -= fold;
    }
    folds
}
