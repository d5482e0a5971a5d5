use super::special::{beta_cdf, beta_quantile, normal_cdf, normal_quantile};
use super::{Distribution, Percentile, Tail};

fn close(got: f64, expected: f64, tolerance: f64) {
    let scale = expected.abs().max(1e-300);
    assert!(
        (got - expected).abs() <= tolerance * scale,
        "got {got}, expected {expected}"
    );
}

#[test]
fn the_normal_quantile_undoes_the_normal_distribution_function() {
    for p in [1e-12, 1e-6, 0.001, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999] {
        close(normal_cdf(normal_quantile(p)), p, 1e-13);
    }
    close(normal_quantile(0.975), 1.959_963_984_540_054, 1e-15);
    close(normal_quantile(1e-10), -6.361_340_902_404_056, 1e-14);
}

#[test]
fn the_beta_function_has_its_known_values() {
    // Binomial sums: I_x(a, b) for whole numbers.
    close(beta_cdf(2.0, 3.0, 0.4), 0.5248, 1e-14);
    close(beta_cdf(1.0, 1.0, 0.3), 0.3, 1e-14);
    close(beta_cdf(0.5, 0.5, 0.5), 0.5, 1e-14);
    for (alpha, beta) in [
        (0.4, 0.7),
        (2.0, 3.0),
        (1.0, 5.0),
        (80.0, 20.0),
        (900.0, 1_100.0),
    ] {
        for p in [1e-8, 0.01, 0.3, 0.9, 0.999] {
            close(
                beta_cdf(alpha, beta, beta_quantile(alpha, beta, p)),
                p,
                1e-9,
            );
        }
    }
}

fn all_kinds() -> Vec<Distribution> {
    let p5 = |value| Percentile { p: 0.05, value };
    let p95 = |value| Percentile { p: 0.95, value };
    vec![
        Distribution::uniform(1.0, 3.0).unwrap(),
        Distribution::triangular(0.1, 0.33, 0.5).unwrap(),
        Distribution::triangular(0.1, 0.1, 0.5).unwrap(),
        Distribution::pert(0.1, 0.33, 0.5, 4.0).unwrap(),
        Distribution::normal(-3.0, 2.0).unwrap(),
        Distribution::lognormal(10.0, 4.0).unwrap(),
        Distribution::interval(0.02, 0.08).unwrap(),
        Distribution::beta_by_percentiles(p5(0.02), p95(0.3), 0.0, 1.0).unwrap(),
        Distribution::mixture(vec![
            (2.0, Distribution::interval(1.0, 2.0).unwrap()),
            (1.0, Distribution::uniform(10.0, 11.0).unwrap()),
        ])
        .unwrap(),
        Distribution::empirical(vec![3.0, 1.0, 2.0, 7.0]).unwrap(),
        Distribution::normal(0.5, 0.4)
            .unwrap()
            .truncated(0.0, 1.0)
            .unwrap(),
    ]
}

#[test]
fn every_quantile_function_rises_and_agrees_with_its_probabilities() {
    for distribution in all_kinds() {
        let mut before = f64::NEG_INFINITY;
        for step in 1..400 {
            let p = f64::from(step) / 400.0;
            let value = distribution.quantile(p);
            assert!(value >= before, "{distribution:?} falls at {p}");
            before = value;
            if !matches!(distribution, Distribution::Empirical(_)) {
                close(distribution.probability(Tail::Lower, value), p, 1e-8);
                close(distribution.probability(Tail::Upper, value), 1.0 - p, 1e-8);
            }
        }
        let (low, high) = distribution.support();
        assert!(low <= distribution.quantile(1e-9) && distribution.quantile(1.0 - 1e-9) <= high);
    }
}

#[test]
fn percentiles_given_are_percentiles_had() {
    let p10 = Percentile {
        p: 0.10,
        value: 0.02,
    };
    let p80 = Percentile {
        p: 0.80,
        value: 0.31,
    };
    for distribution in [
        Distribution::normal_by_percentiles(p10, p80).unwrap(),
        Distribution::lognormal_by_percentiles(p80, p10).unwrap(),
        Distribution::beta_by_percentiles(p10, p80, 0.0, 1.0).unwrap(),
    ] {
        close(distribution.quantile(0.10), 0.02, 1e-9);
        close(distribution.quantile(0.80), 0.31, 1e-9);
    }
}

#[test]
fn pert_has_the_mean_of_its_definition() {
    let pert = Distribution::pert(2.0, 3.0, 10.0, 4.0).unwrap();
    let steps = 20_000;
    let sum: f64 = (0..steps)
        .map(|i| pert.quantile((f64::from(i) + 0.5) / f64::from(steps)))
        .sum();
    close(sum / f64::from(steps), (2.0 + 4.0 * 3.0 + 10.0) / 6.0, 1e-6);
}

#[test]
fn parameters_without_sense_are_refused() {
    assert!(Distribution::uniform(2.0, 2.0).is_err());
    assert!(Distribution::uniform(f64::NAN, 2.0).is_err());
    assert!(Distribution::triangular(1.0, 3.0, 2.0).is_err());
    assert!(Distribution::pert(1.0, 2.0, 3.0, 0.0).is_err());
    assert!(Distribution::normal(1.0, -1.0).is_err());
    assert!(Distribution::lognormal(-1.0, 1.0).is_err());
    assert!(Distribution::interval(8.0, 2.0).is_err());
    assert!(Distribution::mixture(vec![]).is_err());
    assert!(Distribution::empirical(vec![1.0]).is_err());
    assert!(
        Distribution::normal(0.0, 1.0)
            .unwrap()
            .truncated(50.0, 60.0)
            .is_err()
    );
}
