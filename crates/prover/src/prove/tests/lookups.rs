//! Lookups: remainders, wrap-around, zero, multiplicities, tables, padding.

use p3_field::PrimeCharacteristicRing;

use super::*;
use crate::join::reference::valid_indices;

#[test]
fn garbage_in_the_padding_changes_nothing() {
    let (verdict, broken) = check(|run| {
        let polynomial = polynomial(&case().key);
        let witness = witness(run);
        let mut used = vec![false; witness.cells.len()];
        for block in polynomial.blocks.iter().chain(&polynomial.multiplicities) {
            for index in valid_indices(&block.axes) {
                used[block.offset as usize + index] = true;
            }
        }
        assert!(used.contains(&false));
        for (cell, used) in witness.cells.iter_mut().zip(used) {
            if !used {
                *cell = F::from_u32(12345);
            }
        }
    });
    assert!(broken.is_empty());
    let honest = check(|_| ()).0.expect("the honest run is accepted");
    let verified = verdict.expect("padding is never read");
    assert_eq!(verified.outputs, honest.outputs);
}

#[test]
fn a_remainder_out_of_range_is_rejected() {
    let result = check(|run| {
        let witness = witness(run);
        // Still 8 v + r, but the remainder is below zero; the result stays that of the next value.
        witness.looked_up.shifted[0].values[0] += 1;
        witness.looked_up.shifted[0].remainders[0] -= 8;
        commit_again(witness);
    });
    assert_unbalanced(result);
}

#[test]
fn a_wrapped_shift_is_rejected() {
    let result = check(|run| {
        let witness = witness(run);
        // The same residue from another integer: p / 8 more, remainder p % 8 less.
        let modulus = i64::from(lilliput_verifier::field::MODULUS);
        witness.looked_up.shifted[0].values[0] += modulus >> 3;
        witness.looked_up.shifted[0].remainders[0] += modulus & 7;
        commit_again(witness);
    });
    assert_unbalanced(result);
}

#[test]
fn a_wrong_multiplicity_is_rejected() {
    let result = check(|run| {
        let witness = witness(run);
        witness.looked_up.multiplicities[0][30] += 1;
        commit_again(witness);
    });
    assert_unbalanced(result);
}

#[test]
fn a_multiplicity_that_is_committed_otherwise_than_argued_is_rejected() {
    let (verdict, broken) = check(|run| witness(run).looked_up.multiplicities[0][30] += 1);
    assert_eq!(verdict.unwrap_err(), CLAIMS);
    // Neither do the fractions sum to zero, nor are these the multiplicities that are committed.
    assert!(broken.len() == 2 && broken[0] == 0, "{broken:?}");
}

#[test]
fn results_of_another_table_are_rejected() {
    let Case { key, inputs } = case();
    let other = graph(steps(3));
    let trace = execute(&other, &key.weights, &inputs).expect("the model runs");
    let honest = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    assert!(trace.outputs().zip(honest.outputs()).any(|(a, b)| a != b));
    let mut cheat = Cheat::of_runs(&key, [&honest, &trace], &inputs, INPUTS);
    let own = witness(&mut cheat.run);
    own.looked_up.results = vec![trace.tensor(TensorId(3))];
    commit_again(own);
    assert_unbalanced(cheat.finish());
}

#[test]
fn a_witness_committed_otherwise_than_argued_is_rejected() {
    // The first block holds results or remainders: its first cell is read.
    assert_joined(check(|run| witness(run).cells[0] += F::ONE));
}

#[test]
fn a_quotient_that_is_one_too_small_is_rejected() {
    let result = check(|run| {
        let witness = witness(run);
        // Rounded down one step too far: the remainder is as large as the unit or larger.
        witness.looked_up.shifted[0].values[1] -= 1;
        witness.looked_up.shifted[0].remainders[1] += 8;
        commit_again(witness);
    });
    assert_unbalanced(result);
}

#[test]
fn zero_with_another_remainder_is_rejected() {
    // An accumulator that rounds to zero: -1 and a unit more would be the same residue.
    let key = case().key;
    let inputs = [input([0; 3])];
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    for (value, remainder) in [(-1, 8), (1, -8)] {
        let mut cheat = Cheat::new(&key, &trace, &inputs, INPUTS);
        let own = witness(&mut cheat.run);
        let shifted = &mut own.looked_up.shifted[0];
        assert_eq!(shifted.values, [0; 5]);
        shifted.values[3] += value;
        shifted.remainders[3] += remainder;
        commit_again(own);
        assert_unbalanced(cheat.finish());
    }
}

