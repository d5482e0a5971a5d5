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
