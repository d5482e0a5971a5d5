//! The check that a graph is well-formed and can't wrap.

use std::collections::BTreeSet;

use crate::bounds::{Known, Range, VALUE_MAX, node_range, weight_range};
use crate::graph::{Graph, Scale, TensorId};
use crate::infer::{node_shape, node_work};
use crate::op::{OPERANDS_MAX, SHIFT_MAX};
use crate::shape::{Shape, ShapeError};
use crate::table::{ENTRIES_MAX, TableError};

/// Most nodes of a graph.
pub const NODES_MAX: usize = 65_536;
/// Most weight tensors of a graph.
pub const WEIGHTS_MAX: usize = 16_384;
/// Most inputs, and most outputs, of a graph.
pub const PORTS_MAX: usize = 64;
/// Most tables of a graph.
pub const TABLES_MAX: usize = 256;
/// Longest name of an input or output.
pub const NAME_BYTES_MAX: usize = 256;
/// Widest weight.
pub const WEIGHT_BITS_MAX: u8 = 16;
/// Most elements of all inputs and nodes together, and of all weights together.
pub const TOTAL_ELEMENTS_MAX: u64 = 1 << 28;
/// Most elementary steps (multiplications, additions, copies) of one run.
pub const WORK_MAX: u64 = 1 << 40;

