//! The account of soundness: the sum of all errors of one proof together with its key, in bits.
//!
//! Formulas: `specs/proof.md`, section 12. Challenges are uniform in a field of 2^154.9 elements, so each step that
//! catches a lie by a polynomial of degree d errs with probability d / |EF|. A commitment leaves a short list of
//! polynomials; a step that comes before the opening must hold for each combination of them.

use lilliput_graph::{Checked, Graph, Op};

use crate::argument::{Counts, count};
use crate::key::CommittedWeights;
use crate::layers::walk::PASS_CLAIMS_MAX;
use crate::layout::{Hidden, Layout, Polynomial};
use crate::logup::Shape;
use crate::pcs::security::{CHALLENGE_BITS, CodeSecurity};
use crate::pcs::settle::Columns;
use crate::pcs::{self, Code};
use crate::point::tensor_variables;

#[cfg(test)]
mod tests;

/// Fewest bits that a key may give.
pub const SECURITY_BITS_MIN: u32 = 100;

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

/// The account of proofs of a graph whose key has that many openings; zero bits for a graph that can't be proven.
#[must_use]
pub fn security(graph: &Graph, openings: u32) -> Security {
    let account_of = || {
        let checked = Checked::new(graph.clone()).ok()?;
        let layout = Layout::new(&checked, Hidden::default()).ok()?;
        let weights = layout.weights.as_ref().map(|polynomial| CommittedWeights {
            root: pcs::Root([0; 32]),
            openings,
            point: vec![crate::field::EF::default(); polynomial.variables],
            value: crate::field::EF::default(),
        });
        let counts = count(&checked, &layout, weights.as_ref()).ok()?;
        Some(account(&layout, &checked, weights.as_ref(), &counts))
    };
    account_of().unwrap_or(Security {
        bits: 0.0,
        terms: Vec::new(),
    })
}

/// Names of the terms of one committed polynomial.
struct Names {
    queries: &'static str,
    folds: &'static str,
    join: &'static str,
}

/// The account of proofs of a graph that was laid out.
#[must_use]
pub fn account(
    layout: &Layout,
    checked: &Checked,
    weights: Option<&CommittedWeights>,
    counts: &Counts,
) -> Security {
    let mut terms = Vec::new();
    let committed = committed(layout, weights);
    let codes: Vec<Code> = committed.iter().map(|(code, ..)| *code).collect();
    let columns = Columns::new(counts.messages.saturating_add(2), &codes);
    let own = columns_terms(&columns, &codes, counts, &mut terms);
    // The lists of all commitments, and of the masks, multiply what comes before the openings.
    let lists: f64 = codes
        .iter()
        .map(|code| pcs::security::security(code).list)
        .sum();
    let lists = lists + own.list;
    for (code, variables, names) in &committed {
        let account = pcs::security::security(code);
        terms.push((names.queries, account.queries - own.list));
        terms.push((names.folds, account.fold - bits_of(count_of(code.fold))));
        let rounds = count_of(*variables).saturating_mul(2);
        let claims = uses(checked).saturating_add(count_of(counts.messages));
        terms.push((
            names.join,
            degree_bits(rounds.saturating_add(claims)) - lists,
        ));
    }
    if let Some(polynomial) = &layout.witness {
        let lookups = lookup_degree(&polynomial.lookups);
        terms.push(("lookups", degree_bits(lookups) - lists));
    }
    terms.push(("layers", degree_bits(layers_degree(checked)) - lists));
    if let Some((polynomial, weights)) = layout.weights.as_ref().zip(weights) {
        key_terms(polynomial, weights, lists, &mut terms);
    }
    Security::new(terms)
}

/// Code, variables and names of what a proof opens.
fn committed(layout: &Layout, weights: Option<&CommittedWeights>) -> Vec<(Code, usize, Names)> {
    let names = |queries, folds, join| Names {
        queries,
        folds,
        join,
    };
    let witness = layout.witness.iter().map(|own| {
        let names = names("witness: queries", "witness: folds", "witness: join");
        (Code::witness(own.variables), own.variables, names)
    });
    let weights = weights.iter().map(|own| {
        let names = names("weights: queries", "weights: folds", "weights: join");
        (own.code(), own.point.len(), names)
    });
    let inputs = layout.inputs.iter().map(|own| {
        let names = names("inputs: queries", "inputs: folds", "inputs: join");
        (own.code(), own.variables, names)
    });
    let outputs = layout.outputs.iter().map(|own| {
        let names = names("outputs: queries", "outputs: folds", "outputs: join");
        (own.code(), own.variables, names)
    });
    witness
        .chain(weights)
        .chain(inputs)
        .chain(outputs)
        .collect()
}

