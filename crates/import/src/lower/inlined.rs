//! Graphs that an attribute holds, run where their node stands.

use std::collections::BTreeMap;

use super::node::Node;
use super::{Binding, Lowering, NODES_MAX, count_uses};
use crate::error::ImportError;
use crate::onnx::GraphProto;
use crate::program::Value;
use crate::read;

impl Lowering {
    /// What the graph of an attribute makes of a value; the value itself without such a graph.
    pub(super) fn inlined(
        &mut self,
        node: &Node<'_>,
        attribute: &str,
        x: Value,
    ) -> Result<Value, ImportError> {
        let Some(attribute) = node.attribute(attribute) else {
            return Ok(x);
        };
        let graph = attribute.g.as_ref();
        let graph = graph.ok_or_else(|| node.refuse("its graph is missing"))?;
        let ([input], [output]) = (&graph.input[..], &graph.output[..]) else {
            return Err(node.refuse("a graph of it needs one input and one output"));
        };
        if graph.node.len() > NODES_MAX {
            return Err(node.refuse(format!("a graph of it has more than {NODES_MAX} nodes")));
        }
        // Names of the graph hide those around it, as long as it runs.
        let uses = count_uses(graph);
        let mut hidden = BTreeMap::new();
        for name in names(graph) {
            let count = uses.get(name).copied().unwrap_or(0);
            let outer = (
                self.names.remove(name),
                self.uses.insert(name.clone(), count),
            );
            hidden.entry(name.clone()).or_insert(outer);
        }
        self.shared[x] = true;
        self.bind(&input.name, Binding::Value(x));
        let result = self.run_inlined(node, graph);
        let made = self.names.get(&output.name).cloned();
        for (name, (binding, count)) in hidden {
            match binding {
                Some(binding) => self.names.insert(name.clone(), binding),
                None => self.names.remove(&name),
            };
            match count {
                Some(count) => self.uses.insert(name, count),
                None => self.uses.remove(&name),
            };
        }
        result?;
        let made = made.ok_or_else(|| node.refuse("nothing in its graph makes its output"))?;
        let value = match made {
            Binding::Value(value) => value,
            Binding::Constant(constant) => self.constant_step(node.name.clone(), constant),
        };
        self.shared[value] = true;
        Ok(value)
    }

    fn run_inlined(&mut self, node: &Node<'_>, graph: &GraphProto) -> Result<(), ImportError> {
        for proto in &graph.initializer {
            let constant = read::tensor(&proto.name, proto)?;
            self.bind(&proto.name, Binding::Constant(constant));
        }
        for (index, proto) in graph.node.iter().enumerate() {
            self.node(&Node::new(proto, index, node.opset))?;
            self.check_steps()?;
        }
        Ok(())
    }
}

/// All names that a graph gives.
fn names(graph: &GraphProto) -> impl Iterator<Item = &String> {
    let inputs = graph.input.iter().map(|input| &input.name);
    let held = graph.initializer.iter().map(|tensor| &tensor.name);
    let made = graph.node.iter().flat_map(|node| &node.output);
    inputs.chain(held).chain(made)
}
