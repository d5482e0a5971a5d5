//! Weights, inputs and outputs that are not the committed or stated ones.

use lilliput_verifier::pcs::Codeword;
use p3_field::PrimeCharacteristicRing;

use super::*;
use crate::join::reference::valid_indices;

#[test]
fn a_run_with_other_weights_is_rejected() {
    let Case { mut key, inputs } = case();
    key.weights.0[0].values[4] -= 5;
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    for hidden in [INPUTS, ALL, NOTHING] {
        assert_joined(Cheat::new(&key, &trace, &inputs, hidden).finish());
    }
}

/// A run on `ran` under a statement about the input of the case.
fn other_input(hidden: Hidden) -> (Result<Verified, Rejection>, Vec<usize>) {
    let Case { key, inputs } = case();
    let other = [input([10, -9, -8])];
    let trace = execute(key.verifying.checked(), &key.weights, &other).expect("the model runs");
    Cheat::new(&key, &trace, &inputs, hidden).finish()
}

#[test]
fn a_run_on_another_input_is_rejected() {
    // A public input is evaluated, a hidden one is looked up and joined.
    assert_joined(other_input(NOTHING));
    for hidden in [INPUTS, ALL] {
        let (verdict, broken) = other_input(hidden);
        assert_eq!(verdict.unwrap_err(), CLAIMS);
        assert!(!broken.is_empty());
    }
}

/// A side whose cells were changed before they were committed to.
fn recommitted(side: &mut Side, change: impl FnOnce(&mut [F])) {
    let committed = side.committed.as_mut().expect("the side is hidden");
    let code = committed.code;
    let mut cells = committed.cells().to_vec();
    change(&mut cells);
    cells.extend(Randomness::new(&[8; 32], "ports").base(code.blinding * code.width()));
    let codeword = Codeword::new(&code, code.width(), &cells);
    *committed = Committed::from_parts(code, cells, codeword);
}

/// A run of the case with everything hidden, its ports changed; the statement names what is committed.
fn with_ports(
    change: impl FnOnce(&mut Side, &mut Side),
) -> (Result<Verified, Rejection>, Vec<usize>) {
    let Case { key, inputs } = case();
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    let mut cheat = Cheat::new(&key, &trace, &inputs, ALL);
    change(&mut cheat.inputs, &mut cheat.outputs);
    cheat.statement.inputs = cheat.inputs.port();
    cheat.statement.outputs = cheat.outputs.port();
    cheat.finish()
}

#[test]
fn a_hidden_input_or_output_committed_otherwise_than_computed_is_rejected() {
    assert_joined(with_ports(|inputs, _| {
        recommitted(inputs, |cells| cells[1] += F::ONE);
    }));
    assert_joined(with_ports(|_, outputs| {
        recommitted(outputs, |cells| cells[1] += F::ONE);
    }));
}

#[test]
fn padding_of_hidden_ports_hides_nothing() {
    // What is missing in a value can't be put into the padding beside it.
    for cell in 3..8 {
        assert_joined(with_ports(|inputs, _| {
            recommitted(inputs, |cells| {
                cells[2] -= F::ONE;
                cells[cell] += F::ONE;
            });
        }));
    }
    // Garbage in padding alone is never read.
    let (verdict, broken) = with_ports(|inputs, outputs| {
        for (side, axis) in [(inputs, 3), (outputs, 5)] {
            recommitted(side, |cells| {
                let valid = valid_indices(&[axis]);
                let all = cells.iter_mut().enumerate();
                all.filter(|(index, _)| !valid.contains(index))
                    .for_each(|(_, cell)| *cell = F::from_u32(12345));
            });
        }
    });
    assert!(verdict.is_ok() && broken.is_empty());
}

#[test]
fn a_hidden_input_out_of_its_range_is_rejected() {
    let Case { key, .. } = case();
    let honest = [input([10, -9, 8])];
    let trace = execute(key.verifying.checked(), &key.weights, &honest).expect("the model runs");
    // The same model for anything: its runs are those of the key's model on inputs that it doesn't allow.
    let wide = graph_with(steps(0), Range { lo: -12, hi: 12 });
    for value in [11, -11, 12] {
        let outside = [input([10, -9, value])];
        let run = execute(&wide, &key.weights, &outside).expect("the model runs");
        for hidden in [INPUTS, ALL] {
            let mut cheat = Cheat::of_runs(&key, [&trace, &run], &outside, hidden);
            let own = witness(&mut cheat.run);
            // All is true of the run but the count of the input's values.
            let other = Layout::new(&wide, hidden).expect("the graph can be proven");
            let true_run = Run::new(&wide, &other, &run).expect("all values are in their tables");
            let true_own = true_run.witness.expect("it looks up").looked_up;
            let tables = own.looked_up.multiplicities.len();
            own.looked_up.shifted = true_own.shifted;
            own.looked_up.results = true_own.results;
            own.looked_up.inputs = true_own.inputs;
            let counts = true_own.multiplicities.into_iter().take(tables - 1);
            own.looked_up.multiplicities.splice(..tables - 1, counts);
            commit_again(own);
            assert_unbalanced(cheat.finish());
        }
    }
}

#[test]
fn a_commitment_named_in_the_statement_and_another_one_opened_are_rejected() {
    let Case { key, inputs } = case();
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    // The same input under another seed, and another input.
    let own = Cheat::new(&key, &trace, &inputs, ALL);
    let layout = own.layout.inputs.as_ref();
    let sides = [
        Side::new(vec![vec![10, -9, 8]], layout, &[99; 32]),
        Side::new(vec![vec![10, -9, 7]], layout, &[1; 32]),
    ];
    for side in sides {
        let mut cheat = Cheat::new(&key, &trace, &inputs, ALL);
        assert_ne!(side.port(), cheat.statement.inputs);
        cheat.statement.inputs = side.port();
        let (verdict, _) = cheat.finish();
        assert_eq!(verdict.unwrap_err(), Rejection::Opening(OpeningError::Rows));
    }
    let mut cheat = Cheat::new(&key, &trace, &inputs, ALL);
    let own = &mut cheat.statement;
    std::mem::swap(&mut own.inputs, &mut own.outputs);
    let (verdict, _) = cheat.finish();
    assert_eq!(verdict.unwrap_err(), Rejection::Opening(OpeningError::Rows));
}

#[test]
fn input_and_output_opened_in_each_others_place_are_rejected() {
    let (verdict, _) = with_ports(std::mem::swap);
    assert!(verdict.is_err());
}

#[test]
fn a_run_under_another_seed_of_a_public_input_names_another_commitment() {
    let Case { key, inputs } = case();
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    let commitment = |seed| {
        let mut cheat = Cheat::new(&key, &trace, &inputs, NOTHING);
        cheat.statement.seed = seed;
        cheat.finish().0.expect("a true statement").input_commitment
    };
    assert_ne!(commitment([1; 32]), commitment([2; 32]));
}
