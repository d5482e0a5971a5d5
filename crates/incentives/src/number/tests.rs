use super::*;

fn number(value: f64) -> Number {
    Number::from_bits((value * ONE as f64) as i128)
}

fn close(got: Number, expected: f64, error: f64) {
    let got = got.to_f64();
    assert!((got - expected).abs() <= error, "{got} {expected}");
}

#[test]
fn functions_are_near_their_exact_values() {
    for value in [1e-9, 0.001, 0.37, 0.999, 1.0, 1.5, 2.0, 17.3, 40_000.0] {
        let argument = number(value);
        let exact = argument.to_f64();
        close(argument.ln(), exact.ln(), 1e-12);
        close(argument.sqrt(), exact.sqrt(), 1e-11);
    }
    for value in [-30.0, -5.5, -1.0, -1e-6, 0.0, 0.5, 1.0, 9.7, 20.0] {
        let exact = number(value).to_f64().exp();
        close(number(value).exp(), exact, 1e-13 * exact + 1e-14);
    }
}

#[test]
fn functions_have_values_outside_of_their_domain() {
    assert_eq!(number(-1.0).ln(), Number::ZERO);
    assert_eq!(number(-1.0).sqrt(), Number::ZERO);
    assert_eq!(number(1e9).exp(), number(20.0).exp());
    assert_eq!(number(-1e9).exp().to_bits(), 0);
    assert_eq!(Number::ONE.over(Number::ZERO), Number::ZERO);
}

#[test]
fn products_and_quotients_are_floored() {
    assert_eq!(Number(-1).times(Number(1)), Number(-1));
    assert_eq!(Number(-1).over(Number::from_integer(2)), Number(-1));
}