/// Why a graph is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    #[error("the graph has {got} {what}, at most {max} are allowed")]
    TooMany {
        what: &'static str,
        got: u64,
        max: u64,
    },
    #[error("the graph has no outputs")]
    NoOutputs,
    #[error(
        "the name of {what} {index} is empty, longer than {NAME_BYTES_MAX} bytes or not unique"
    )]
    Name { what: &'static str, index: usize },
    #[error("the scale of {what} {index} is not in its one form")]
    Scale { what: &'static str, index: usize },
    #[error("the shape of {what} {index} is refused: {source}")]
    Shape {
        what: &'static str,
        index: usize,
        source: ShapeError,
    },
    #[error("the range of input {index} is empty or leaves {VALUE_MAX}")]
    InputRange { index: usize },
    #[error("weight {index} has {bits} bits, 1 to {WEIGHT_BITS_MAX} are allowed")]
    WeightBits { index: usize, bits: u8 },
    #[error("table {index} is refused: {source}")]
    Table { index: usize, source: TableError },
    #[error("node {node} ({kind}) is refused: {source}")]
    Node {
        node: usize,
        kind: &'static str,
        source: OpError,
    },
    #[error("output {index} names tensor {id:?}, which doesn't exist")]
    OutputTensor { index: usize, id: TensorId },
    #[error("output {index} has shape {shape:?}, its tensor has {elements} elements")]
    OutputShape {
        index: usize,
        shape: Vec<u32>,
        elements: usize,
    },
    #[error("{what} {index} is used by nothing")]
    Unused { what: &'static str, index: usize },
}

/// Why a node is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpError {
    #[error("it reads tensor {id:?}, which isn't before it")]
    UnknownTensor { id: TensorId },
    #[error("its table {table} doesn't exist")]
    UnknownTable { table: u16 },
    #[error("it has no operands")]
    NoOperands,
    #[error("it has {got} operands, at most {OPERANDS_MAX} are allowed")]
    TooManyOperands { got: usize },
    #[error("it needs {expected} axes, its operand has shape {got:?}")]
    Axes { expected: usize, got: Vec<u32> },
    #[error("axis {axis} doesn't exist in shape {shape:?}")]
    NoSuchAxis { axis: u8, shape: Vec<u32> },
    #[error("label {label} breaks the rules of a contraction")]
    Label { label: u8 },
    #[error("shapes {a:?} and {b:?} don't fit")]
    Mismatch { a: Vec<u32>, b: Vec<u32> },
    #[error("{what} is out of bounds")]
    Parameter { what: &'static str },
    #[error("{axes:?} is not a permutation of the axes, or not ascending")]
    AxisList { axes: Vec<u8> },
    #[error("the result's shape is refused: {0}")]
    Shape(#[from] ShapeError),
    #[error("a sum of it could reach {magnitude}, which is beyond {VALUE_MAX}")]
    Wraps { magnitude: u128 },
    #[error("its shift is {shift}, at most {SHIFT_MAX} is allowed")]
    ShiftTooLarge { shift: u8 },
    #[error("values {lo} to {hi} don't lie in its table's domain, {domain_lo} to {domain_hi}")]
    OutsideTable {
        lo: i64,
        hi: i64,
        domain_lo: i64,
        domain_hi: i64,
    },
}

/// A graph that passed every check, with what the checks found out.
///
/// Every node reads tensors before it; every tensor has a known shape and worst-case interval; no
/// value and no partial sum can leave [`VALUE_MAX`]; every lookup finds its argument; every node,
/// weight and table is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    graph: Graph,
    shapes: Vec<Shape>,
    ranges: Vec<Range>,
    work: u64,
}

impl Checked {
    /// Checks a graph.
    pub fn new(graph: Graph) -> Result<Self, GraphError> {
        check_limits(&graph)?;
        check_names(&graph)?;
        check_inputs_and_weights(&graph)?;
        let mut shapes: Vec<Shape> = Vec::with_capacity(graph.tensors());
        let mut ranges: Vec<Range> = Vec::with_capacity(graph.tensors());
        for input in &graph.inputs {
            shapes.push(input.shape.clone());
            ranges.push(input.range);
        }
        for weight in &graph.weights {
            shapes.push(weight.shape.clone());
            ranges.push(weight_range(weight.bits));
        }
        let work = check_nodes(&graph, &mut shapes, &mut ranges)?;
        check_outputs(&graph, &shapes)?;
        check_use(&graph)?;
        Ok(Self {
            graph,
            shapes,
            ranges,
            work,
        })
    }

    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    #[must_use]
    pub fn into_graph(self) -> Graph {
        self.graph
    }

    /// Shape of a tensor of this graph.
    ///
    /// # Panics
    /// For an id that isn't of this graph; those in its nodes and outputs are.
    #[must_use]
    pub fn tensor_shape(&self, id: TensorId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// Worst-case interval of a tensor of this graph.
    ///
    /// # Panics
    /// As [`Checked::tensor_shape`].
    #[must_use]
    pub fn tensor_range(&self, id: TensorId) -> Range {
        self.ranges[id.0 as usize]
    }

    /// Shapes of all tensors, by id.
    #[must_use]
    pub fn shapes(&self) -> &[Shape] {
        &self.shapes
    }

    /// Worst-case intervals of all tensors, by id.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }

    /// Elementary steps of one run.
    #[must_use]
    pub fn work(&self) -> u64 {
        self.work
    }
}

fn at_most(what: &'static str, got: u64, max: u64) -> Result<(), GraphError> {
    if got > max {
        return Err(GraphError::TooMany { what, got, max });
    }
    Ok(())
}

/// Lengths of lists and names; what a decoder refuses before anything else looks at the graph.
pub(crate) fn check_limits(graph: &Graph) -> Result<(), GraphError> {
    at_most("inputs", graph.inputs.len() as u64, PORTS_MAX as u64)?;
    at_most("outputs", graph.outputs.len() as u64, PORTS_MAX as u64)?;
    at_most("weights", graph.weights.len() as u64, WEIGHTS_MAX as u64)?;
    at_most("nodes", graph.nodes.len() as u64, NODES_MAX as u64)?;
    at_most("tables", graph.tables.len() as u64, TABLES_MAX as u64)?;
    let mut entries = 0u64;
    for (index, table) in graph.tables.iter().enumerate() {
        table
            .check()
            .map_err(|source| GraphError::Table { index, source })?;
        entries += table.entries().unsigned_abs();
    }
    at_most("table entries", entries, ENTRIES_MAX as u64)?;
    let operands: usize = graph
        .nodes
        .iter()
        .map(|node| node.op.operands().len())
        .sum();
    at_most("operands", operands as u64, 4 * NODES_MAX as u64)
}

fn check_names(graph: &Graph) -> Result<(), GraphError> {
    let inputs = graph.inputs.iter().map(|input| input.name.as_str());
    let outputs = graph.outputs.iter().map(|output| output.name.as_str());
    distinct_names("input", inputs)?;
    distinct_names("output", outputs)
}

fn distinct_names<'a>(
    what: &'static str,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), GraphError> {
    let mut seen = BTreeSet::new();
    for (index, name) in names.enumerate() {
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !seen.insert(name) {
            return Err(GraphError::Name { what, index });
        }
    }
    Ok(())
}

fn check_scale(scale: Scale, what: &'static str, index: usize) -> Result<(), GraphError> {
    if scale.is_canonical() {
        Ok(())
    } else {
        Err(GraphError::Scale { what, index })
    }
}

fn check_inputs_and_weights(graph: &Graph) -> Result<(), GraphError> {
    for (index, input) in graph.inputs.iter().enumerate() {
        check_shape(&input.shape, "input", index)?;
        check_scale(input.scale, "input", index)?;
        if !input.range.is_sound() {
            return Err(GraphError::InputRange { index });
        }
    }
    let mut elements = 0u64;
    for (index, weight) in graph.weights.iter().enumerate() {
        check_shape(&weight.shape, "weight", index)?;
        if weight.bits == 0 || weight.bits > WEIGHT_BITS_MAX {
            return Err(GraphError::WeightBits {
                index,
                bits: weight.bits,
            });
        }
        elements += weight.shape.elements() as u64;
    }
    at_most("weight values", elements, TOTAL_ELEMENTS_MAX)
}

fn check_shape(shape: &Shape, what: &'static str, index: usize) -> Result<(), GraphError> {
    shape.check().map_err(|source| GraphError::Shape {
        what,
        index,
        source,
    })
}

fn check_nodes(
    graph: &Graph,
    shapes: &mut Vec<Shape>,
    ranges: &mut Vec<Range>,
) -> Result<u64, GraphError> {
    let table_ranges: Vec<Range> = graph.tables.iter().map(|table| table.results()).collect();
    let mut work = 0u64;
    let mut elements: u64 = graph
        .inputs
        .iter()
        .map(|input| input.shape.elements() as u64)
        .sum();
    for (index, node) in graph.nodes.iter().enumerate() {
        let refuse = |source| GraphError::Node {
            node: index,
            kind: node.op.kind(),
            source,
        };
        let shape = node_shape(&node.op, shapes).map_err(refuse)?;
        elements += shape.elements() as u64;
        at_most("values", elements, TOTAL_ELEMENTS_MAX)?;
        work = work.saturating_add(node_work(&node.op, shapes, &shape));
        at_most("steps", work, WORK_MAX)?;
        let known = Known {
            graph,
            shapes,
            ranges,
            table_ranges: &table_ranges,
        };
        let range = node_range(&node.op, &known).map_err(refuse)?;
        shapes.push(shape);
        ranges.push(range);
    }
    Ok(work)
}

fn check_outputs(graph: &Graph, shapes: &[Shape]) -> Result<(), GraphError> {
    if graph.outputs.is_empty() {
        return Err(GraphError::NoOutputs);
    }
    for (index, output) in graph.outputs.iter().enumerate() {
        check_shape(&output.shape, "output", index)?;
        check_scale(output.scale, "output", index)?;
        let tensor = shapes
            .get(output.tensor.0 as usize)
            .ok_or(GraphError::OutputTensor {
                index,
                id: output.tensor,
            })?;
        if tensor.elements() != output.shape.elements() {
            return Err(GraphError::OutputShape {
                index,
                shape: output.shape.0.clone(),
                elements: tensor.elements(),
            });
        }
    }
    Ok(())
}

/// Inputs may be left unused, as they may in the model that a graph came from; the rest may not.
fn check_use(graph: &Graph) -> Result<(), GraphError> {
    let mut tensors = vec![false; graph.tensors()];
    let mut tables = vec![false; graph.tables.len()];
    for output in &graph.outputs {
        tensors[output.tensor.0 as usize] = true;
    }
    let first_node = graph.inputs.len() + graph.weights.len();
    for (index, node) in graph.nodes.iter().enumerate().rev() {
        if !tensors[first_node + index] {
            return Err(GraphError::Unused {
                what: "node",
                index,
            });
        }
        for operand in node.op.operands() {
            tensors[operand.0 as usize] = true;
        }
        if let crate::op::Op::Lookup { table, .. } = node.op {
            tables[usize::from(table)] = true;
        }
    }
    let unused = |used: &[bool], what| match used.iter().position(|used| !used) {
        Some(index) => Err(GraphError::Unused { what, index }),
        None => Ok(()),
    };
    unused(&tensors[graph.inputs.len()..first_node], "weight")?;
    unused(&tables, "table")
}
