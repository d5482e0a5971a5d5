//! Static bounds: what is refused, and what is known of what is accepted.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::{Checked, Graph, GraphError, Op, OpError, Range, Table, TensorId};

use crate::example::{network, shape, single, with_output_shape};

fn refused(graph: Graph, lengths: &[u32]) -> OpError {
    match Checked::new(with_output_shape(graph, &shape(lengths))) {
        Err(GraphError::Node { source, .. }) => source,
        other => panic!("{other:?}"),
    }
}

fn accepted(graph: Graph, lengths: &[u32]) -> Range {
    let checked = Checked::new(with_output_shape(graph, &shape(lengths))).unwrap();
    let last = checked.graph().node_id(checked.graph().nodes.len() - 1);
    checked.tensor_range(last)
}

fn dot(length: u32, hi: i64) -> Graph {
    let op = Op::Contract {
        a: TensorId(0),
        b: TensorId(1),
        a_axes: vec![0],
        b_axes: vec![0],
        out_axes: vec![],
    };
    single(
        &[vec![length], vec![length]],
        Range { lo: -1, hi },
        vec![],
        op,
    )
}

#[test]
fn a_contraction_is_refused_exactly_when_it_could_wrap() {
    let side = 1 << 10;
    let longest = (VALUE_MAX / (side * side)) as u32;
    let range = accepted(dot(longest, side), &[]);
    let expected = Range {
        lo: -side * i64::from(longest),
        hi: side * side * i64::from(longest),
    };
    assert_eq!(range, expected);
    assert!(matches!(
        refused(dot(longest + 1, side), &[]),
        OpError::Wraps { .. }
    ));
}

#[test]
fn partial_sums_count_even_where_the_whole_is_small() {
    let op = Op::Sum {
        terms: vec![(TensorId(0), 1 << 20), (TensorId(0), -(1 << 20))],
        constant: 0,
    };
    let graph = single(&[vec![2]], Range { lo: 0, hi: 1 << 10 }, vec![], op);
    assert!(matches!(refused(graph, &[2]), OpError::Wraps { .. }));
}

#[test]
fn a_padded_convolution_may_miss_terms() {
    let conv = |pad| Op::Conv {
        x: TensorId(0),
        w: TensorId(1),
        stride: [1, 1],
        pad,
        dilation: [1, 1],
        groups: 1,
    };
    let shapes = [vec![1, 3, 3], vec![1, 1, 3, 3]];
    let range = Range { lo: 2, hi: 3 };
    let whole = accepted(single(&shapes, range, vec![], conv([0; 4])), &[1, 1, 1]);
    assert_eq!(whole, Range { lo: 36, hi: 81 });
    let padded = accepted(single(&shapes, range, vec![], conv([1; 4])), &[1, 3, 3]);
    assert_eq!(padded, Range { lo: 0, hi: 81 });
}

fn clamp(lo: i32, hi: i32, out_lo: i32, out_hi: i32) -> Table {
    Table::Clamp {
        lo,
        hi,
        out_lo,
        out_hi,
    }
}

fn lookup(range: Range, shift: u8, table: Table) -> Graph {
    let op = Op::Lookup {
        x: TensorId(0),
        shift,
        table: 0,
    };
    single(&[vec![4]], range, vec![table], op)
}

#[test]
fn a_lookup_needs_a_table_for_all_it_could_see() {
    let range = Range {
        lo: -1_000,
        hi: 1_015,
    };
    assert_eq!(
        accepted(lookup(range, 4, clamp(-62, 63, 0, 60)), &[4]),
        Range { lo: 0, hi: 60 }
    );
    // 1016 / 16 = 63.5 rounds to 64.
    let wider = Range {
        lo: -1_000,
        hi: 1_016,
    };
    assert!(matches!(
        refused(lookup(wider, 4, clamp(-62, 63, 0, 60)), &[4]),
        OpError::OutsideTable {
            hi: 64,
            domain_hi: 63,
            ..
        }
    ));
}

#[test]
fn a_lookup_is_refused_when_domain_and_shift_together_could_wrap() {
    let range = Range { lo: 0, hi: 10 };
    accepted(lookup(range, 16, clamp(0, 16_000, 0, 60)), &[4]);
    assert!(matches!(
        refused(lookup(range, 16, clamp(0, 17_000, 0, 60)), &[4]),
        OpError::Wraps { .. }
    ));
    assert!(matches!(
        refused(lookup(range, 17, clamp(0, 100, 0, 60)), &[4]),
        OpError::ShiftTooLarge { shift: 17 }
    ));
}

#[test]
fn the_larger_of_two_values_keeps_their_interval() {
    let (graph, ..) = network();
    let checked = Checked::new(graph).unwrap();
    let expected = Range { lo: 0, hi: 255 };
    assert_eq!(checked.tensor_range(TensorId(12)), expected);
}

/// `b + relu(a - b)` on a table that cuts the difference off is not a maximum.
#[test]
fn a_difference_that_is_cut_off_is_not_taken_for_a_maximum() {
    let (mut graph, ..) = network();
    let Op::Lookup { table, .. } = &mut graph.nodes[7].op else {
        panic!("node 7 is the lookup of the pooling");
    };
    *table = 2;
    graph.tables.push(clamp(-255, 255, 0, 100));
    let checked = Checked::new(graph).unwrap();
    let expected = Range { lo: 0, hi: 355 };
    assert_eq!(checked.tensor_range(TensorId(12)), expected);
}