#[test]
fn multiplicities_moved_to_another_entry_are_rejected() {
    let result = check(|run| {
        let witness = witness(run);
        let counts = &mut witness.looked_up.multiplicities[0];
        let used = counts.iter().position(|&count| count > 0);
        let used = used.expect("something is looked up");
        counts[used] -= 1;
        counts[used ^ 1] += 1;
        commit_again(witness);
    });
    assert_unbalanced(result);
}

#[test]
fn a_multiplicity_below_zero_is_rejected() {
    let result = check(|run| {
        let witness = witness(run);
        // The residue of -1 for an entry that nothing uses, one more for another: the sum of counts agrees.
        let counts = &mut witness.looked_up.multiplicities[0];
        let unused = counts.iter().position(|&count| count == 0);
        let used = counts.iter().position(|&count| count > 0);
        counts[unused.expect("an entry without use")] = lilliput_verifier::field::MODULUS - 1;
        counts[used.expect("something is looked up")] += 1;
        commit_again(witness);
    });
    assert_unbalanced(result);
}

/// Two layers whose values have one shape: `h = table[(v . x + 4) >> 3]`, `y = table[(w . h + 4) >> 3]`.
fn two_layers() -> (ProvingKey, Vec<Tensor>) {
    let input = Input {
        name: "x".into(),
        shape: Shape(vec![5]),
        range: Range { lo: -10, hi: 10 },
        scale: UNIT,
        zero: 0,
    };
    let weight = WeightSpec {
        shape: Shape(vec![5, 5]),
        bits: 5,
    };
    let mut draft = Draft::new(vec![input], vec![weight.clone(), weight]);
    let values = (-100..=100).map(|x: i32| x.rem_euclid(11) - 5).collect();
    let table = Table::Values { lo: -100, values };
    let table = draft.push_table(table).expect("the table holds");
    let mut x = TensorId(0);
    for w in [1, 2].map(TensorId) {
        let product = draft.push(Op::Contract {
            a: w,
            b: x,
            a_axes: vec![0, 1],
            b_axes: vec![1],
            out_axes: vec![0],
        });
        let looked_up = draft.push(Op::Lookup {
            x: product.expect("the product holds"),
            shift: 3,
            table,
        });
        x = looked_up.expect("the lookup holds");
    }
    draft.push_output(Output {
        name: "y".into(),
        tensor: x,
        scale: UNIT,
        shape: Shape(vec![5]),
        post: Post::None,
    });
    let graph = Checked::new(draft.into_graph()).expect("the graph holds");
    let tensor = |shape: &[u32], values: Vec<i64>| Tensor {
        shape: Shape(shape.to_vec()),
        values,
    };
    let weights = Weights(vec![
        tensor(&[5, 5], (0..25).map(|i| i * 7 % 16 - 8).collect()),
        tensor(&[5, 5], (0..25).map(|i| i * 11 % 32 - 16).collect()),
    ]);
    let (key, _) = setup(&graph, weights, &Hiding::None).expect("keys are made");
    (key, vec![tensor(&[5], vec![10, -9, 8, 3, -1])])
}

#[test]
fn claims_swapped_between_layers_are_rejected() {
    let (key, inputs) = two_layers();
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    let cheat = || {
        let mut cheat = Cheat::new(&key, &trace, &inputs, INPUTS);
        cheat.statement.opening = 0;
        cheat
    };
    assert!(cheat().finish().0.is_ok());
    let polynomial = polynomial(&key);
    // Results of the two layers in each other's place: as argued, as committed, as both.
    for (argued, committed) in [(true, false), (false, true), (true, true)] {
        let mut cheat = cheat();
        let own = witness(&mut cheat.run);
        own.looked_up.results.swap(0, 1);
        if committed {
            let counts = &own.looked_up.multiplicities;
            own.cells = cells(&polynomial, &own.looked_up.committed(), counts);
        }
        if !argued {
            own.looked_up.results.swap(0, 1);
        }
        let (verdict, broken) = cheat.finish();
        assert_eq!(verdict.unwrap_err(), CLAIMS, "{argued} {committed}");
        assert!(!broken.is_empty());
    }
    // Operands in each other's place don't even get through the prover's own walk.
    let mut cheat = cheat();
    witness(&mut cheat.run).looked_up.shifted.swap(0, 1);
    let refused = cheat.argument().argue::<Fast>(&[3; 32]).unwrap_err();
    let mismatch = matches!(refused, ProveError::Layers(LayerError::Mismatch { .. }));
    assert!(mismatch, "{refused}");
}

#[test]
fn weights_of_one_layer_used_in_another_are_rejected() {
    let (mut key, inputs) = two_layers();
    key.weights.0.swap(0, 1);
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    let mut cheat = Cheat::new(&key, &trace, &inputs, INPUTS);
    cheat.statement.opening = 0;
    assert_joined(cheat.finish());
}
