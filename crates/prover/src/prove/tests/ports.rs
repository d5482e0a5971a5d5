//! Weights, inputs and outputs that are not the committed or stated ones.

use super::*;

#[test]
fn a_run_with_other_weights_is_rejected() {
    let Case { mut key, inputs } = case();
    key.weights.0[0].values[4] -= 5;
    let trace = execute(key.verifying.checked(), &key.weights, &inputs).expect("the model runs");
    for hidden in [INPUTS, ALL, NOTHING] {
        assert_joined(Cheat::new(&key, &trace, &inputs, hidden).finish());
    }
}

/// A run on one input under a statement about another.
fn other_input(hidden: Hidden) -> (Result<Verified, Rejection>, Vec<usize>) {
    let Case { key, inputs } = case();
    let mut other = inputs.clone();
    other[0].values[2] = -8;
    let trace = execute(key.verifying.checked(), &key.weights, &other).expect("the model runs");
    Cheat::new(&key, &trace, &inputs, hidden).finish()
}

#[test]
fn a_run_on_another_input_is_rejected() {
    assert_joined(other_input(NOTHING));
}
