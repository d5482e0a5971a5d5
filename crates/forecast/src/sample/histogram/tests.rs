use super::{BIN_RELATIVE_WIDTH, Histogram};

fn of(values: &[f64]) -> Histogram {
    let mut histogram = Histogram::new();
    histogram.add(values);
    histogram
}

#[test]
fn quantiles_are_within_the_stated_error_of_the_sorted_values() {
    let mut values: Vec<f64> = (1..=100_000)
        .map(|n| f64::from(n).powf(1.7) / 1e4 - 3.0)
        .collect();
    let histogram = of(&values);
    values.sort_by(f64::total_cmp);
    let ps = [0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999];
    for (p, got) in ps.iter().zip(histogram.quantiles(&ps)) {
        let exact = values[(p * values.len() as f64) as usize];
        assert!(
            (got - exact).abs() <= BIN_RELATIVE_WIDTH * exact.abs() + 5e-3,
            "{p}: {got}, exactly {exact}"
        );
    }
}

#[test]
fn the_same_value_over_and_over_has_itself_as_every_quantile() {
    for value in [0.0, 10.168, -4.2, 1e-40, 1e300] {
        let quantiles = of(&vec![value; 1_000]).quantiles(&[0.05, 0.5, 0.95]);
        assert!(
            quantiles
                .iter()
                .all(|quantile| *quantile == value || value.abs() < 1e-9),
            "{value}: {quantiles:?}"
        );
    }
}

#[test]
fn negative_values_come_before_positive_ones() {
    let histogram = of(&[-8.0, -2.0, -1e-20, 1.0, 3.0, 9.0]);
    let quantiles = histogram.quantiles(&[0.01, 0.3, 0.6, 0.99]);
    assert!(
        quantiles.windows(2).all(|pair| pair[0] < pair[1]),
        "{quantiles:?}"
    );
    assert_eq!((histogram.min(), histogram.max()), (-8.0, 9.0));
}

#[test]
fn merging_is_adding_all_values() {
    let (left, right) = ([1.0, 2.0, 5.0], [3.0, 4.0]);
    let mut merged = of(&left);
    merged.merge(&of(&right));
    assert_eq!(
        merged.quantiles(&[0.2, 0.9]),
        of(&[1.0, 2.0, 5.0, 3.0, 4.0]).quantiles(&[0.2, 0.9])
    );
}

#[test]
fn a_coarse_histogram_keeps_every_value() {
    let values: Vec<f64> = (0..1_000).map(|n| 5.0 + f64::from(n) / 100.0).collect();
    let coarse = of(&values).coarse(5.0, 14.99, 10);
    assert!(
        (coarse.iter().sum::<f64>() - 1_000.0).abs() < 1.0,
        "{coarse:?}"
    );
    assert!(
        coarse.iter().all(|count| (count - 100.0).abs() < 3.0),
        "{coarse:?}"
    );
}
