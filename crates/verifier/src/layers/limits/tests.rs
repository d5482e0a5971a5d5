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

/// Every accumulator has one quotient in its table and one remainder in its range, zero included, and no other
/// accumulator has the same: of residues, not only of integers.
#[test]
fn quotient_and_remainder_tell_every_residue_apart() {
    use crate::field::base_from_i64;
    use lilliput_graph::exec::round_shift;
    for (lo, hi, shift) in [(-300, 211, 3), (0, 40, 8), (-5, 0, 5), (-64, 63, 1)] {
        let half = 1i64 << shift >> 1;
        let mut seen = std::collections::HashMap::new();
        for value in lo..=hi {
            for remainder in 0..1i64 << shift {
                let accumulator = (value << shift) + remainder - half;
                assert_eq!(round_shift(accumulator, shift), (value, remainder));
                let residue = base_from_i64(accumulator);
                assert_eq!(seen.insert(residue, (value, remainder)), None);
            }
        }
        assert_eq!(seen.get(&base_from_i64(0)), Some(&(0, half)));
    }
    // The largest reach allowed is below half of the modulus, so that no two of its residues meet.
    assert!(2 * LOOKUP_REACH_MAX <= i64::from(crate::field::MODULUS) + (1 << 24));
    assert!(LOOKUP_REACH_MAX < i64::from(crate::field::MODULUS));
}

#[test]
fn a_table_and_a_shift_that_together_reach_around_the_modulus_are_refused() {
    let reaching = |half: i32, shift: u8| {
        let input = 1 << 10;
        graph(&[2], input, |draft, x| {
            let table = draft.push_table(Table::Clamp {
                lo: -half,
                hi: half - 1,
                out_lo: 0,
                out_hi: 1,
            });
            let table = table.unwrap();
            draft.push(Op::Lookup { x, shift, table }).unwrap()
        })
    };
    assert_eq!(check_provable(&reaching(1 << 16, 13)), Ok(()));
    for half in [(1 << 16) + 1, (1 << 17) - (1 << 11)] {
        assert_eq!(
            check_provable(&reaching(half, 13)),
            Err(Unprovable::Reach { node: 0 })
        );
    }
}

/// `1 - a b` of bits: all of logic, and the interval stays.
fn nand(draft: &mut Draft, a: TensorId, b: TensorId) -> TensorId {
    let product = draft.push(Op::Contract {
        a,
        b,
        a_axes: vec![0],
        b_axes: vec![0],
        out_axes: vec![0],
    });
    let terms = vec![(product.unwrap(), -1)];
    draft.push(Op::Sum { terms, constant: 1 }).unwrap()
}

fn xor(draft: &mut Draft, a: TensorId, b: TensorId) -> TensorId {
    let both = nand(draft, a, b);
    let (left, right) = (nand(draft, a, both), nand(draft, b, both));
    nand(draft, left, right)
}

/// Bits moved by some places.
fn rotated(draft: &mut Draft, x: TensorId, by: u32) -> TensorId {
    let length = draft.shape(x).0[0];
    let slice = |start, len| Op::Slice {
        x,
        axis: 0,
        start,
        step: 1,
        len,
    };
    let parts = vec![
        draft.push(slice(by, length - by)).unwrap(),
        draft.push(slice(0, by)).unwrap(),
    ];
    draft.push(Op::Concat { parts, axis: 0 }).unwrap()
}

/// One step of a hash of words of 32 bits: a word is rotated, added to another without carries, and mixed by an and.
fn hash_step(draft: &mut Draft, word: TensorId) -> TensorId {
    let turned = rotated(draft, word, 7);
    let mixed = xor(draft, word, turned);
    let further = rotated(draft, word, 12);
    let carried = nand(draft, word, further);
    xor(draft, mixed, carried)
}

/// A model against Fiat-Shamir would compute the transcript's hash inside of the argument, without committing to it:
/// already one mixing step of a hash has a degree beyond the rule, and BLAKE3 has 56 such steps for one block.
#[test]
fn a_graph_within_the_degree_rule_does_not_contain_a_hash() {
    let one_xor = graph(&[32], 1, |draft, x| {
        let turned = rotated(draft, x, 7);
        xor(draft, x, turned)
    });
    assert_eq!(check_provable(&one_xor), Ok(()));
    let two = graph(&[32], 1, |draft, x| {
        let turned = rotated(draft, x, 7);
        let once = xor(draft, x, turned);
        let turned = rotated(draft, once, 12);
        xor(draft, once, turned)
    });
    assert!(matches!(
        check_provable(&two),
        Err(Unprovable::TooDeep { .. })
    ));
    let step = graph(&[32], 1, hash_step);
    assert!(matches!(
        check_provable(&step),
        Err(Unprovable::TooDeep { .. })
    ));
}

/// With a lookup after every gate a hash can be computed; then each of its bits is committed before the first
/// challenge, and a prover that wanted to fit the transcript to it would have to find a fixed point of the hash.
#[test]
fn a_hash_with_lookups_is_committed_to_bit_by_bit() {
    let checked = graph(&[32], 1, |draft, x| {
        let table = draft.push_table(Table::Clamp {
            lo: 0,
            hi: 1,
            out_lo: 0,
            out_hi: 1,
        });
        let table = table.unwrap();
        let mut word = x;
        for by in [7, 12, 8, 16] {
            let turned = rotated(draft, word, by);
            let mixed = xor(draft, word, turned);
            word = draft
                .push(Op::Lookup {
                    x: mixed,
                    shift: 0,
                    table,
                })
                .unwrap();
        }
        word
    });
    let layout = crate::layout::Layout::new(&checked, crate::layout::Hidden::default()).unwrap();
    assert_eq!(layout.witness.unwrap().blocks.len(), 4);
}
