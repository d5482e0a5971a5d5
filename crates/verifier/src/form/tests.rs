use p3_field::PrimeCharacteristicRing;

use super::Form;
use crate::field::EF;

#[test]
fn forms_compute_as_the_values_they_stand_for() {
    let messages = [EF::from_u32(3), EF::from_u32(5)];
    let lookup = |index: usize| messages[index];
    let (a, b) = (Form::message(0), Form::message(1));
    let two = EF::TWO;
    let form = (a.clone() * two + b - a) * EF::from_u32(7) - EF::ONE;
    assert_eq!(form.evaluate(lookup), EF::from_u32(7 * 8 - 1));
    let mut dense = vec![EF::ZERO; 2];
    form.add_to(two, &mut dense);
    assert_eq!(dense, [EF::from_u32(14), EF::from_u32(14)]);
}
