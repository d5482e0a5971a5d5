use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{Graph, Input, Output, Post, Scale, Shape, WeightSpec};

use super::*;

const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

/// Weights of the shapes given, each looked up with a shift.
fn graph(shapes: &[&[u32]]) -> Graph {
    let weights = shapes.iter().map(|shape| WeightSpec {
        shape: Shape(shape.to_vec()),
        bits: 8,
    });
    let input = Input {
        name: "x".into(),
        shape: Shape(vec![1]),
        range: Range { lo: 0, hi: 1 },
        scale: UNIT,
        zero: 0,
    };
    let mut draft = Draft::new(vec![input], weights.collect());
    let table = draft
        .push_table(Table::Clamp {
            lo: -32,
            hi: 32,
            out_lo: 0,
            out_hi: 9,
        })
        .unwrap();
    for index in 0..shapes.len() {
        let x = TensorId(u32::try_from(index).unwrap() + 1);
        let shift = 2;
        let tensor = draft.push(Op::Lookup { x, shift, table }).unwrap();
        let shape = draft.shape(tensor).clone();
        draft.push_output(Output {
            name: format!("y{index}"),
            tensor,
            scale: UNIT,
            shape,
            post: Post::None,
        });
    }
    draft.into_graph()
}

#[test]
fn blocks_are_aligned_and_lie_one_behind_the_other() {
    let checked = Checked::new(graph(&[&[3], &[5, 7], &[100], &[1]])).unwrap();
    let layout = Layout::new(&checked, Hidden::default()).unwrap();
    for polynomial in [layout.weights.unwrap(), layout.witness.unwrap()] {
        let all = polynomial.blocks.iter().chain(&polynomial.multiplicities);
        let all = all.chain(&polynomial.salt);
        let mut places: Vec<(u64, u64)> = all
            .inspect(|block| assert!(block.fits(polynomial.variables)))
            .map(|block| (block.offset, 1 << block.variables()))
            .collect();
        places.sort_unstable();
        let end = places.iter().fold(0, |end, &(offset, size)| {
            assert_eq!(offset, end);
            end + size
        });
        assert!(end <= 1 << polynomial.variables);
    }
}

#[test]
fn remainders_follow_their_results_and_ranges_are_shared() {
    let checked = Checked::new(graph(&[&[3], &[5, 7]])).unwrap();
    let layout = Layout::new(&checked, Hidden::default()).unwrap();
    let witness = layout.witness.unwrap();
    let blocks: Vec<usize> = layout.lookup_nodes.iter().map(|node| node.block).collect();
    assert_eq!(blocks, [0, 2]);
    assert_eq!(witness.blocks.len(), 4);
    assert_eq!(witness.multiplicities.len(), 2);
    assert_eq!(witness.lookups.lookups(), 2 * (3 + 35));
}

#[test]
fn too_many_cells_are_refused() {
    let huge: &[u32] = &[(1 << 25) + 1];
    let checked = Checked::new(graph(&[huge])).unwrap();
    assert!(matches!(
        Layout::new(&checked, Hidden::default()),
        Err(Unprovable::TooManyCells { .. })
    ));
}

const HIDDEN: Hidden = Hidden {
    inputs: true,
    outputs: true,
};

#[test]
fn hidden_inputs_are_looked_up_in_their_ranges_and_committed_elsewhere() {
    let checked = Checked::new(graph(&[&[3], &[5, 7]])).unwrap();
    let layout = Layout::new(&checked, HIDDEN).unwrap();
    let witness = layout.witness.unwrap();
    assert_eq!(witness.blocks.len(), 4);
    assert_eq!(witness.lookups.segments().len(), 5);
    let last = witness.lookups.tables().last().unwrap();
    let range = LookupTable::Range { lo: 0, entries: 2 };
    assert_eq!((last.id, &last.table), (INPUT_IDS, &range));
    let inputs = layout.inputs.unwrap();
    assert_eq!(inputs.blocks.len(), 1);
    assert!(inputs.blocks.iter().all(|own| own.fits(inputs.variables)));
    let outputs = layout.outputs.unwrap();
    assert_eq!(outputs.blocks.len(), 2);
    assert!(outputs.blocks.iter().all(|own| own.fits(outputs.variables)));
}

#[test]
fn a_hidden_input_with_too_wide_a_range_is_refused_a_public_one_is_not() {
    let mut wide = graph(&[&[3]]);
    wide.inputs[0].range = Range {
        lo: 0,
        hi: i64::try_from(INPUT_RANGE_MAX).unwrap(),
    };
    let checked = Checked::new(wide).unwrap();
    assert!(Layout::new(&checked, Hidden::default()).is_ok());
    assert!(matches!(
        Layout::new(&checked, HIDDEN),
        Err(Unprovable::InputRange { index: 0, .. })
    ));
}

#[test]
fn no_two_tables_of_one_argument_share_a_number() {
    let ids = [
        u32::from(u16::MAX),
        REMAINDER_IDS,
        REMAINDER_IDS | u32::from(u8::MAX),
        WEIGHT_IDS,
        WEIGHT_IDS | u32::from(u8::MAX),
        INPUT_IDS,
    ];
    assert!(ids.is_sorted_by(|a, b| a < b));
}
