//! The last touches: tables shared, what nothing uses dropped, ids made consecutive.

use std::collections::BTreeMap;

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::table::ENTRIES_MAX;
use lilliput_graph::{Checked, Graph, Node, Op, Range, Table, Tensor, TensorId, Weights};

use super::Report;
use super::builder::Builder;
use crate::error::ImportError;

pub(super) fn finish(builder: Builder<'_>) -> Result<(Checked, Weights, Report), ImportError> {
    let bits = builder.bits;
    let mut warnings = builder.warnings;
    let (mut graph, weights) = without_unused(builder.draft.into_graph(), builder.weights);
    share_tables(&mut graph);
    let entries: i64 = graph.tables.iter().map(Table::entries).sum();
    if entries > ENTRIES_MAX {
        return Err(ImportError::Tables {
            got: entries,
            max: ENTRIES_MAX,
        });
    }
    let checked = Checked::new(graph)?;
    warnings.dedup();
    let report = Report {
        activation_bits: bits,
        parameters: weights
            .0
            .iter()
            .map(|tensor| tensor.values.len() as u64)
            .sum(),
        nodes: checked.graph().nodes.len() as u64,
        lookups: lookups(&checked),
        table_entries: entries.unsigned_abs(),
        work: checked.work(),
        warnings,
    };
    Ok((checked, weights, report))
}

fn lookups(checked: &Checked) -> u64 {
    let graph = checked.graph();
    (0..graph.nodes.len())
        .map(|index| graph.node_id(index))
        .filter(|&id| matches!(graph.op(id), Some(Op::Lookup { .. })))
        .map(|id| checked.tensor_shape(id).elements() as u64)
        .sum()
}

/// Keeps the nodes and weights that an output needs.
fn without_unused(draft: Graph, weights: Vec<Tensor>) -> (Graph, Weights) {
    let mut used = vec![false; draft.tensors()];
    for output in &draft.outputs {
        used[output.tensor.0 as usize] = true;
    }
    for (index, node) in draft.nodes.iter().enumerate().rev() {
        if used[draft.node_id(index).0 as usize] {
            for operand in node.op.operands() {
                used[operand.0 as usize] = true;
            }
        }
    }
    used[..draft.inputs.len()].fill(true);
    let mut places = Vec::with_capacity(used.len());
    let mut next = 0;
    for &used in &used {
        places.push(TensorId(next));
        next += u32::from(used);
    }
    let (weight_start, node_start) = (draft.inputs.len(), draft.inputs.len() + draft.weights.len());
    let kept_weights = &used[weight_start..node_start];
    let kept_nodes = &used[node_start..];
    let mut nodes: Vec<Node> = kept(draft.nodes, kept_nodes);
    for operand in nodes.iter_mut().flat_map(|node| node.op.operands_mut()) {
        *operand = places[operand.0 as usize];
    }
    let mut outputs = draft.outputs;
    for output in &mut outputs {
        output.tensor = places[output.tensor.0 as usize];
    }
    let graph = Graph {
        inputs: draft.inputs,
        weights: kept(draft.weights, kept_weights),
        tables: draft.tables,
        nodes,
        outputs,
    };
    (graph, Weights(kept(weights, kept_weights)))
}

fn kept<T>(items: Vec<T>, used: &[bool]) -> Vec<T> {
    let pairs = items.into_iter().zip(used);
    pairs
        .filter(|(_, used)| **used)
        .map(|(item, _)| item)
        .collect()
}

/// Most entries of a table times `2^shift` of a lookup in it.
const REACH_MAX: i64 = 1 << 30;

/// A lookup's table and shift.
#[derive(Clone, Copy)]
struct Use {
    node: usize,
    domain: Range,
    shift: u8,
}

/// Gives lookups with the same limits one table that covers them all, as far as its domain, taken
/// times each shift, stays in bounds; and lookups of the same function one table, too.
fn share_tables(graph: &mut Graph) {
    let mut clamps: BTreeMap<(i32, i32), Vec<Use>> = BTreeMap::new();
    let mut tables: Vec<Table> = Vec::new();
    let mut chosen: BTreeMap<usize, usize> = BTreeMap::new();
    for (node, Node { op }) in graph.nodes.iter().enumerate() {
        let &Op::Lookup { shift, table, .. } = op else {
            continue;
        };
        let table = &graph.tables[usize::from(table)];
        match *table {
            Table::Clamp { out_lo, out_hi, .. } => {
                let domain = table.domain();
                let uses = clamps.entry((out_lo, out_hi)).or_default();
                uses.push(Use {
                    node,
                    domain,
                    shift,
                });
            }
            Table::Values { .. } => {
                let known = tables.iter().position(|other| other == table);
                chosen.insert(node, known.unwrap_or(tables.len()));
                if known.is_none() {
                    tables.push(table.clone());
                }
            }
        }
    }
    for ((out_lo, out_hi), mut uses) in clamps {
        uses.sort_by_key(|each| (std::cmp::Reverse(each.domain.magnitude()), each.node));
        while let Some((domain, members, rest)) = share(&uses) {
            for member in members {
                chosen.insert(member.node, tables.len());
            }
            tables.push(Table::Clamp {
                lo: domain.lo as i32,
                hi: domain.hi as i32,
                out_lo,
                out_hi,
            });
            uses = rest;
        }
    }
    for (index, node) in graph.nodes.iter_mut().enumerate() {
        if let Op::Lookup { table, .. } = &mut node.op
            && let Some(&place) = chosen.get(&index)
        {
            *table = place as u16;
        }
    }
    graph.tables = tables;
}

/// The domain of a table for the first use and all that can share it, these uses, and the others.
fn share(uses: &[Use]) -> Option<(Range, Vec<Use>, Vec<Use>)> {
    let (&first, others) = uses.split_first()?;
    let mut domain = first.domain;
    let mut members = vec![first];
    let mut rest = Vec::new();
    for &other in others {
        let wider = domain.hull(other.domain);
        // The second is what a proof needs so that a lookup has one meaning.
        let fits = |each: &Use| {
            (wider.magnitude() + 1) << each.shift <= VALUE_MAX
                && (wider.hi - wider.lo + 1) << each.shift <= REACH_MAX
        };
        if members.iter().all(fits) && fits(&other) {
            domain = wider;
            members.push(other);
        } else {
            rest.push(other);
        }
    }
    Some((domain, members, rest))
}