/// The last argument: constraints, claims, the sumcheck over the columns, queries of the columns.
fn columns_terms(
    columns: &Columns,
    codes: &[Code],
    counts: &Counts,
    terms: &mut Vec<(&'static str, f64)>,
) -> CodeSecurity {
    let own = pcs::security::security(&columns.code);
    let variables = count_of(columns.variables());
    let products = count_of(counts.products.saturating_add(2)).next_power_of_two();
    let queries: usize = codes.iter().map(|code| code.rate.queries).sum();
    let claims = count_of(queries.saturating_add(codes.len()).saturating_add(4));
    let degree = count_of(counts.constraints)
        .saturating_add(u64::from(products.trailing_zeros()).saturating_mul(3))
        .saturating_add(claims)
        .saturating_add(variables.saturating_mul(2))
        .saturating_add(1);
    let lists: f64 = codes
        .iter()
        .map(|code| pcs::security::security(code).list)
        .sum();
    terms.push((
        "constraints and claims",
        degree_bits(degree) - own.list - lists,
    ));
    terms.push(("columns: queries", own.queries));
    terms.push((
        "columns: folds",
        own.fold - bits_of(variables.saturating_add(1)),
    ));
    own
}

/// The account of an argument that opens polynomials of those codes, without lookups or layers.
#[must_use]
pub fn opened_terms(codes: &[Code], counts: &Counts) -> Security {
    let mut terms = Vec::new();
    let columns = Columns::new(counts.messages.saturating_add(2), codes);
    let own = columns_terms(&columns, codes, counts, &mut terms);
    let lists: f64 = codes
        .iter()
        .map(|code| pcs::security::security(code).list)
        .sum();
    for code in codes {
        let account = pcs::security::security(code);
        terms.push(("queries", account.queries - own.list));
        terms.push(("folds", account.fold - bits_of(count_of(code.fold))));
    }
    let messages = count_of(counts.messages).saturating_mul(2);
    terms.push(("points and joins", degree_bits(messages) - lists - own.list));
    Security::new(terms)
}

/// The key's range argument, and the value that pins the weights down.
fn key_terms(
    polynomial: &Polynomial,
    weights: &CommittedWeights,
    lists: f64,
    terms: &mut Vec<(&'static str, f64)>,
) {
    let code = weights.code();
    let own = pcs::security::security(&code);
    let variables = count_of(polynomial.variables);
    terms.push((
        "key: value out of the domain",
        degree_bits(variables) - 2.0 * own.list,
    ));
    let degree = lookup_degree(&polynomial.lookups)
        .saturating_add(variables.saturating_mul(2))
        .saturating_add(count_of(polynomial.blocks.len()));
    terms.push(("key: range lookups and join", degree_bits(degree) - lists));
    let masks = variables.saturating_mul(variables).saturating_add(1 << 10);
    let columns = Columns::new(usize::try_from(masks).unwrap_or(usize::MAX), &[code]);
    let last = pcs::security::security(&columns.code);
    terms.push(("key: queries", own.queries - last.list));
    terms.push(("key: folds", own.fold - bits_of(count_of(code.fold))));
    terms.push(("key: queries of the columns", last.queries));
    terms.push(("key: folds of the columns", last.fold - 5.0));
}

fn bits_of(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX).max(1)).log2()
}

fn degree_bits(degree: u64) -> f64 {
    CHALLENGE_BITS - bits_of(degree)
}

fn count_of(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Uses of tensors by nodes and outputs, each with as many claims as can be passed on.
fn uses(checked: &Checked) -> u64 {
    let graph = checked.graph();
    let operands = graph.nodes.iter().map(|node| node.op.operands().len());
    let uses = operands.map(count_of).fold(0, u64::saturating_add);
    let outputs = count_of(graph.outputs.len());
    uses.saturating_add(outputs)
        .saturating_mul(count_of(PASS_CLAIMS_MAX))
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
        (0..count_of(shape.variables())).map(|rounds| rounds.saturating_mul(3).saturating_add(2));
    layers.fold(fingerprints, u64::saturating_add)
}

/// Degrees of all sumchecks of the layers, of the merges before them, and of the outputs' points.
fn layers_degree(checked: &Checked) -> u64 {
    let graph = checked.graph();
    let variables = |tensor| count_of(tensor_variables(&checked.tensor_shape(tensor).0));
    let outputs = graph.outputs.iter().map(|output| variables(output.tensor));
    let nodes = graph.nodes.iter().enumerate().map(|(index, node)| {
        let operands = node.op.operands();
        let stacked = count_of(operands.len().next_power_of_two());
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
