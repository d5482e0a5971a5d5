//! The prover: witness, commitments, sumchecks and lookups.
//!
//! It speaks the verifier's formats and transcript. A slow reference sits beside the fast code and gives the
//! same bytes; results depend neither on vector code nor on the number of threads.
//!
//! | module | purpose |
//! |---|---|
//! | [`pcs`] | commitments and openings |
//! | [`sumcheck`] | the prover's side of sumchecks over dense vectors |

pub mod pcs;
pub mod sumcheck;
