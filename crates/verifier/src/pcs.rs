//! The polynomial commitment: WHIR over a BLAKE3 Merkle tree, one polynomial, one point.
//!
//! A committed polynomial is the list of its values on the hypercube, `2^variables` base elements, most
//! significant variable first. An [`Opening`] shows its value at one point that the transcript fixed after
//! the commitment. Everything about the protocol's shape follows from the number of variables
//! ([`configuration`]), so an opening's bytes have a fixed layout but for the Merkle siblings, whose
//! number depends on the queries.
//!
//! The opening protocol itself is p3-whir's; here are the choice of its parameters, the canonical bytes,
//! the checks on shapes before it runs, and its share of the security account.

mod codec;
pub mod configuration;
mod opening;
mod security;

#[cfg(test)]
mod tests;

pub use configuration::{VARIABLES_MAX, VARIABLES_MIN, padded_variables};
pub use opening::{Opening, OpeningError, Root, verify};
pub use security::{OpeningSecurity, security};
