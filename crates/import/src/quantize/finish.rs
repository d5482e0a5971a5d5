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
    let tables = std::mem::take(&mut graph.tables);
    let mut clamps: BTreeMap<(i32, i32), Vec<Use>> = BTreeMap::new();
    let mut functions: Vec<(&Table, Vec<Use>)> = Vec::new();
    for (node, Node { op }) in graph.nodes.iter().enumerate() {
        let &Op::Lookup { shift, table, .. } = op else {
            continue;
        };
        let table = &tables[usize::from(table)];
        let domain = table.domain();
        let each = Use {
            node,
            domain,
            shift,
        };
        match *table {
            Table::Clamp { out_lo, out_hi, .. } => {
                clamps.entry((out_lo, out_hi)).or_default().push(each);
            }
            Table::Values { .. } => match functions.iter_mut().find(|(other, _)| *other == table) {
                Some((_, uses)) => uses.push(each),
                None => functions.push((table, vec![each])),
            },
        }
    }
    let (mut shared, mut chosen) = share_functions(&functions);
    for ((out_lo, out_hi), mut uses) in clamps {
        uses.sort_by_key(|each| (std::cmp::Reverse(each.domain.magnitude()), each.node));
        while let Some((domain, members, rest)) = share(&uses) {
            for member in members {
                chosen.insert(member.node, shared.len());
            }
            shared.push(Table::Clamp {
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
    graph.tables = shared;
}

/// Those of some tables that aren't part of another, and for each node the one that it looks into.
fn share_functions(functions: &[(&Table, Vec<Use>)]) -> (Vec<Table>, BTreeMap<usize, usize>) {
    let mut order: Vec<usize> = (0..functions.len()).collect();
    order.sort_by_key(|&index| (std::cmp::Reverse(functions[index].0.entries()), index));
    let mut hosts: Vec<usize> = (0..functions.len()).collect();
    for (rank, &index) in order.iter().enumerate() {
        let (table, uses) = &functions[index];
        let host = order[..rank].iter().copied().find(|&other| {
            let larger = functions[other].0;
            let domain = larger.domain();
            hosts[other] == other
                && is_part(table, larger)
                && uses.iter().all(|each| fits(domain, each.shift))
        });
        hosts[index] = host.unwrap_or(index);
    }
    let mut places = vec![0; functions.len()];
    let mut shared = Vec::new();
    for (index, (table, _)) in functions.iter().enumerate() {
        if hosts[index] == index {
            places[index] = shared.len();
            shared.push((*table).clone());
        }
    }
    let mut chosen = BTreeMap::new();
    for ((_, uses), &host) in functions.iter().zip(&hosts) {
        for each in uses {
            chosen.insert(each.node, places[host]);
        }
    }
    (shared, chosen)
}

/// Whether a function is another one on fewer integers, with the same limits: what comes after was
/// built for these.
fn is_part(table: &Table, larger: &Table) -> bool {
    let (
        Table::Values { lo, values },
        Table::Values {
            lo: start,
            values: all,
        },
    ) = (table, larger)
    else {
        return false;
    };
    let skipped = usize::try_from(i64::from(*lo) - i64::from(*start));
    let is_slice = skipped.is_ok_and(|skipped| {
        all.get(skipped..)
            .is_some_and(|rest| rest.starts_with(values))
    });
    is_slice && table.results() == larger.results()
}

/// Whether a lookup with this shift may use a table with this domain.
fn fits(domain: Range, shift: u8) -> bool {
    // The second is what a proof needs so that a lookup has one meaning.
    (domain.magnitude() + 1) << shift <= VALUE_MAX
        && (domain.hi - domain.lo + 1) << shift <= REACH_MAX
}

/// The domain of a table for the first use and all that can share it, these uses, and the others.
fn share(uses: &[Use]) -> Option<(Range, Vec<Use>, Vec<Use>)> {
    let (&first, others) = uses.split_first()?;
    let mut domain = first.domain;
    let mut members = vec![first];
    let mut rest = Vec::new();
    for &other in others {
        let wider = domain.hull(other.domain);
        let fits = |each: &Use| fits(wider, each.shift);
        if members.iter().all(fits) && fits(&other) {
            domain = wider;
            members.push(other);
        } else {
            rest.push(other);
        }
    }
    Some((domain, members, rest))
}
