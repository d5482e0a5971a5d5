//! The polynomial commitment: interleaved Reed-Solomon codes over a BLAKE3 Merkle tree, hiding, opened together.
//!
//! A committed polynomial is the list of its values on the hypercube, `2^variables` base elements, most significant
//! variable first, cut into rows of `2^fold` columns. Below the rows stand *blinding rows* of uniform elements; each
//! column is the list of coefficients of a polynomial, evaluated on a domain of roots of unity. The leaf of a
//! position holds all columns' values there, so whoever sees as many positions as there are blinding rows sees
//! uniform elements.
//!
//! An opening folds the columns with the last coordinates of a point that the transcript fixed after the commitment.
//! What is left, one column of extension elements for each polynomial, is committed together ("folded"), compared with
//! the leaves at random positions, and shown to be what all claims need by one last argument, which a random column
//! hides (`specs/proof.md`, section 8).
//!
//! | module | purpose |
//! |---|---|
//! | `code` | sizes, rates and queries: a function of the number of variables and of openings |
//! | `merkle` | trees, and openings of several leaves at once |
//! | `codeword` | commitments: blinding, encoding, tree |
//! | `randomness` | uniform base elements from a seed |
//! | `settle` | the end of an argument: constraints, foldings, the last argument |
//! | `security` | the share of all this in the account of soundness |

pub mod code;
pub mod codeword;
pub mod merkle;
pub mod randomness;
pub mod security;
pub mod settle;

#[cfg(test)]
mod tests;

pub use code::{Code, VARIABLES_MAX, VARIABLES_MIN, padded_variables};
pub use codeword::Codeword;
pub use merkle::Root;
pub use randomness::Randomness;
pub use settle::{OpeningError, Oracle, settle};
