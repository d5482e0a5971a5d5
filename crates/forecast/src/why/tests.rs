use super::{Swing, bridge, indices, seek, tornado};
use crate::document::read_scenarios;
use crate::error::ForecastError;
use crate::sample::Options;
use crate::scenario::{OutputKey, Scenario, Year};
use crate::study::study;

const SEVEN: &str = include_str!("../../../../examples/forecast/seven-uncertain-inputs.toml");

fn scenario(text: &str) -> Scenario {
    read_scenarios("own.toml", text, study())
        .unwrap_or_else(|problems| panic!("{problems}"))
        .remove(0)
}

fn year() -> Year {
    Year::new(2030).unwrap()
}

#[test]
fn a_tornado_moves_each_input_in_proportion() {
    let result = tornado(&study()[1], &OutputKey::Total, year(), None).unwrap();
    assert_eq!(result.swing, Swing::Relative(0.1));
    assert_eq!(result.bars.len(), 11);
    let adoption = result
        .bars
        .iter()
        .find(|bar| bar.input == "adoption")
        .unwrap();
    assert!((adoption.high_output / result.centre - 1.1).abs() < 1e-12);
    assert!(
        result
            .bars
            .windows(2)
            .all(|pair| pair[0].width() >= pair[1].width())
    );
}

#[test]
fn a_tornado_of_uncertain_inputs_shows_those_alone() {
    let result = tornado(&scenario(SEVEN), &OutputKey::Total, year(), None).unwrap();
    assert_eq!((result.swing, result.bars.len()), (Swing::Quantiles, 7));
    assert!(
        result
            .bars
            .iter()
            .all(|bar| bar.low_output < result.centre && result.centre < bar.high_output)
    );
}

/// For a product of independent lognormals the indices are known: with s_i the variances of the logarithms,
/// S_i = (e^{s_i} - 1) / (e^{sum s} - 1) and T_i = (1 - e^{-s_i}) / (1 - e^{-sum s}).
#[test]
fn indices_of_a_product_of_lognormals_are_exact_within_their_errors() {
    let text = "[scenario.x]\nproductivity_tam = \"4000 to 8000\"\nadoption = { lognormal = { p5 = 0.01, p95 = 0.03 } }\n\
        value_capture = \"0.02 to 0.03\"\n";
    let z = 3.289_707_253_902_945;
    let variance = |low: f64, high: f64| ((high / low).ln() / z).powi(2);
    let expected = [
        ("adoption", variance(0.01, 0.03)),
        ("productivity_tam", variance(4e3, 8e3)),
        ("value_capture", variance(0.02, 0.03)),
    ];
    let sum: f64 = expected.iter().map(|(_, variance)| variance).sum();
    let options = Options {
        draws: 1 << 16,
        ..Options::default()
    };
    let result = indices(&scenario(text), &OutputKey::AiSpend, &options).unwrap();
    assert_eq!(result.evaluations, 5 << 16);
    for (index, (name, variance)) in result.indices.iter().zip(expected) {
        assert_eq!(index.input, name);
        let first = (variance.exp() - 1.0) / (sum.exp() - 1.0);
        let total = (1.0 - (-variance).exp()) / (1.0 - (-sum).exp());
        for (estimate, exact) in [(index.first_order, first), (index.total, total)] {
            let limit = 4.0 * estimate.standard_error + 1e-4;
            assert!(
                (estimate.value - exact).abs() < limit && limit < 0.01,
                "{name}: {estimate:?}, exactly {exact}"
            );
        }
    }
}

#[test]
fn indices_refuse_correlated_inputs_and_certainty() {
    let text = "[scenario.x]\nadoption = \"0.1 to 0.3\"\nvalue_capture = \"0.1 to 0.3\"\n[[scenario.x.correlation]]\nbetween = [\"adoption\", \"value_capture\"]\nrank = 0.6\n";
    let refused = indices(&scenario(text), &OutputKey::Total, &Options::default());
    assert!(matches!(
        refused,
        Err(ForecastError::CorrelatedIndices { .. })
    ));
    let refused = indices(&study()[0], &OutputKey::Total, &Options::default());
    assert!(matches!(
        refused,
        Err(ForecastError::NothingUncertain { .. })
    ));
}

#[test]
fn a_bridge_leads_from_one_total_to_the_other_in_any_order() {
    let [_, base, bull] = study() else { panic!() };
    let result = bridge(base, bull, &OutputKey::Total, year(), &[]).unwrap();
    let names: Vec<&str> = result
        .steps
        .iter()
        .map(|step| step.input.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "productivity_tam",
            "adoption",
            "value_capture",
            "crypto_share"
        ]
    );
    assert!((result.start - 10.168).abs() < 1e-3 && (result.end - 51.617).abs() < 1e-3);
    let sum = |of: fn(&super::BridgeStep) -> f64| {
        result.steps.iter().map(of).sum::<f64>() + result.start - result.end
    };
    assert!(sum(|step| step.change).abs() < 1e-9);
    assert!(sum(|step| step.change_in_any_order).abs() < 1e-9);

    let other = bridge(
        base,
        bull,
        &OutputKey::Total,
        year(),
        &["crypto_share".to_owned()],
    )
    .unwrap();
    assert_eq!(other.steps[0].input, "crypto_share");
    assert!((other.steps[0].change - 0.5 * other.start).abs() < 1e-9);
    assert!(
        (other.steps[0].change_in_any_order - result.steps[3].change_in_any_order).abs() < 1e-9
    );
    assert!(
        bridge(
            base,
            bull,
            &OutputKey::Total,
            year(),
            &["nonsense".to_owned()]
        )
        .is_err()
    );
}

#[test]
fn seeking_finds_the_input_that_reaches_the_target() {
    let base = &study()[1];
    let output = OutputKey::parse("crypto_revenue.iaas").unwrap();
    let found = seek(base, "crypto_share.iaas", &output, 5.0, year()).unwrap();
    let iaas = 5_850.8 * 0.33 * 0.13 * 0.189;
    assert!((found.value - 5.0 / iaas).abs() < 1e-12);
    let found = seek(base, "hyperscaler_share", &output, 3.0, year()).unwrap();
    assert!((found.value - (1.0 - 3.0 / iaas / 0.2)).abs() < 1e-9);
}

#[test]
fn seeking_says_when_no_value_will_do() {
    let base = &study()[1];
    let refused = seek(base, "crypto_share.iaas", &OutputKey::Total, 5.0, year());
    assert!(matches!(refused, Err(ForecastError::Unreachable { .. })));
    let refused = seek(base, "crypto_share.iass", &OutputKey::Total, 5.0, year());
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("did you mean `crypto_share.iaas`")
    );
}
