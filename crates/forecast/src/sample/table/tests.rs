use super::{QuantileTable, ScoreTable, TOLERANCE};
use crate::distribution::{Distribution, Tail, normal_cdf};

fn kinds() -> Vec<Distribution> {
    vec![
        Distribution::interval(0.02, 0.08).unwrap(),
        Distribution::normal(-3.0, 2.0).unwrap(),
        Distribution::triangular(0.06, 0.13, 0.2).unwrap(),
        Distribution::pert(0.1, 0.33, 0.5, 4.0).unwrap(),
        Distribution::pert(0.0, 0.0, 0.5, 2.0).unwrap(),
        Distribution::beta(0.5, 0.7, 0.0, 1.0).unwrap(),
        Distribution::beta(300.0, 20.0, 0.0, 1.0).unwrap(),
        Distribution::mixture(vec![
            (0.7, Distribution::interval(1.0, 2.0).unwrap()),
            (0.3, Distribution::uniform(10.0, 11.0).unwrap()),
        ])
        .unwrap(),
        Distribution::interval(0.1, 0.9)
            .unwrap()
            .truncated(0.0, 1.0)
            .unwrap(),
    ]
}

#[test]
fn the_table_stays_within_its_tolerance_of_the_exact_quantiles() {
    for distribution in kinds() {
        let table = QuantileTable::new(&distribution);
        let spread = distribution.quantile(0.9) - distribution.quantile(0.1);
        let ends = [0, 1, 2, 1_000, u32::MAX - 1_000, u32::MAX];
        let spread_out = (0..20_000_u32).map(|index| index.wrapping_mul(2_654_435_769));
        for coordinate in ends.into_iter().chain(spread_out) {
            let p = (f64::from(coordinate) + 0.5) / 4_294_967_296.0;
            let exact = if p < 0.5 {
                distribution.quantile_from(Tail::Lower, p)
            } else {
                distribution.quantile_from(
                    Tail::Upper,
                    (f64::from(!coordinate) + 0.5) / 4_294_967_296.0,
                )
            };
            let got = table.one(coordinate);
            let limit = 2.0 * TOLERANCE * spread.max(exact.abs());
            assert!(
                (got - exact).abs() <= limit,
                "{distribution:?} at {p}: {got}, exactly {exact}"
            );
        }
    }
}

#[test]
fn few_draws_need_the_exact_function() {
    for distribution in kinds() {
        let table = QuantileTable::new(&distribution);
        let mass: f64 = super::USED
            .filter(|index| table.cells[*index][0].is_nan())
            .map(|index| super::cell_start(index + 1) - super::cell_start(index))
            .sum();
        assert!(mass < 0.04, "{distribution:?}: {mass}");
    }
}

#[test]
fn scores_lead_to_the_same_quantiles() {
    for distribution in kinds() {
        let table = ScoreTable::new(&distribution);
        let spread = distribution.quantile(0.9) - distribution.quantile(0.1);
        for step in -600..600 {
            let score = f64::from(step) / 100.0 + 0.003;
            let exact = if score < 0.0 {
                distribution.quantile_from(Tail::Lower, normal_cdf(score))
            } else {
                distribution.quantile_from(Tail::Upper, normal_cdf(-score))
            };
            let limit = 4.0 * TOLERANCE * spread.max(exact.abs());
            assert!(
                (table.at(score) - exact).abs() <= limit,
                "{distribution:?} at {score}"
            );
        }
    }
}
