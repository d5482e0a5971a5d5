//! Malformed graphs, each refused by name.

use lilliput_graph::graph::Output;
use lilliput_graph::{Checked, Graph, GraphError, Op, OpError, TensorId};

use crate::example::network;

fn changed(change: impl FnOnce(&mut Graph)) -> GraphError {
    let mut graph = network().0;
    change(&mut graph);
    Checked::new(graph).unwrap_err()
}

fn node_refused(node: usize, change: impl FnOnce(&mut Op)) -> OpError {
    match changed(|graph| change(&mut graph.nodes[node].op)) {
        GraphError::Node {
            node: refused,
            source,
            ..
        } => {
            assert_eq!(refused, node);
            source
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_example_is_accepted() {
    let checked = Checked::new(network().0).unwrap();
    assert_eq!(checked.tensor_shape(TensorId(18)).0, [5, 30]);
    assert!(checked.work() > 0);
}

#[test]
fn a_node_that_reads_itself_or_a_later_one_is_refused() {
    let forward = node_refused(3, |op| {
        *op = Op::Lookup {
            x: TensorId(7),
            shift: 5,
            table: 0,
        };
    });
    assert_eq!(forward, OpError::UnknownTensor { id: TensorId(7) });
}

#[test]
fn an_unknown_table_is_refused() {
    let unknown = node_refused(3, |op| {
        *op = Op::Lookup {
            x: TensorId(6),
            shift: 5,
            table: 9,
        };
    });
    assert_eq!(unknown, OpError::UnknownTable { table: 9 });
}

#[test]
fn labels_that_break_the_rules_are_refused() {
    let with = |a: &[u8], b: &[u8], out: &[u8]| {
        node_refused(14, |op| {
            *op = Op::Contract {
                a: TensorId(17),
                b: TensorId(3),
                a_axes: a.to_vec(),
                b_axes: b.to_vec(),
                out_axes: out.to_vec(),
            };
        })
    };
    // Twice, too large, unknown, summed in one operand only.
    assert_eq!(with(&[1, 1], &[2, 1], &[2]), OpError::Label { label: 1 });
    assert_eq!(with(&[0, 16], &[2, 16], &[2]), OpError::Label { label: 16 });
    assert_eq!(
        with(&[0, 1], &[2, 1], &[2, 0, 5]),
        OpError::Label { label: 5 }
    );
    assert_eq!(with(&[0, 1], &[2, 1], &[2]), OpError::Label { label: 0 });
    assert!(matches!(
        with(&[0, 1], &[1, 0], &[]),
        OpError::Mismatch { .. }
    ));
    assert!(matches!(with(&[0], &[2, 1], &[]), OpError::Axes { .. }));
}

#[test]
fn convolutions_that_do_not_fit_are_refused() {
    let with = |change: &dyn Fn(&mut Op)| node_refused(1, change);
    let stride_zero = with(&|op| {
        if let Op::Conv { stride, .. } = op {
            stride[1] = 0;
        }
    });
    assert!(matches!(stride_zero, OpError::Parameter { .. }));
    let no_groups = with(&|op| {
        if let Op::Conv { groups, .. } = op {
            *groups = 0;
        }
    });
    assert!(matches!(no_groups, OpError::Mismatch { .. }));
    let sparse = with(&|op| {
        if let Op::Conv { dilation, .. } = op {
            dilation[0] = u32::MAX;
        }
    });
    assert!(matches!(sparse, OpError::Parameter { .. }));
    let padded = with(&|op| {
        if let Op::Conv { pad, .. } = op {
            *pad = [u32::MAX; 4];
        }
    });
    assert!(matches!(padded, OpError::Parameter { .. }));
}

#[test]
fn index_maps_out_of_bounds_are_refused() {
    let beyond = node_refused(4, |op| {
        if let Op::Slice { len, .. } = op {
            *len = 4;
        }
    });
    assert_eq!(beyond, OpError::Parameter { what: "slice" });
    let axis = node_refused(9, |op| {
        if let Op::WindowSum { axis, .. } = op {
            *axis = 3;
        }
    });
    assert!(matches!(axis, OpError::NoSuchAxis { axis: 3, .. }));
    let perm = node_refused(10, |op| {
        if let Op::Transpose { perm, .. } = op {
            *perm = vec![1, 1, 2];
        }
    });
    assert!(matches!(perm, OpError::AxisList { .. }));
    let reshape = node_refused(13, |op| {
        if let Op::Reshape { shape, .. } = op {
            shape.0[0] = 31;
        }
    });
    assert!(matches!(reshape, OpError::Mismatch { .. }));
    let huge = node_refused(13, |op| {
        if let Op::Reshape { shape, .. } = op {
            shape.0 = vec![1 << 20, 1 << 20];
        }
    });
    assert!(matches!(huge, OpError::Shape(_)));
}

#[test]
fn what_nothing_uses_is_refused() {
    let unused_node = changed(|graph| graph.outputs[0].tensor = TensorId(18));
    assert!(matches!(
        unused_node,
        GraphError::Unused {
            what: "node",
            index: 15
        }
    ));
    let unused_table = changed(|graph| {
        let table = graph.tables[0].clone();
        graph.tables.push(table);
    });
    assert!(matches!(
        unused_table,
        GraphError::Unused {
            what: "table",
            index: 2
        }
    ));
}

#[test]
fn outputs_are_checked() {
    assert_eq!(
        changed(|graph| graph.outputs.clear()),
        GraphError::NoOutputs
    );
    let unknown = changed(|graph| graph.outputs[0].tensor = TensorId(20));
    assert!(matches!(unknown, GraphError::OutputTensor { .. }));
    let shape = changed(|graph| graph.outputs[0].shape.0 = vec![151]);
    assert!(matches!(
        shape,
        GraphError::OutputShape { elements: 150, .. }
    ));
    let twice = changed(|graph| {
        let output: Output = graph.outputs[0].clone();
        graph.outputs.push(output);
    });
    assert!(matches!(
        twice,
        GraphError::Name {
            what: "output",
            index: 1
        }
    ));
    let scale = changed(|graph| graph.outputs[0].scale.mantissa = 1);
    assert!(matches!(scale, GraphError::Scale { what: "output", .. }));
}

#[test]
fn declared_ranges_and_bits_are_checked() {
    let crossed = changed(|graph| graph.inputs[0].range.lo = 256);
    assert_eq!(crossed, GraphError::InputRange { index: 0 });
    let bits = changed(|graph| graph.weights[1].bits = 17);
    assert_eq!(bits, GraphError::WeightBits { index: 1, bits: 17 });
}
