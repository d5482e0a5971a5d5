use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{Input, Output, Post, Scale, Shape, Table};

use super::*;

const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

/// A graph over one input, of the node that `build` ends with.
fn graph(shape: &[u32], hi: i64, build: impl FnOnce(&mut Draft, TensorId) -> TensorId) -> Checked {
    let input = Input {
        name: "x".into(),
        shape: Shape(shape.to_vec()),
        range: Range { lo: 0, hi },
        scale: UNIT,
        zero: 0,
    };
    let mut draft = Draft::new(vec![input], Vec::new());
    let tensor = build(&mut draft, TensorId(0));
    let shape = draft.shape(tensor).clone();
    draft.push_output(Output {
        name: "y".into(),
        tensor,
        scale: UNIT,
        shape,
        post: Post::None,
    });
    Checked::new(draft.into_graph()).unwrap()
}

/// `1 - x * x` on {0, 1}: the interval stays, whatever the number of repetitions.
fn negated_and(draft: &mut Draft, x: TensorId) -> TensorId {
    let product = draft.push(Op::Contract {
        a: x,
        b: x,
        a_axes: vec![0],
        b_axes: vec![0],
        out_axes: vec![0],
    });
    let terms = vec![(product.unwrap(), -1)];
    draft.push(Op::Sum { terms, constant: 1 }).unwrap()
}

fn gates(count: usize, lookup: bool) -> Checked {
    graph(&[4], 1, |draft, x| {
        (0..count).fold(x, |x, _| {
            let gate = negated_and(draft, x);
            if !lookup {
                return gate;
            }
            let table = draft
                .push_table(Table::Clamp {
                    lo: 0,
                    hi: 1,
                    out_lo: 0,
                    out_hi: 1,
                })
                .unwrap();
            let shift = 0;
            draft
                .push(Op::Lookup {
                    x: gate,
                    shift,
                    table,
                })
                .unwrap()
        })
    })
}

#[test]
fn boolean_circuits_without_lookups_are_refused() {
    assert_eq!(check_provable(&gates(3, false)), Ok(()));
    let refused = check_provable(&gates(4, false));
    assert_eq!(refused, Err(Unprovable::TooDeep { node: 6, got: 16 }));
}

#[test]
fn lookups_make_a_circuit_shallow_again() {
    assert_eq!(check_provable(&gates(100, true)), Ok(()));
}

#[test]
fn a_reshape_that_moves_bits_only_is_free_however_large() {
    let free = graph(&[3, 1 << 20], 1, |draft, x| {
        let shape = Shape(vec![3 << 10, 1 << 10]);
        draft.push(Op::Reshape { x, shape }).unwrap()
    });
    assert_eq!(check_provable(&free), Ok(()));
}

#[test]
fn a_reshape_that_the_verifier_would_have_to_walk_through_is_refused() {
    let costly = graph(&[1 << 20, 3], 1, |draft, x| {
        let shape = Shape(vec![3, 1 << 20]);
        draft.push(Op::Reshape { x, shape }).unwrap()
    });
    assert!(matches!(
        check_provable(&costly),
        Err(Unprovable::TooCostly { node: 0, .. })
    ));
}

#[test]
fn runs_of_a_reshape_are_as_short_as_can_be() {
    let check = |x: &[u32], result: &[u32], expected: &[(usize, usize, bool)]| {
        let runs: Vec<_> = runs(x, result)
            .into_iter()
            .map(|run| (run.of_x.len(), run.of_result.len(), run.free))
            .collect();
        assert_eq!(runs, expected, "{x:?} to {result:?}");
    };
    check(&[16, 5, 5], &[400], &[(3, 1, false)]);
    check(&[6, 16], &[96], &[(2, 1, true)]);
    check(&[3, 5, 4], &[3, 20], &[(1, 1, true), (2, 1, true)]);
    check(&[3, 4, 5], &[3, 20], &[(1, 1, true), (2, 1, false)]);
    check(&[1, 3, 1], &[3], &[(3, 1, true)]);
    check(&[], &[1, 1], &[]);
}
