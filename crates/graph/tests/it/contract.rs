//! Contractions large, wide and sparse enough for every way the executor takes.

use lilliput_graph::{Checked, Op, Range, Tensor, TensorId, Weights, execute};

use crate::example::{shape, single, with_output_shape};
use crate::naive;

/// How a side's values are made: none but each so many-th isn't zero.
#[derive(Clone, Copy)]
struct Side<'a> {
    lengths: &'a [u32],
    axes: &'a [u8],
    every: usize,
}

fn values(side: Side<'_>, range: Range) -> Tensor {
    let shape = shape(side.lengths);
    let span = range.hi - range.lo + 1;
    let value = |index: usize| {
        let scattered = (index as i64 * 7_919 + 31).rem_euclid(span) + range.lo;
        if index.is_multiple_of(side.every) {
            scattered
        } else {
            0
        }
    };
    let values = (0..shape.elements()).map(value).collect();
    Tensor::new(shape, values).unwrap()
}

fn check(a: Side<'_>, b: Side<'_>, out_axes: &[u8], ranges: [Range; 2]) {
    let shapes = [a.lengths.to_vec(), b.lengths.to_vec()];
    let length = |label: &u8| {
        let of = |side: Side<'_>| {
            let axis = side.axes.iter().position(|axis| axis == label)?;
            side.lengths.get(axis).copied()
        };
        of(a).or_else(|| of(b)).unwrap()
    };
    let out: Vec<u32> = out_axes.iter().map(length).collect();
    let op = Op::Contract {
        a: TensorId(0),
        b: TensorId(1),
        a_axes: a.axes.to_vec(),
        b_axes: b.axes.to_vec(),
        out_axes: out_axes.to_vec(),
    };
    let inputs = [values(a, ranges[0]), values(b, ranges[1])];
    let mut graph = single(&shapes, ranges[0], vec![], op);
    graph.inputs[1].range = ranges[1];
    let graph = with_output_shape(graph, &shape(&out));
    let checked = Checked::new(graph).unwrap();
    let weights = Weights(vec![]);
    let trace = execute(&checked, &weights, &inputs).unwrap();
    let result = trace.outputs().next().unwrap();
    let op = &checked.graph().nodes[0].op;
    assert_eq!(result.values, naive::run(op, &inputs, &[], &result.shape));
}

#[test]
fn contractions_agree_whatever_their_sizes_zeros_and_widths() {
    let narrow = Range { lo: -128, hi: 127 };
    let wide = Range { lo: -9, hi: 70_000 };
    for ranges in [[narrow; 2], [narrow, wide], [wide, narrow]] {
        for (every_a, every_b) in [(1, 1), (40, 1), (1, 40)] {
            let check = |a: (&[u32], &[u8]), b: (&[u32], &[u8]), out: &[u8]| {
                let side = |(lengths, axes), every| Side {
                    lengths,
                    axes,
                    every,
                };
                check(side(a, every_a), side(b, every_b), out, ranges);
            };
            check((&[7, 21], &[0, 1]), (&[35, 21], &[2, 1]), &[0, 2]);
            check((&[3, 21], &[0, 1]), (&[21, 35], &[1, 2]), &[2, 0]);
            check((&[41, 9], &[0, 1]), (&[9], &[1]), &[0]);
            check((&[9], &[1]), (&[9, 41], &[1, 0]), &[0]);
            check(
                (&[5, 3, 18], &[0, 1, 2]),
                (&[19, 3, 18], &[3, 1, 2]),
                &[1, 0, 3],
            );
            check((&[4, 5, 6], &[0, 1, 2]), (&[4, 5], &[0, 1]), &[0, 1, 2]);
            check((&[50], &[0]), (&[50], &[0]), &[]);
            check((&[50], &[0]), (&[50], &[0]), &[0]);
            check((&[6, 4], &[0, 1]), (&[5], &[2]), &[2, 1, 0]);
        }
    }
}
