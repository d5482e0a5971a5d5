use super::*;

#[test]
fn every_size_of_commitment_leaves_room_for_three_openings() {
    for variables in pcs::VARIABLES_MIN..=crate::layout::CELL_VARIABLES_MAX {
        let opening = pcs::security(variables).unwrap();
        let three = opening.bits - 3f64.log2();
        assert!(three > f64::from(SECURITY_BITS_MIN), "{variables}: {three}");
    }
}

#[test]
fn bits_are_those_of_the_sum_of_errors() {
    let security = Security::new(vec![("a", 101.0), ("b", 101.0)]);
    assert!((security.bits - 100.0).abs() < 1e-9);
    assert!(security.suffices());
    let security = Security::new(vec![("a", 101.0), ("b", 100.9)]);
    assert!(!security.suffices());
}

#[test]
fn the_field_has_the_bits_it_is_counted_with() {
    let bits = f64::from(crate::field::MODULUS).log2() * 5.0;
    assert!(
        (CHALLENGE_BITS..CHALLENGE_BITS + 0.01).contains(&bits),
        "{bits}"
    );
}
