use super::{Formula, FormulaError, parse_formula};

fn value(formula: &Formula) -> f64 {
    match formula {
        Formula::Number(number) => *number,
        Formula::Name(_) => f64::NAN,
        Formula::Unary(operator, inner) => operator.apply(value(inner)),
        Formula::Binary(operator, left, right) => operator.apply(value(left), value(right)),
    }
}

fn check(text: &str, expected: f64) {
    let got = value(&parse_formula(text).unwrap());
    assert!(
        (got - expected).abs() < 1e-12,
        "{text}: {got}, expected {expected}"
    );
}

#[test]
fn operators_bind_as_in_arithmetic() {
    check("1 + 2 * 3", 7.0);
    check("(1 + 2) * 3", 9.0);
    check("8 - 3 - 2", 3.0);
    check("2 ^ 3 ^ 2", 512.0);
    check("-2 ^ 2", -4.0);
    check("2 * -3 + 1", -5.0);
    check("100 / 4 / 5", 5.0);
}

#[test]
fn functions_and_percentages_are_understood() {
    check("round(58.75 / 660, 3)", 0.089);
    check("20% * (1 - 80%)", 0.04);
    check("mean(1.71%, 4.3%, 5.57%)", 0.0386);
    check("min(3, 1, 2) + max(3, 1, 2)", 4.0);
    check("ln(exp(2)) + sqrt(9)", 5.0);
}

#[test]
fn wrong_formulas_are_refused() {
    for text in [
        "",
        "1 +",
        "1 2",
        "(1",
        "f(1)",
        "round(1)",
        "round(1, x)",
        "1 ? 2",
        "1..2",
        "exp(1, 2)",
    ] {
        assert!(parse_formula(text).is_err(), "{text}");
    }
}

#[test]
fn a_deep_formula_is_refused_and_does_not_exhaust_the_stack() {
    assert_eq!(parse_formula(&"(".repeat(300)), Err(FormulaError::TooDeep));
    assert_eq!(parse_formula(&"-".repeat(300)), Err(FormulaError::TooDeep));
    assert_eq!(parse_formula(&"1+".repeat(900)), Err(FormulaError::TooLong));
}

#[test]
fn a_long_flat_formula_is_fine() {
    let text = vec!["1"; 200].join("+");
    check(&text, 200.0);
}
