//! Cheating provers: each commits to something false and goes on honestly from there.

use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{
    Checked, Input, Op, Output, Post, Scale, Shape, Table, TensorId, WeightSpec, Weights,
};
use lilliput_verifier::field::F;
use lilliput_verifier::logup::LogUpError;
use lilliput_verifier::{Rejection, Verified, verify};
use p3_field::PrimeCharacteristicRing;

use super::*;
use crate::join::reference::valid_indices;
use crate::setup::setup;

const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

/// `table[(w . x + 4) >> 3]` for each of five rows, with three columns: every axis has padding.
fn graph(table: Table) -> Checked {
    let input = Input {
        name: "x".into(),
        shape: Shape(vec![3]),
        range: Range { lo: -10, hi: 10 },
        scale: UNIT,
        zero: 0,
    };
    let weight = WeightSpec {
        shape: Shape(vec![5, 3]),
        bits: 4,
    };
    let mut draft = Draft::new(vec![input], vec![weight]);
    let table = draft.push_table(table).expect("the table holds");
    let product = draft.push(Op::Contract {
        a: TensorId(1),
        b: TensorId(0),
        a_axes: vec![0, 1],
        b_axes: vec![1],
        out_axes: vec![0],
    });
    let looked_up = draft.push(Op::Lookup {
        x: product.expect("the product holds"),
        shift: 3,
        table,
    });
    draft.push_output(Output {
        name: "y".into(),
        tensor: looked_up.expect("the lookup holds"),
        scale: UNIT,
        shape: Shape(vec![5]),
        post: Post::None,
    });
    Checked::new(draft.into_graph()).expect("the graph holds")
}

/// Two results only, so that neighbours mostly agree.
fn steps(threshold: i32) -> Table {
    let values = (-30..=30).map(|x| i32::from(x > threshold)).collect();
    Table::Values { lo: -30, values }
}

struct Case {
    key: ProvingKey,
    inputs: Vec<Tensor>,
}

fn case() -> Case {
    let weights = Tensor {
        shape: Shape(vec![5, 3]),
        values: vec![1, -2, 3, 4, 5, -6, 7, -8, 7, 6, -5, 4, 3, 2, 1],
    };
    let (key, _) = setup(&graph(steps(0)), Weights(vec![weights])).expect("keys are made");
    let inputs = vec![Tensor {
        shape: Shape(vec![3]),
        values: vec![10, -9, 8],
    }];
    Case { key, inputs }
}

fn statement(trace: &Trace<'_>, inputs: &[Tensor]) -> Statement {
    Statement {
        context: Context::OFFLINE,
        salt: [1; 32],
        inputs: ports(inputs.iter()).expect("inputs are small"),
        outputs: ports(trace.outputs()).expect("outputs are small"),
    }
}

/// The run, changed by `cheat`, proven and checked.
fn check(cheat: impl FnOnce(&mut Run<'_>)) -> Result<Verified, Rejection> {
    let Case { key, inputs } = case();
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    let mut run = Run::new(&key, &trace).expect("all values are in their tables");
    cheat(&mut run);
    let proof = argue::<Fast>(&key, statement(&trace, &inputs), run).expect("a proof is made");
    verify(&key.verifying, &Context::OFFLINE, &proof)
}

/// Commits again after values or counts were changed.
fn commit_again(witness: &mut Cells<'_>) {
    let key = case().key;
    let polynomial = key
        .verifying
        .layout()
        .witness
        .as_ref()
        .expect("it looks up");
    witness.cells = cells(
        polynomial,
        &witness.looked_up.committed(),
        &witness.looked_up.multiplicities,
    );
}

fn witness<'a, 'b>(run: &'a mut Run<'b>) -> &'a mut Cells<'b> {
    run.witness.as_mut().expect("it looks up")
}

const UNBALANCED: Rejection = Rejection::Lookups(LogUpError::Unbalanced);

#[test]
fn an_honest_run_is_accepted() {
    assert!(check(|_| ()).is_ok());
}

#[test]
fn garbage_in_the_padding_changes_nothing() {
    let verified = check(|run| {
        let key = case().key;
        let polynomial = key
            .verifying
            .layout()
            .witness
            .as_ref()
            .expect("it looks up");
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
    let honest = check(|_| ()).expect("the honest run is accepted");
    let verified = verified.expect("padding is never read");
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
    assert_eq!(result.unwrap_err(), UNBALANCED);
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
    assert_eq!(result.unwrap_err(), UNBALANCED);
}

#[test]
fn a_wrong_multiplicity_is_rejected() {
    let result = check(|run| {
        let witness = witness(run);
        witness.looked_up.multiplicities[0][30] += 1;
        commit_again(witness);
    });
    assert_eq!(result.unwrap_err(), UNBALANCED);
}

#[test]
fn a_multiplicity_that_is_committed_otherwise_than_argued_is_rejected() {
    let result = check(|run| witness(run).looked_up.multiplicities[0][30] += 1);
    assert_eq!(result.unwrap_err(), UNBALANCED);
}

#[test]
fn results_of_another_table_are_rejected() {
    let Case { key, inputs } = case();
    let other = graph(steps(3));
    let trace = execute(&other, &key.weights, &inputs).expect("the model runs");
    let honest = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    assert!(trace.outputs().zip(honest.outputs()).any(|(a, b)| a != b));
    let mut run = Run::new(&key, &honest).expect("all values are in their tables");
    run.trace = &trace;
    let witness = witness(&mut run);
    witness.looked_up.results = vec![trace.tensor(TensorId(3))];
    commit_again(witness);
    let proof = argue::<Fast>(&key, statement(&trace, &inputs), run).expect("a proof is made");
    let result = verify(&key.verifying, &Context::OFFLINE, &proof);
    assert_eq!(result.unwrap_err(), UNBALANCED);
}

#[test]
fn a_run_with_other_weights_is_rejected() {
    let Case { mut key, inputs } = case();
    key.weights.0[0].values[4] -= 5;
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    let run = Run::new(&key, &trace).expect("all values are in their tables");
    let proof = argue::<Fast>(&key, statement(&trace, &inputs), run).expect("a proof is made");
    let result = verify(&key.verifying, &Context::OFFLINE, &proof);
    let rejection = result.unwrap_err();
    assert!(
        matches!(
            rejection,
            Rejection::Settle {
                what: "weights",
                ..
            }
        ),
        "{rejection}"
    );
}

#[test]
fn a_run_on_another_input_is_rejected() {
    let Case { key, inputs } = case();
    let mut other = inputs.clone();
    other[0].values[2] = -8;
    let trace = execute(key.verifying.checked(), &key.weights, &other).expect("the model runs");
    let run = Run::new(&key, &trace).expect("all values are in their tables");
    let proof = argue::<Fast>(&key, statement(&trace, &inputs), run).expect("a proof is made");
    let result = verify(&key.verifying, &Context::OFFLINE, &proof);
    assert_eq!(result.unwrap_err(), Rejection::Input { index: 0 });
}

#[test]
fn a_witness_committed_otherwise_than_argued_is_rejected() {
    let result = check(|run| {
        // The first block holds results or remainders: its first cell is read.
        witness(run).cells[0] += F::ONE;
    });
    let rejection = result.unwrap_err();
    assert!(
        matches!(
            rejection,
            Rejection::Settle {
                what: "witness",
                ..
            }
        ),
        "{rejection}"
    );
}
