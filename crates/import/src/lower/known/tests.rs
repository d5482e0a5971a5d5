use super::OPERATORS;

#[test]
fn the_list_is_sorted_and_without_repetition() {
    assert!(OPERATORS.is_sorted_by(|a, b| a < b));
}
