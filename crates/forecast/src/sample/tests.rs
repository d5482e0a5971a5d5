use super::{Options, Sampling, run};
use crate::distribution::Distribution;
use crate::document::read_scenarios;
use crate::scenario::{InputKey, OutputKey, Scenario};
use crate::study::study;

fn scenario(text: &str) -> Scenario {
    read_scenarios("own.toml", text, study())
        .unwrap_or_else(|problems| panic!("{problems}"))
        .remove(0)
}

const SEVEN: &str = include_str!("../../../../examples/forecast/seven-uncertain-inputs.toml");

fn options(draws: u64) -> Options {
    Options {
        draws,
        ..Options::default()
    }
}

#[test]
fn a_run_repeats_bit_by_bit_on_any_number_of_threads() {
    let scenario = scenario(SEVEN);
    let draw = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| run(&scenario, &[OutputKey::Total], &options(100_003)).unwrap())
    };
    assert_eq!(draw(1), draw(3));
    assert_ne!(
        draw(1),
        run(
            &scenario,
            &[OutputKey::Total],
            &Options {
                seed: 2,
                ..options(100_003)
            }
        )
        .unwrap()
    );
}

/// A product of lognormal inputs is lognormal: its quantiles and mean are known exactly.
#[test]
fn a_product_of_lognormals_has_its_exact_quantiles() {
    let text = "[scenario.x]\nproductivity_tam = \"4000 to 8000\"\nadoption = { lognormal = { p5 = 0.01, p95 = 0.03 } }\n\
        value_capture = \"0.02 to 0.05\"\n";
    let scenario = scenario(text);
    let (mut log_mean, mut log_variance) = (0.0, 0.0);
    for name in ["productivity_tam", "adoption", "value_capture"] {
        let Some(crate::scenario::Definition::Distribution(distribution)) =
            scenario.lookup(name).map(|input| input.definition.clone())
        else {
            panic!("{name}");
        };
        let (p16, p84) = (
            distribution.quantile(0.158_655_253_931_457_05),
            distribution.quantile(0.841_344_746_068_543),
        );
        log_mean += (p16.ln() + p84.ln()) / 2.0;
        log_variance += ((p84.ln() - p16.ln()) / 2.0).powi(2);
    }
    let exact = Distribution::Lognormal {
        log_mean,
        log_deviation: log_variance.sqrt(),
    };
    let result = run(&scenario, &[OutputKey::AiSpend], &options(1 << 20)).unwrap();
    let output = &result.outputs[0];
    for (name, p) in [("p5", 0.05), ("p50", 0.5), ("p95", 0.95)] {
        let (got, expected) = (output.quantile(name).unwrap().value, exact.quantile(p));
        assert!(
            (got / expected - 1.0).abs() < 3e-4,
            "{name}: {got}, exactly {expected}"
        );
    }
    let mean = (log_mean + log_variance / 2.0).exp();
    assert!(
        (output.mean.value / mean - 1.0).abs() < 1e-5,
        "{} {mean}",
        output.mean.value
    );
}

#[test]
fn the_error_of_the_mean_is_as_large_as_it_says() {
    let scenario = scenario(SEVEN);
    let mean = |seed, draws| {
        run(
            &scenario,
            &[OutputKey::Total],
            &Options {
                seed,
                ..options(draws)
            },
        )
        .unwrap()
        .outputs[0]
            .mean
    };
    let truth = mean(99, 1 << 22).value;
    let errors: Vec<f64> = (0..40)
        .map(|seed| mean(seed, 1 << 12))
        .map(|estimate| (estimate.value - truth) / estimate.standard_error)
        .collect();
    let within_two = errors.iter().filter(|error| error.abs() < 2.0).count();
    assert!(
        (34..=40).contains(&within_two),
        "{within_two} of 40: {errors:?}"
    );
}

#[test]
fn sobol_points_are_far_more_exact_than_random_ones() {
    let scenario = scenario(SEVEN);
    let error = |sampling| {
        run(
            &scenario,
            &[OutputKey::Total],
            &Options {
                sampling,
                ..options(1 << 18)
            },
        )
        .unwrap()
        .outputs[0]
            .mean
            .standard_error
    };
    assert!(10.0 * error(Sampling::Sobol) < error(Sampling::Random));
}

