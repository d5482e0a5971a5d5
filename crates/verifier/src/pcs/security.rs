//! An opening's share of the security account.
//!
//! Under the Johnson bound a commitment leaves a small list of polynomials that the prover may still choose
//! from. The opening's own error terms (proximity gaps, folds, queries with their proof of work,
//! out-of-domain samples, claim batching) are added up by p3's report for exactly this shape. A reduction
//! that ran before the opening holds for one polynomial, so its error is multiplied by the length of the list.

use p3_sumcheck::{OpeningBatch, OpeningProtocol, PrescribedPointPcs, TableShape, TableSpec};
use p3_whir::WhirProver;

use super::configuration::{Configuration, Domain, Layout, Merkle, configuration, merkle};
use crate::field::{EF, F};
use crate::transcript::Challenger;

/// What an opening contributes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpeningSecurity {
    /// `-log2` of the probability that the opening accepts a value no listed polynomial has.
    pub bits: f64,
    /// `log2` of the number of polynomials a commitment leaves open.
    pub list_bits: f64,
}

/// The account of one opening of a polynomial of that many variables; none for unsupported sizes.
#[must_use]
pub fn security(variables: usize) -> Option<OpeningSecurity> {
    let configuration: Configuration = configuration(variables)?;
    let whir = WhirProver::<EF, F, Domain, Merkle, Challenger, Layout>::new(
        configuration,
        Domain::default(),
        merkle(),
    );
    let report = whir.prescribed_security(&protocol(variables))?;
    Some(OpeningSecurity {
        bits: report.error().bits(),
        list_bits: report.log2_max_candidates,
    })
}

/// One table, one column, one point.
fn protocol(variables: usize) -> OpeningProtocol {
    let batch = OpeningBatch::new(vec![0], Vec::new());
    OpeningProtocol::new(vec![TableSpec::new(
        TableShape::new(variables, 1),
        vec![batch],
    )])
}
