use super::*;

const LIMITS: TradingLimits = TradingLimits {
    leverage_max: 5 << 16,
    drawdown_max: 6_554,
    challenge_days: 3,
};

fn near(got: Number, expected: f64) {
    assert!((got.to_f64() - expected).abs() < 1e-9, "{got:?} {expected}");
}

#[test]
fn matches_are_counted_and_lengths_compared() {
    near(
        exact_match(&["a", "b", "c"], &["a", "x", "c"]).unwrap(),
        2.0 / 3.0,
    );
    assert!(exact_match(&[1], &[1, 2]).is_err());
    assert!(exact_match::<u8>(&[], &[]).is_err());
}

#[test]
fn similarity_is_the_cosine() {
    near(similarity(&[3, 4], &[3, 4]).unwrap(), 1.0);
    near(similarity(&[1, 0], &[0, 7]).unwrap(), 0.0);
    near(similarity(&[1, 1], &[-2, -2]).unwrap(), -1.0);
    near(
        similarity(&[1, 2, 3], &[4, 5, 6]).unwrap(),
        32.0 / (14.0_f64 * 77.0).sqrt(),
    );
    assert_eq!(similarity(&[0, 0], &[1, 1]).unwrap(), Number::ZERO);
    near(
        similarity(&[i16::MIN; LENGTH_MAX], &[i16::MIN; LENGTH_MAX]).unwrap(),
        1.0,
    );
}

#[test]
fn the_ensemble_score_is_the_sum_over_all_pairs() {
    let check = |members: &[i64], outcome: i64| {
        let count = members.len() as i128;
        let distance = |left: i64, right: i64| i128::from((left - right).abs());
        let to_outcome: i128 = members.iter().map(|&one| distance(one, outcome)).sum();
        let pairs: i128 = members
            .iter()
            .flat_map(|&one| members.iter().map(move |&other| distance(one, other)))
            .sum();
        let expected = 2 * count * to_outcome - pairs;
        assert_eq!(ensemble_score(members, outcome), Ok(expected as u128));
    };
    check(&[5], 5);
    check(&[1, 9, 4, 4, -3], 2);
    check(&[VALUE_MAX - 1, 1 - VALUE_MAX], 0);
    assert!(ensemble_score(&[], 0).is_err());
    assert!(ensemble_score(&[VALUE_MAX], 0).is_err());
}

#[test]
fn a_sharp_ensemble_beats_a_wide_one_around_the_same_outcome() {
    let score = |members: &[i64]| ensemble_score(members, 100).unwrap();
    assert!(score(&[99, 100, 101]) < score(&[80, 100, 120]));
    assert!(score(&[80, 100, 120]) < score(&[200, 200, 200]));
}

#[test]
fn positions_gain_and_lose_with_prices() {
    let positions = [Position(1 << 16), Position(-(1 << 15)), Position(0)];
    let score = trade(&[100, 110, 99, 500], &positions, LIMITS).unwrap();
    near(score.value, 1.1 * 1.05);
    assert_eq!(score.standing, Standing::Earning);
    assert_eq!(score.drawdown, Number::ZERO);
}

#[test]
fn who_falls_too_far_is_out_even_after_a_gain() {
    let positions = [Position(1 << 16), Position(i32::MAX), Position(1 << 16)];
    let score = trade(&[100, 120, 100, 900], &positions, LIMITS).unwrap();
    assert_eq!(score.standing, Standing::Eliminated { day: 1 });
    let short = trade(&[100, 101], &positions[..1], LIMITS).unwrap();
    assert_eq!(short.standing, Standing::Challenge);
}

#[test]
fn extreme_prices_stay_within_bounds() {
    let rising: Vec<i64> = (0..50).map(|day| 1 << day).collect();
    let swinging: Vec<i64> = (0..50)
        .map(|day| if day % 2 == 0 { 1 } else { VALUE_MAX - 1 })
        .collect();
    let limits = TradingLimits {
        leverage_max: LEVERAGE_MAX,
        drawdown_max: u16::MAX,
        ..LIMITS
    };
    for prices in [rising, swinging] {
        for position in [Position(i32::MAX), Position(i32::MIN)] {
            let score = trade(&prices, &[position; 49], limits).unwrap();
            assert!(score.value <= WEALTH_MAX && score.value >= Number::ZERO);
        }
    }
    assert!(trade(&[0, 1], &[Position(1)], limits).is_err());
    let beyond = TradingLimits {
        leverage_max: LEVERAGE_MAX + 1,
        ..LIMITS
    };
    assert!(trade(&[1, 1], &[Position(1)], beyond).is_err());
}

#[test]
fn the_later_of_two_equal_series_is_the_copy() {
    let moves = |signs: &[i32]| signs.iter().map(|&sign| Position(sign)).collect::<Vec<_>>();
    let original = moves(&[1, 1, -1, 0, 1]);
    let other = moves(&[1, 0, 1, 0, 0]);
    let positions = [original.clone(), other, original];
    let committed = [vec![9; 5], vec![5; 5], vec![10; 5]];
    assert_eq!(
        copiers(&positions, &committed, 60_000),
        Ok(vec![None, None, Some(0)])
    );
    let together = [vec![9; 5], vec![5; 5], vec![9; 5]];
    assert_eq!(copiers(&positions, &together, 60_000), Ok(vec![None; 3]));
    assert!(copiers(&positions, &committed[..2], 60_000).is_err());
}
