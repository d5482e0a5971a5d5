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
    let layout = Layout::new(&checked).unwrap();
    for polynomial in [layout.weights.unwrap(), layout.witness.unwrap()] {
        let all = polynomial.blocks.iter().chain(&polynomial.multiplicities);
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
    let layout = Layout::new(&checked).unwrap();
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
        Layout::new(&checked),
        Err(Unprovable::TooManyCells { .. })
    ));
}
