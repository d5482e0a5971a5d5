//! What is committed and where: pure functions of the graph.
//!
//! Two polynomials exist in every proof, the weights' in the key and the witness's. Each is a list of blocks, largest
//! first, and each carries one lookup argument: weights are looked up in the range of their bits, the witness's
//! shifted values and remainders in the tables and ranges of their nodes, and hidden inputs in theirs. Hidden inputs and
//! outputs are polynomials of their own ([`PortLayout`]).

use std::collections::BTreeMap;

use lilliput_graph::{Checked, Op, Shape as TensorShape, Table, TensorId};

use crate::join::Block;
use crate::layers::{Unprovable, check_provable};
use crate::logup::{Segment, Shape};
use crate::pcs::{Code, padded_variables};
use crate::point::{tensor_variables, variables};
use crate::tables::{LookupTable, NumberedTable};

#[cfg(test)]
mod tests;

/// Most variables of a committed polynomial.
pub const CELL_VARIABLES_MAX: usize = 26;

/// Numbers of the ranges of remainders: this and the shift. Below are the graph's tables.
const REMAINDER_IDS: u32 = 1 << 16;

/// Numbers of the ranges of weights: this and the bits.
const WEIGHT_IDS: u32 = 1 << 17;

/// Numbers of the ranges of hidden inputs: this and the input's index.
const INPUT_IDS: u32 = 1 << 18;

/// Most integers of the range of a hidden input.
pub const INPUT_RANGE_MAX: u64 = 1 << 18;

/// Cells whose only use is to hide the weights' value out of the domain.
pub const SALT_CELLS: u32 = 8;

/// A committed polynomial and the lookup argument that goes with it.
#[derive(Clone, Debug)]
pub struct Polynomial {
    /// Variables, padding up to the smallest commitment included.
    pub variables: usize,
    /// The committed tensors: one for each weight, or for each lookup its result and its remainder.
    pub blocks: Vec<Block>,
    /// The multiplicities of each table of the argument.
    pub multiplicities: Vec<Block>,
    /// Uniform cells, in the weights' polynomial.
    pub salt: Option<Block>,
    /// The lookup argument.
    pub lookups: Shape,
}

/// One node that looks up: its parts in the witness.
#[derive(Clone, Debug)]
pub struct LookupNode {
    /// The node.
    pub node: TensorId,
    /// What it shifts and looks up.
    pub x: TensorId,
    /// The shift.
    pub shift: u8,
    /// Index of its result among the blocks; its remainder, if it has one, is the next.
    ///
    /// Its segment has the same index, and so has its remainder's.
    pub block: usize,
}

/// Everything about a proof that follows from the graph.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The weights' polynomial; none without weights.
    pub weights: Option<Polynomial>,
    /// The witness's polynomial; none without lookups.
    pub witness: Option<Polynomial>,
    /// The nodes that look up, in order.
    pub lookup_nodes: Vec<LookupNode>,
    /// The inputs, if they are hidden.
    pub inputs: Option<PortLayout>,
    /// The outputs, if they are hidden.
    pub outputs: Option<PortLayout>,
}

/// What a statement keeps secret.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// The inputs.
    pub inputs: bool,
    /// The outputs.
    pub outputs: bool,
}

/// Inputs or outputs that are committed: a block each.
#[derive(Clone, Debug)]
pub struct PortLayout {
    /// Variables of the polynomial.
    pub variables: usize,
    /// One a port.
    pub blocks: Vec<Block>,
}

impl PortLayout {
    /// The inputs of a graph.
    ///
    /// # Errors
    ///
    /// [`Unprovable`] for too many cells.
    pub fn inputs(checked: &Checked) -> Result<Self, Unprovable> {
        let inputs = checked.graph().inputs.iter();
        Self::new(
            inputs.map(|input| input.shape.0.clone()).collect(),
            "inputs",
        )
    }

    /// The outputs of a graph.
    ///
    /// # Errors
    ///
    /// [`Unprovable`] for too many cells.
    pub fn outputs(checked: &Checked) -> Result<Self, Unprovable> {
        let outputs = checked.graph().outputs.iter();
        let shapes = outputs.map(|output| checked.tensor_shape(output.tensor).0.clone());
        Self::new(shapes.collect(), "outputs")
    }

    fn new(shapes: Vec<Vec<u32>>, what: &'static str) -> Result<Self, Unprovable> {
        let (blocks, variables) = stack(shapes, what)?;
        Ok(Self { variables, blocks })
    }

    /// The code of the commitment.
    #[must_use]
    pub fn code(&self) -> Code {
        Code::ports(self.variables)
    }
}

impl Layout {
    /// Lays out the commitments of a graph.
    ///
    /// # Errors
    ///
    /// [`Unprovable`] for graphs that are too large or break the rules of the argument.
    pub fn new(checked: &Checked, hidden: Hidden) -> Result<Self, Unprovable> {
        check_provable(checked)?;
        let (witness, lookup_nodes) = witness(checked, hidden)?;
        let inputs = hidden.inputs.then(|| PortLayout::inputs(checked));
        let outputs = hidden.outputs.then(|| PortLayout::outputs(checked));
        Ok(Self {
            weights: weights(checked)?,
            witness,
            lookup_nodes,
            inputs: inputs.transpose()?,
            outputs: outputs.transpose()?,
        })
    }
}

