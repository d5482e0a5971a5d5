//! The prover: witness, commitments, sumchecks and lookups.
//!
//! It speaks the verifier's formats and transcript. A slow reference sits beside the fast code and gives the
//! same bytes; results depend neither on vector code nor on the number of threads.
//!
//! | module | purpose |
//! |---|---|
//! | [`setup()`](setup::setup) | keys: commitment and range proof of the weights |
//! | [`prove()`](prove::prove) | a proof of one run |
//! | [`reference`] | the slow prover: the oracle |
//! | [`layers`] | the prover's side of the walk through the graph |
//! | [`blocks`] | tensors in blocks padded to powers of two |
//! | [`join`] | many claims on one committed polynomial become one |
//! | [`link`] | links of keys with their successors |
//! | [`logup`] | the lookup argument and its witness |
//! | [`pcs`] | commitments and openings |
//! | [`sumcheck`] | the prover's side of sumchecks over dense vectors |
//! | [`transcript`] | what is said: masked, written, absorbed |

pub mod blocks;
pub mod join;
mod lanes;
pub mod layers;
pub mod link;
pub mod logup;
pub mod pcs;
pub mod prove;
pub mod reference;
mod settle;
pub mod setup;
pub mod sumcheck;
#[cfg(test)]
mod talk;
pub mod transcript;
mod witness;

pub use prove::{ProveError, Request, prove, prove_batch, prove_score};
pub use setup::{Hiding, OPENINGS_DEFAULT, ProvingKey, SetupError, setup};
