//! The executor against the definition of each operator.

use lilliput_graph::exec::round_shift;
use lilliput_graph::{
    Checked, ExecError, Graph, Op, Range, Shape, Table, Tensor, TensorId, Weights, execute,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::example::{network, shape, single, with_output_shape};
use crate::naive;

const RANGE: Range = Range { lo: -99, hi: 120 };

fn config() -> ProptestConfig {
    ProptestConfig {
        rng_seed: RngSeed::Fixed(2),
        failure_persistence: None,
        cases: 200,
        ..ProptestConfig::default()
    }
}

/// The shape of a node's result is known only after its check; the builder needs it for the output.
fn checked(graph: Graph, lengths: &[u32]) -> Checked {
    Checked::new(with_output_shape(graph, &shape(lengths))).unwrap()
}

fn values(seed: u64, count: usize) -> Vec<i64> {
    let mut state = seed;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as i64 % (RANGE.hi - RANGE.lo + 1) + RANGE.lo
    };
    (0..count).map(|_| next()).collect()
}

/// Runs one operator on inputs from a seed and compares with the definition.
fn agrees(shapes: &[Vec<u32>], tables: Vec<Table>, op: Op, out: &[u32], seed: u64) {
    let inputs: Vec<Tensor> = shapes
        .iter()
        .zip(seed..)
        .map(|(lengths, seed)| {
            let shape = shape(lengths);
            let count = shape.elements();
            Tensor::new(shape, values(seed, count)).unwrap()
        })
        .collect();
    let checked = checked(single(shapes, RANGE, tables, op), out);
    let weights = Weights(vec![]);
    let trace = execute(&checked, &weights, &inputs).unwrap();
    let result = trace.outputs().next().unwrap();
    let graph = checked.graph();
    let expected = naive::run(&graph.nodes[0].op, &inputs, &graph.tables, &result.shape);
    assert_eq!(result.shape, Shape(out.to_vec()));
    assert_eq!(result.values, expected);
    let range = checked.tensor_range(graph.node_id(0));
    assert!(result.values.iter().all(|&value| range.contains(value)));
}

fn lengths(axes: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(1u32..6, axes)
}

/// An axis count, an axis, lengths.
fn lengths_and_axis() -> impl Strategy<Value = (Vec<u32>, u8)> {
    lengths(1..5).prop_flat_map(|lengths| {
        let axes = lengths.len() as u8;
        (Just(lengths), 0..axes)
    })
}

fn with_length(lengths: &[u32], axis: u8, length: u32) -> Vec<u32> {
    let mut lengths = lengths.to_vec();
    lengths[usize::from(axis)] = length;
    lengths
}