/// Segments, and their tables by number.
#[derive(Default)]
struct Draft {
    tables: BTreeMap<u32, LookupTable>,
    segments: Vec<(u32, Vec<u32>)>,
    /// Looked up too, but committed elsewhere.
    foreign: Vec<(u32, Vec<u32>)>,
}

impl Draft {
    fn push(&mut self, id: u32, shape: &TensorShape, table: impl FnOnce() -> LookupTable) {
        self.tables.entry(id).or_insert_with(table);
        self.segments.push((id, shape.0.clone()));
    }

    fn push_foreign(&mut self, id: u32, shape: &TensorShape, table: LookupTable) {
        self.tables.insert(id, table);
        self.foreign.push((id, shape.0.clone()));
    }

    fn finish(self, what: &'static str, salt: bool) -> Result<Option<Polynomial>, Unprovable> {
        if self.segments.is_empty() && self.foreign.is_empty() {
            return Ok(None);
        }
        let ids: Vec<u32> = self.tables.keys().copied().collect();
        let mut shapes: Vec<Vec<u32>> =
            self.segments.iter().map(|(_, axes)| axes.clone()).collect();
        let entries = self.tables.values().map(|table| {
            let entries = u32::try_from(table.entries()).unwrap_or(u32::MAX);
            vec![entries]
        });
        shapes.extend(entries);
        shapes.extend(salt.then(|| vec![SALT_CELLS]));
        let (mut blocks, variables) = stack(shapes, what)?;
        let salt = salt.then(|| blocks.pop()).flatten();
        let multiplicities = blocks.split_off(self.segments.len());
        let segments = self
            .segments
            .into_iter()
            .chain(self.foreign)
            .map(|(id, axes)| Segment {
                table: ids.binary_search(&id).unwrap_or(usize::MAX),
                axes,
            });
        let tables = self.tables.into_iter();
        let tables = tables
            .map(|(id, table)| NumberedTable { id, table })
            .collect();
        let lookups = Shape::new(tables, segments.collect())
            .map_err(|source| Unprovable::Lookups { what, source })?;
        Ok(Some(Polynomial {
            variables,
            blocks,
            multiplicities,
            salt,
            lookups,
        }))
    }
}

/// Aligned blocks in the order of `shapes`: largest first, ties in order.
fn stack(shapes: Vec<Vec<u32>>, what: &'static str) -> Result<(Vec<Block>, usize), Unprovable> {
    let mut order: Vec<(usize, usize)> = shapes
        .iter()
        .map(|axes| tensor_variables(axes))
        .enumerate()
        .collect();
    order.sort_by_key(|&(_, size)| std::cmp::Reverse(size));
    let mut blocks: Vec<Block> = shapes
        .into_iter()
        .map(|axes| Block { offset: 0, axes })
        .collect();
    let max = 1u64 << CELL_VARIABLES_MAX;
    let mut end = 0u64;
    for (index, size) in order {
        if let Some(block) = blocks.get_mut(index) {
            block.offset = end;
        }
        let size = u32::try_from(size).ok();
        let size = size.and_then(|bits| 1u64.checked_shl(bits));
        end = end.saturating_add(size.unwrap_or(u64::MAX));
        if end > max {
            let got = end;
            return Err(Unprovable::TooManyCells { what, got, max });
        }
    }
    Ok((blocks, padded_variables(variables(end))))
}

fn weights(checked: &Checked) -> Result<Option<Polynomial>, Unprovable> {
    let mut draft = Draft::default();
    for weight in &checked.graph().weights {
        let bits = u32::from(weight.bits);
        draft.push(WEIGHT_IDS | bits, &weight.shape, || {
            LookupTable::signed(bits)
        });
    }
    draft.finish("weights", true)
}

fn witness(
    checked: &Checked,
    hidden: Hidden,
) -> Result<(Option<Polynomial>, Vec<LookupNode>), Unprovable> {
    let graph = checked.graph();
    let mut draft = Draft::default();
    let mut nodes = Vec::new();
    for (index, entry) in graph.nodes.iter().enumerate() {
        let Op::Lookup { x, shift, table } = entry.op else {
            continue;
        };
        let node = graph.node_id(index);
        let shape = checked.tensor_shape(node);
        nodes.push(LookupNode {
            node,
            x,
            shift,
            block: draft.segments.len(),
        });
        let function = graph.tables.get(usize::from(table)).cloned();
        let function = function.unwrap_or(Table::Values {
            lo: 0,
            values: Vec::new(),
        });
        draft.push(u32::from(table), shape, || LookupTable::Function(function));
        if shift > 0 {
            let shift = u32::from(shift);
            draft.push(REMAINDER_IDS | shift, shape, || {
                LookupTable::remainders(shift)
            });
        }
    }
    if hidden.inputs {
        for (index, input) in (0u32..).zip(&graph.inputs) {
            let entries = input
                .range
                .hi
                .saturating_sub(input.range.lo)
                .saturating_add(1);
            let entries = u64::try_from(entries).unwrap_or(u64::MAX);
            if entries > INPUT_RANGE_MAX {
                return Err(Unprovable::InputRange { index, entries });
            }
            let lo = input.range.lo;
            draft.push_foreign(
                INPUT_IDS | index,
                &input.shape,
                LookupTable::Range { lo, entries },
            );
        }
    }
    Ok((draft.finish("witness", false)?, nodes))
}
