use super::*;

fn rate(value: f64) -> Number {
    Number::from_bits((value * (1_u64 << FRACTION_BITS) as f64) as i128)
}

fn claims(all: &[(u64, f64)]) -> Vec<Claim> {
    let claim = |&(stake, value): &(u64, f64)| Claim {
        stake,
        rate: rate(value),
    };
    all.iter().map(claim).collect()
}

#[test]
fn rates_follow_the_scores_and_are_clipped_at_5_percent() {
    let terms = PayoutTerms::default();
    let of = |correlation, contribution| {
        terms
            .rate(Some(rate(correlation)), Some(rate(contribution)))
            .to_f64()
    };
    assert!((of(0.02, 0.01) - 0.03).abs() < 1e-12);
    assert!((of(0.3, 0.2) - 0.05).abs() < 1e-5);
    assert!((of(-0.3, -0.2) + 0.05).abs() < 1e-5);
    assert_eq!(terms.rate(None, None), Number::ZERO);
}

#[test]
fn losers_pay_winners_and_the_rest_is_kept() {
    let settlement = settle(&claims(&[(1_000, 0.02), (1_000, -0.05), (500, 0.0)]), 0).unwrap();
    assert_eq!(settlement.won, [19, 0, 0]);
    assert_eq!(settlement.lost, [0, 50, 0]);
    assert_eq!(settlement.kept, 31);
}

#[test]
fn winners_share_a_pot_too_small() {
    let settlement = settle(&claims(&[(1_000, 0.04), (3_000, 0.04), (400, -0.05)]), 0).unwrap();
    assert_eq!(settlement.lost, [0, 0, 20]);
    assert_eq!(settlement.won, [5, 15, 0]);
    assert_eq!(settlement.kept, 0);
}

#[test]
fn sums_too_large_are_refused() {
    assert_eq!(
        settle(&claims(&[(1 << 62, 0.05), (1 << 62, 0.05)]), 0),
        None
    );
    assert_eq!(settle(&[], u64::MAX), None);
}
