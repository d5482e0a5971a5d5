//! The account of soundness: the sum of all errors of one proof together with its key, in bits.
//!
//! Formulas: `specs/proof.md`, section 12. Challenges are uniform in a field of 2^154.9 elements, so each step that
//! catches a lie by a polynomial of degree d errs with probability d / |EF|. Under the Johnson bound a commitment
//! leaves a short list of polynomials; a step that comes before the opening must hold for each combination of them.

use lilliput_graph::{Checked, Graph, Op};

use crate::layers::walk::PASS_CLAIMS_MAX;
use crate::layout::{Layout, Polynomial};
use crate::logup::Shape;
use crate::pcs;
use crate::point::tensor_variables;

#[cfg(test)]
mod tests;

/// Fewest bits that a key may give.
pub const SECURITY_BITS_MIN: u32 = 100;

/// `log2 |EF|`, rounded down: five times `log2(2^31 - 2^24 + 1)`.
const CHALLENGE_BITS: f64 = 154.94;

/// How sure a verified proof is.
#[derive(Clone, Debug, PartialEq)]
pub struct Security {
    /// `-log2` of the sum of all errors.
    pub bits: f64,
    /// Each error's name and `-log2`.
    pub terms: Vec<(&'static str, f64)>,
}

impl Security {
    fn new(terms: Vec<(&'static str, f64)>) -> Self {
        let sum: f64 = terms.iter().map(|&(_, bits)| (-bits).exp2()).sum();
        Self {
            bits: -sum.log2(),
            terms,
        }
    }

    /// Whether [`SECURITY_BITS_MIN`] is reached.
    #[must_use]
    pub fn suffices(&self) -> bool {
        self.bits >= f64::from(SECURITY_BITS_MIN)
    }
}

/// The account of proofs of a graph; zero bits for a graph that can't be proven.
#[must_use]
pub fn security(graph: &Graph) -> Security {
    let nothing = Security {
        bits: 0.0,
        terms: Vec::new(),
    };
    let Ok(checked) = Checked::new(graph.clone()) else {
        return nothing;
    };
    Layout::new(&checked).map_or(nothing, |layout| account(&layout, &checked))
}

/// The account of proofs of a graph that was laid out.
#[must_use]
pub fn account(layout: &Layout, checked: &Checked) -> Security {
    let mut terms = Vec::new();
    // Lists of both commitments multiply what comes before their openings.
    let mut lists = 0.0;
    for (polynomial, names) in polynomials(layout) {
        let opening = pcs::security(polynomial.variables);
        let (bits, list_bits) = opening.map_or((0.0, 0.0), |own| (own.bits, own.list_bits));
        lists += list_bits;
        terms.push((names.opening, bits));
        let claims = claims_max(polynomial, checked);
        let rounds = count(polynomial.variables).saturating_mul(2);
        let degree = rounds.saturating_add(claims);
        terms.push((names.join, degree_bits(degree) - list_bits));
        let lookups = lookup_degree(&polynomial.lookups);
        terms.push((names.lookups, degree_bits(lookups) - list_bits));
        if let Some(key_opening) = names.key_opening {
            terms.push((key_opening, bits));
        }
    }
    terms.push(("layers", degree_bits(layers_degree(checked)) - lists));
    Security::new(terms)
}

/// Names of the terms of one commitment.
struct Names {
    opening: &'static str,
    /// The weights are opened twice: in the key and in the proof.
    key_opening: Option<&'static str>,
    join: &'static str,
    lookups: &'static str,
}

fn polynomials(layout: &Layout) -> impl Iterator<Item = (&Polynomial, Names)> {
    let witness = layout.witness.as_ref().map(|polynomial| {
        let names = Names {
            opening: "opening of the witness",
            key_opening: None,
            join: "join of the witness",
            lookups: "lookups",
        };
        (polynomial, names)
    });
    let weights = layout.weights.as_ref().map(|polynomial| {
        let names = Names {
            opening: "opening of the weights",
            key_opening: Some("key: opening of the weights"),
            join: "joins of the weights",
            lookups: "key: range lookups",
        };
        (polynomial, names)
    });
    witness.into_iter().chain(weights)
}

fn degree_bits(degree: u64) -> f64 {
    let degree = f64::from(u32::try_from(degree).unwrap_or(u32::MAX).max(1));
    CHALLENGE_BITS - degree.log2()
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Most claims that are joined on a polynomial: from each use of a tensor, and from the lookups.
fn claims_max(polynomial: &Polynomial, checked: &Checked) -> u64 {
    let own = count(polynomial.blocks.len()).saturating_add(count(polynomial.multiplicities.len()));
    uses(checked).saturating_add(own.saturating_mul(2))
}

/// Uses of tensors by nodes and outputs, each with as many claims as can be passed on.
fn uses(checked: &Checked) -> u64 {
    let graph = checked.graph();
    let operands = graph.nodes.iter().map(|node| node.op.operands().len());
    let uses = operands.map(count).fold(0, u64::saturating_add);
    let outputs = count(graph.outputs.len());
    uses.saturating_add(outputs)
        .saturating_mul(count(PASS_CLAIMS_MAX))
}

/// Fingerprints (alpha twice, beta once, poles of both sides) and the tree of fraction sums.
fn lookup_degree(shape: &Shape) -> u64 {
    let entries = shape
        .tables()
        .iter()
        .map(|table| table.table.entries())
        .fold(0, u64::saturating_add);
    let poles = shape.lookups().saturating_add(entries);
    let fingerprints = poles.saturating_add(entries).saturating_mul(2);
    let layers =
        (0..count(shape.variables())).map(|rounds| rounds.saturating_mul(3).saturating_add(2));
    layers.fold(fingerprints, u64::saturating_add)
}

/// Degrees of all sumchecks of the layers, of the merges before them, and of the outputs' points.
fn layers_degree(checked: &Checked) -> u64 {
    let graph = checked.graph();
    let variables = |tensor| count(tensor_variables(&checked.tensor_shape(tensor).0));
    let outputs = graph.outputs.iter().map(|output| variables(output.tensor));
    let nodes = graph.nodes.iter().enumerate().map(|(index, node)| {
        let operands = node.op.operands();
        let stacked = count(operands.len().next_power_of_two());
        let of_operands = operands.into_iter().map(variables);
        let rounds = of_operands.fold(u64::from(stacked.trailing_zeros()), u64::saturating_add);
        let merge = variables(graph.node_id(index)).saturating_mul(2);
        match node.op {
            Op::Lookup { .. } => 0,
            _ => rounds.saturating_mul(3).saturating_add(merge),
        }
    });
    outputs
        .chain(nodes)
        .fold(uses(checked), u64::saturating_add)
}