/// Where each of six labels stands: batch, left only, right only, summed, or nowhere.
fn contraction() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u32>)> {
    let roles = prop::collection::vec(0u8..5, 6);
    let sizes = prop::collection::vec(1u32..5, 6);
    (roles, sizes).prop_flat_map(|(roles, sizes)| {
        let pick = |wanted: &[u8]| -> Vec<u8> {
            (0..6u8)
                .filter(|&label| wanted.contains(&roles[usize::from(label)]))
                .collect()
        };
        (
            Just(pick(&[0, 1, 3])).prop_shuffle(),
            Just(pick(&[0, 2, 3])).prop_shuffle(),
            Just(pick(&[0, 1, 2])).prop_shuffle(),
            Just(sizes),
        )
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_contraction_follows_its_labels((a, b, out, sizes) in contraction(), seed: u64) {
        let of = |labels: &[u8]| -> Vec<u32> {
            labels.iter().map(|&label| sizes[usize::from(label)]).collect()
        };
        let shapes = [of(&a), of(&b)];
        let out_lengths = of(&out);
        let op = Op::Contract {
            a: TensorId(0),
            b: TensorId(1),
            a_axes: a,
            b_axes: b,
            out_axes: out,
        };
        agrees(&shapes, vec![], op, &out_lengths, seed);
    }

    #[test]
    fn a_convolution_follows_its_attributes(
        groups in 1u32..4,
        group_channels in 1u32..3,
        group_outputs in 1u32..3,
        size in [1u32..10, 1u32..12],
        kernel in [1u32..4, 1u32..4],
        stride in [1u32..4, 1u32..4],
        dilation in [1u32..3, 1u32..3],
        pad in [0u32..5, 0u32..5, 0u32..5, 0u32..5],
        seed: u64,
    ) {
        let reach = |axis: usize| (kernel[axis] - 1) * dilation[axis] + 1;
        let padded = |axis: usize| size[axis] + pad[axis] + pad[axis + 2];
        prop_assume!(reach(0) <= padded(0) && reach(1) <= padded(1));
        let count = |axis: usize| (padded(axis) - reach(axis)) / stride[axis] + 1;
        let shapes = [
            vec![groups * group_channels, size[0], size[1]],
            vec![groups * group_outputs, group_channels, kernel[0], kernel[1]],
        ];
        let op = Op::Conv { x: TensorId(0), w: TensorId(1), stride, pad, dilation, groups };
        agrees(&shapes, vec![], op, &[groups * group_outputs, count(0), count(1)], seed);
    }

    #[test]
    fn a_sum_weighs_its_terms(
        lengths in lengths(0..4),
        coefficients in prop::collection::vec(-50i64..50, 1..5),
        constant in -1_000i64..1_000,
        seed: u64,
    ) {
        let shapes = vec![lengths.clone(); coefficients.len()];
        let terms = coefficients.iter().zip(0..).map(|(&c, id)| (TensorId(id), c)).collect();
        agrees(&shapes, vec![], Op::Sum { terms, constant }, &lengths, seed);
    }

    #[test]
    fn a_window_sum_slides(
        (lengths, axis) in lengths_and_axis(),
        kernel in 1u32..8,
        stride in 1u32..4,
        before in 0u32..6,
        len in 1u32..6,
        seed: u64,
    ) {
        let out = with_length(&lengths, axis, len);
        let op = Op::WindowSum { x: TensorId(0), axis, kernel, stride, before, len };
        agrees(&[lengths], vec![], op, &out, seed);
    }

    #[test]
    fn a_slice_steps(
        (lengths, axis) in lengths_and_axis(),
        start in 0u32..4,
        step in 1u32..4,
        len in 1u32..4,
        seed: u64,
    ) {
        let lengths = with_length(&lengths, axis, start + (len - 1) * step + 1 + (seed % 3) as u32);
        let out = with_length(&lengths, axis, len);
        let op = Op::Slice { x: TensorId(0), axis, start, step, len };
        agrees(&[lengths], vec![], op, &out, seed);
    }

    #[test]
    fn a_padding_surrounds_with_zeros(
        (lengths, axis) in lengths_and_axis(),
        before in 0u32..4,
        after in 0u32..4,
        seed: u64,
    ) {
        let out = with_length(&lengths, axis, lengths[usize::from(axis)] + before + after);
        let op = Op::Pad { x: TensorId(0), axis, before, after };
        agrees(&[lengths], vec![], op, &out, seed);
    }

    #[test]
    fn a_concatenation_keeps_the_order(
        (lengths, axis) in lengths_and_axis(),
        parts in prop::collection::vec(1u32..4, 1..4),
        seed: u64,
    ) {
        let shapes: Vec<_> = parts.iter().map(|&n| with_length(&lengths, axis, n)).collect();
        let out = with_length(&lengths, axis, parts.iter().sum());
        let parts = (0..parts.len() as u32).map(TensorId).collect();
        agrees(&shapes, vec![], Op::Concat { parts, axis }, &out, seed);
    }

    #[test]
    fn a_transposition_permutes(
        (lengths, perm) in lengths(0..5).prop_flat_map(|lengths| {
            let axes: Vec<u8> = (0..lengths.len() as u8).collect();
            (Just(lengths), Just(axes).prop_shuffle())
        }),
        seed: u64,
    ) {
        let out: Vec<u32> = perm.iter().map(|&axis| lengths[usize::from(axis)]).collect();
        agrees(&[lengths], vec![], Op::Transpose { x: TensorId(0), perm }, &out, seed);
    }

    #[test]
    fn a_reshape_keeps_the_values(lengths in lengths(0..4), seed: u64) {
        let out = vec![lengths.iter().product::<u32>(), 1];
        let op = Op::Reshape { x: TensorId(0), shape: shape(&out) };
        agrees(&[lengths], vec![], op, &out, seed);
    }

    #[test]
    fn a_broadcast_repeats(
        out in lengths(0..5),
        kept in prop::collection::vec(any::<bool>(), 5),
        seed: u64,
    ) {
        let axes: Vec<u8> = (0..out.len() as u8).filter(|&a| kept[usize::from(a)]).collect();
        let lengths: Vec<u32> = axes.iter().map(|&axis| out[usize::from(axis)]).collect();
        let op = Op::Broadcast { x: TensorId(0), shape: shape(&out), axes };
        agrees(&[lengths], vec![], op, &out, seed);
    }

    #[test]
    fn a_lookup_rounds_then_applies_its_table(
        lengths in lengths(0..4),
        shift in 0u8..9,
        out_lo in -30i32..10,
        width in 0i32..40,
        by_value: bool,
        seed: u64,
    ) {
        let table = if by_value {
            Table::Values { lo: -100, values: (0..250).map(|i| (i * 37) % 91 - 40).collect() }
        } else {
            Table::Clamp { lo: -99, hi: 120, out_lo, out_hi: out_lo + width }
        };
        let op = Op::Lookup { x: TensorId(0), shift, table: 0 };
        agrees(std::slice::from_ref(&lengths), vec![table], op, &lengths, seed);
    }

    #[test]
    fn a_shift_splits_into_quotient_and_remainder(value in -(1i64 << 30)..(1 << 30), shift in 0u8..=16) {
        let (quotient, remainder) = round_shift(value, shift);
        let half = (1i64 << shift) / 2;
        prop_assert_eq!(value + half, (quotient << shift) + remainder);
        prop_assert!((0..1i64 << shift).contains(&remainder));
    }
}

#[test]
fn every_tensor_of_a_network_follows_the_definitions() {
    let (graph, weights, inputs) = network();
    let checked = Checked::new(graph).unwrap();
    let trace = execute(&checked, &weights, &inputs).unwrap();
    let graph = checked.graph();
    let mut tensors: Vec<Tensor> = inputs.iter().chain(&weights.0).cloned().collect();
    for (index, node) in graph.nodes.iter().enumerate() {
        let id = graph.node_id(index);
        let shape = checked.tensor_shape(id);
        let values = naive::run(&node.op, &tensors, &graph.tables, shape);
        assert_eq!(trace.tensor(id).values, values, "node {index}");
        let range = checked.tensor_range(id);
        assert!(values.iter().all(|&value| range.contains(value)));
        tensors.push(Tensor::new(shape.clone(), values).unwrap());
    }
}

#[test]
fn an_input_out_of_range_is_refused_with_its_position() {
    let (graph, weights, mut inputs) = network();
    let checked = Checked::new(graph).unwrap();
    inputs[0].values[17] = 256;
    let refused = execute(&checked, &weights, &inputs).unwrap_err();
    let expected = ExecError::OutOfRange {
        what: "input",
        index: 0,
        position: 17,
        value: 256,
        lo: 0,
        hi: 255,
    };
    assert_eq!(refused, expected);
}

#[test]
fn weights_of_another_range_shape_or_number_are_refused() {
    let (graph, weights, inputs) = network();
    let checked = Checked::new(graph).unwrap();
    let refused = |change: &dyn Fn(&mut Weights)| {
        let mut changed = weights.clone();
        change(&mut changed);
        execute(&checked, &changed, &inputs).unwrap_err()
    };
    let too_large = refused(&|w| w.0[2].values[3] = 128);
    assert!(matches!(
        too_large,
        ExecError::OutOfRange {
            what: "weight",
            index: 2,
            position: 3,
            ..
        }
    ));
    let reshaped = refused(&|w| w.0[1].shape = shape(&[2, 2]));
    assert!(matches!(reshaped, ExecError::Shape { index: 1, .. }));
    let short = refused(&|w| {
        w.0[1].values.pop();
    });
    assert!(matches!(short, ExecError::Shape { index: 1, .. }));
    let missing = refused(&|w| {
        w.0.pop();
    });
    assert!(matches!(
        missing,
        ExecError::Count {
            expected: 3,
            got: 2,
            ..
        }
    ));
    let no_input = execute(&checked, &weights, &[]).unwrap_err();
    assert!(matches!(no_input, ExecError::Count { what: "inputs", .. }));
}
