//! What checking a proof costs, from the graph alone.
//!
//! A unit is about one multiplication in the extension field, some nanoseconds. The ledger prices checks by it, before it has seen
//! a proof; so it counts what the verifier may have to do at most, not what it does.

use lilliput_graph::{Checked, Graph, Table};

use crate::layers::limits::weight_values;
use crate::layers::walk::PASS_CLAIMS_MAX;
use crate::layout::{Hidden, Layout, Polynomial};
use crate::point::tensor_variables;
use crate::tables::LookupTable;

/// Of an opening, whatever its size.
const OPENING_UNITS: u64 = 60_000;

/// Of an opening, for each variable.
const OPENING_VARIABLE_UNITS: u64 = 4_000;

/// Of a round of a sumcheck: hashing, mostly.
const ROUND_UNITS: u64 = 60;

/// Units of checking a proof of a graph; the maximum for a graph that can't be proven.
#[must_use]
pub fn verify_cost_units(graph: &Graph) -> u64 {
    let Ok(checked) = Checked::new(graph.clone()) else {
        return u64::MAX;
    };
    Layout::new(&checked, Hidden::default()).map_or(u64::MAX, |layout| units(&layout, &checked))
}

/// Units of checking a proof of a graph that was laid out.
#[must_use]
pub fn units(layout: &Layout, checked: &Checked) -> u64 {
    let polynomials = layout.witness.iter().chain(&layout.weights);
    let openings = polynomials.map(opening_units);
    let lookups = layout.witness.iter().map(lookup_units);
    let all = openings
        .chain(lookups)
        .chain([layer_units(checked), port_units(checked)]);
    all.fold(0, u64::saturating_add)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn opening_units(polynomial: &Polynomial) -> u64 {
    let variables = count(polynomial.variables);
    let claims =
        count(polynomial.blocks.len()).saturating_add(count(polynomial.multiplicities.len()));
    let joins = claims
        .saturating_mul(variables)
        .saturating_mul(count(PASS_CLAIMS_MAX));
    variables
        .saturating_mul(OPENING_VARIABLE_UNITS + ROUND_UNITS)
        .saturating_add(OPENING_UNITS)
        .saturating_add(joins)
}

fn lookup_units(polynomial: &Polynomial) -> u64 {
    let shape = &polynomial.lookups;
    let variables = count(shape.variables());
    let blocks = count(shape.segments().len()).saturating_add(count(shape.tables().len()));
    let tables = shape.tables().iter().map(|table| match &table.table {
        LookupTable::Function(Table::Values { values, .. }) => count(values.len()),
        LookupTable::Function(Table::Clamp { .. }) | LookupTable::Range { .. } => variables,
    });
    let tree = variables
        .saturating_mul(variables)
        .saturating_mul(ROUND_UNITS);
    tables.fold(
        tree.saturating_add(blocks.saturating_mul(variables)),
        u64::saturating_add,
    )
}

fn layer_units(checked: &Checked) -> u64 {
    let graph = checked.graph();
    let variables = |tensor| count(tensor_variables(&checked.tensor_shape(tensor).0));
    graph
        .nodes
        .iter()
        .enumerate()
        .map(|(index, node)| {
            let id = graph.node_id(index);
            let operands = node.op.operands().into_iter().map(variables);
            let rounds = operands.fold(variables(id), u64::saturating_add);
            let claims = count(PASS_CLAIMS_MAX);
            rounds
                .saturating_mul(ROUND_UNITS)
                .saturating_mul(claims)
                .saturating_add(weight_values(&node.op, id, checked).saturating_mul(2))
        })
        .fold(0, u64::saturating_add)
}

/// Evaluations of inputs at every claim, and of outputs.
fn port_units(checked: &Checked) -> u64 {
    let graph = checked.graph();
    let inputs = (0..graph.inputs.len()).map(|index| {
        let id = graph.input_id(index);
        let uses = graph.nodes.iter().flat_map(|node| node.op.operands());
        let uses = count(uses.filter(|&operand| operand == id).count());
        let claims = uses.saturating_mul(count(PASS_CLAIMS_MAX));
        count(checked.tensor_shape(id).elements()).saturating_mul(claims)
    });
    let outputs = graph
        .outputs
        .iter()
        .map(|output| count(checked.tensor_shape(output.tensor).elements()));
    inputs.chain(outputs).fold(0, u64::saturating_add)
}