#[test]
fn nothing_uncertain_gives_the_same_number_everywhere() {
    let result = run(
        &study()[1],
        &[OutputKey::Total],
        &Options {
            thresholds: vec![5.0, 20.0],
            ..options(1_000)
        },
    )
    .unwrap();
    let output = &result.outputs[0];
    let total = crate::results::Results::new(&study()[1], study()[1].year).total;
    assert!(
        output.quantiles.iter().all(
            |quantile| (quantile.value - total).abs() < 1e-12 && quantile.standard_error == 0.0
        )
    );
    assert!((output.mean.value - total).abs() < 1e-12 && output.deviation.value == 0.0);
    assert_eq!(
        (output.exceedance[0].1.value, output.exceedance[1].1.value),
        (1.0, 0.0)
    );
}

#[test]
fn correlation_widens_a_product_as_it_should() {
    let text = "[scenario.x]\nadoption = \"0.1 to 0.3\"\nvalue_capture = \"0.1 to 0.3\"\n";
    let correlated = format!(
        "{text}[[scenario.x.correlation]]\nbetween = [\"adoption\", \"value_capture\"]\ncopula = 0.6\n"
    );
    let log_spread = |text: &str| {
        let result = run(&scenario(text), &[OutputKey::AiSpend], &options(1 << 18)).unwrap();
        let quantile = |name| result.outputs[0].quantile(name).unwrap().value.ln();
        quantile("p90") - quantile("p10")
    };
    // The logarithms add: variance 2 s^2 (1 + r).
    let ratio = log_spread(&correlated) / log_spread(text);
    assert!((ratio - 1.6_f64.sqrt()).abs() < 2e-3, "{ratio}");
}

#[test]
fn probabilities_of_exceeding_match_the_quantiles() {
    let scenario = scenario(SEVEN);
    let first = run(&scenario, &[OutputKey::Total], &options(1 << 18)).unwrap();
    let p75 = first.outputs[0].quantile("p75").unwrap().value;
    let second = run(
        &scenario,
        &[OutputKey::Total],
        &Options {
            thresholds: vec![p75],
            ..options(1 << 18)
        },
    )
    .unwrap();
    assert!((second.outputs[0].exceedance[0].1.value - 0.25).abs() < 1e-4);
}

#[test]
fn every_input_keeps_its_own_distribution() {
    let scenario = scenario(SEVEN);
    let keys: Vec<OutputKey> = scenario
        .input_keys()
        .into_iter()
        .map(OutputKey::Input)
        .collect();
    let result = run(&scenario, &keys, &options(1 << 18)).unwrap();
    for output in &result.outputs {
        let OutputKey::Input(key) = &output.key else {
            panic!()
        };
        let name = InputKey::to_string(key);
        let Some(crate::scenario::Definition::Distribution(distribution)) =
            scenario.lookup(&name).map(|input| input.definition.clone())
        else {
            continue;
        };
        for (quantile, p) in [("p5", 0.05), ("p50", 0.5), ("p99", 0.99)] {
            let (got, expected) = (
                output.quantile(quantile).unwrap().value,
                distribution.quantile(p),
            );
            assert!(
                (got / expected - 1.0).abs() < 1e-3,
                "{name} {quantile}: {got}, exactly {expected}"
            );
        }
    }
}

#[test]
fn impossible_numbers_of_draws_are_refused() {
    let draw = |draws, replicas| {
        run(
            &study()[1],
            &[OutputKey::Total],
            &Options {
                replicas,
                ..options(draws)
            },
        )
    };
    assert!(
        draw(10, 2).is_err()
            && draw(u64::MAX, 16).is_err()
            && draw(1_000, 1).is_err()
            && draw(1_000, 100_000).is_err()
    );
}

#[test]
fn a_formula_that_fails_in_some_draws_is_an_error() {
    let text = "[scenario.x]\nadoption = \"= 0.1 + ln(luck) / 100\"\n[scenario.x.derive]\nluck = { uniform = [-1, 20] }\n";
    assert!(run(&scenario(text), &[OutputKey::Total], &options(1_000)).is_err());
}
