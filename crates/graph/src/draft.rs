//! A graph that grows node by node, with the shape and interval of each tensor known at once.
//!
//! Who builds graphs chooses each step by what the steps before can reach. A draft says what
//! [`crate::Checked`] will say, but doesn't replace it.

use crate::bounds::{Known, Range, node_range, weight_range};
use crate::check::OpError;
use crate::graph::{Graph, Input, Node, Output, TensorId, WeightSpec};
use crate::infer::node_shape;
use crate::op::Op;
use crate::shape::Shape;
use crate::table::Table;

/// See the module's text.
#[derive(Clone, Debug)]
pub struct Draft {
    graph: Graph,
    shapes: Vec<Shape>,
    ranges: Vec<Range>,
    table_ranges: Vec<Range>,
}

impl Draft {
    /// A graph of inputs and as many weights as it will have at most: ids of nodes follow them.
    #[must_use]
    pub fn new(inputs: Vec<Input>, weights: Vec<WeightSpec>) -> Self {
        let shapes = inputs.iter().map(|input| input.shape.clone());
        let weight_shapes = weights.iter().map(|weight| weight.shape.clone());
        let ranges = inputs.iter().map(|input| input.range);
        let weight_ranges = weights.iter().map(|weight| weight_range(weight.bits));
        Self {
            shapes: shapes.chain(weight_shapes).collect(),
            ranges: ranges.chain(weight_ranges).collect(),
            table_ranges: Vec::new(),
            graph: Graph {
                inputs,
                weights,
                tables: Vec::new(),
                nodes: Vec::new(),
                outputs: Vec::new(),
            },
        }
    }

    /// Says what weight `index` is, before a node reads it. `None`: there is no such weight.
    pub fn set_weight(&mut self, index: usize, spec: WeightSpec) -> Option<TensorId> {
        let place = self.graph.weights.get_mut(index)?;
        let id = TensorId((self.graph.inputs.len() + index) as u32);
        self.shapes[id.0 as usize] = spec.shape.clone();
        self.ranges[id.0 as usize] = weight_range(spec.bits);
        *place = spec;
        Some(id)
    }

    /// Adds a table, of which a draft may have more than a graph in the end.
    pub fn push_table(&mut self, table: Table) -> Result<u16, OpError> {
        let place = u16::try_from(self.graph.tables.len()).map_err(|_| OpError::Parameter {
            what: "number of tables",
        })?;
        self.table_ranges.push(table.results());
        self.graph.tables.push(table);
        Ok(place)
    }

    /// Adds a node, or says why it can't stand there.
    pub fn push(&mut self, op: Op) -> Result<TensorId, OpError> {
        let shape = node_shape(&op, &self.shapes)?;
        let known = Known {
            graph: &self.graph,
            shapes: &self.shapes,
            ranges: &self.ranges,
            table_ranges: &self.table_ranges,
        };
        let range = node_range(&op, &known)?;
        self.shapes.push(shape);
        self.ranges.push(range);
        self.graph.nodes.push(Node { op });
        Ok(self.graph.node_id(self.graph.nodes.len() - 1))
    }

    /// Adds an output.
    pub fn push_output(&mut self, output: Output) {
        self.graph.outputs.push(output);
    }

    /// Shape of a tensor.
    ///
    /// # Panics
    /// For an id that isn't of this graph.
    #[must_use]
    pub fn shape(&self, id: TensorId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// Worst-case interval of a tensor.
    ///
    /// # Panics
    /// For an id that isn't of this graph.
    #[must_use]
    pub fn range(&self, id: TensorId) -> Range {
        self.ranges[id.0 as usize]
    }

    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    #[must_use]
    pub fn into_graph(self) -> Graph {
        self.graph
    }
}
