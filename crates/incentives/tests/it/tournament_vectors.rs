//! Integer scores of a round against the doubles, and what holds of payouts for all inputs.

use lilliput_incentives::Number;
use lilliput_incentives::float::{TournamentCase, score_case};
use lilliput_incentives::tournament::{Claim, Entrant, FULL, Round, RoundScores, settle};
use proptest::prelude::*;

use crate::shared::load;

/// The stated error of integer scores.
pub(crate) const ERROR: f64 = 1.0 / (1_u64 << 28) as f64;

/// Integers in the order of the doubles.
fn ordered(values: &[Option<f64>]) -> Vec<Option<u32>> {
    let mut sorted: Vec<f64> = values.iter().copied().flatten().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    values
        .iter()
        .map(|cell| cell.map(|cell| sorted.partition_point(|&other| other < cell) as u32))
        .collect()
}

pub(crate) fn integer_scores(case: &TournamentCase) -> RoundScores {
    let whole = |cell: &Option<f64>, scale: f64| (cell.expect("a number") * scale) as u32;
    let targets = case
        .target
        .iter()
        .map(|cell| whole(cell, f64::from(FULL)))
        .collect();
    let features = case
        .features
        .values()
        .map(|column| {
            column
                .iter()
                .map(|cell| whole(cell, 4.0) as u16 * 8_192)
                .collect()
        })
        .collect();
    let entrants: Vec<Entrant> = case
        .predictions
        .iter()
        .map(|(model, column)| Entrant {
            stake: (case.stakes[model] * 1e6).round() as u64,
            prediction: ordered(column),
        })
        .collect();
    let round = Round::new(targets, features).expect("a valid round");
    round.score(&entrants).expect("valid entrants")
}

#[test]
pub(crate) fn integer_scores_equal_doubles_within_the_stated_error() {
    let Some(file) = load("numerai_scoring.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        let case: TournamentCase = serde_json::from_value(case.clone()).unwrap();
        let exact = score_case(&case).unwrap();
        let scores = integer_scores(&case).scores;
        for (model, score) in case.predictions.keys().zip(scores) {
            let near = |got: Option<Number>, expected: Option<f64>, name: &str| {
                let (got, expected) = (got.unwrap().to_f64(), expected.unwrap());
                assert!(
                    (got - expected).abs() < ERROR,
                    "{model} {name}: {got} {expected}"
                );
            };
            near(score.correlation, exact.numerai_corr[model], "correlation");
            near(
                score.contribution,
                exact.correlation_contribution_mmc[model],
                "contribution",
            );
            near(
                score.feature_neutral,
                exact.feature_neutral_corr[model],
                "feature neutral",
            );
        }
    }
}

fn entrant(stake: u64, prediction: Vec<Option<u32>>) -> Entrant {
    Entrant { stake, prediction }
}

fn round(rows: usize) -> Round {
    let targets = (0..rows)
        .map(|row| (row * 7 % 5) as u32 * (FULL / 4))
        .collect();
    let feature = (0..rows).map(|row| (row * 11 % 4) as u16 * 9_000).collect();
    Round::new(targets, vec![feature]).expect("a valid round")
}

#[test]
fn a_constant_prediction_has_no_score_and_missing_rows_are_bounded() {
    let round = round(40);
    let constant = entrant(5, vec![Some(3); 40]);
    let rising = entrant(5, (0..40).map(Some).collect());
    let scores = round.score(&[constant, rising.clone()]).unwrap().scores;
    assert_eq!(scores[0].correlation, None);
    assert_eq!(scores[0].contribution, Some(Number::ZERO));
    assert!(scores[1].correlation.is_some());

    let mut missing = rising;
    missing.prediction[..8].fill(None);
    assert!(round.score(&[missing.clone()]).is_ok());
    missing.prediction[8] = None;
    assert!(round.score(&[missing]).is_err());
    assert!(round.score(&[entrant(1, vec![Some(1); 39])]).is_err());
}

#[test]
fn a_meta_model_contributes_nothing_to_itself() {
    let only = entrant(9, (0..40).map(|row| Some(row * 13 % 40)).collect());
    let contribution = round(40).score(&[only]).unwrap().scores[0].contribution;
    assert!(contribution.unwrap().to_f64().abs() < ERROR);
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_split_stake_scores_the_same(
        first in proptest::collection::vec(0_u32..9, 40),
        second in proptest::collection::vec(any::<u32>(), 40),
        part in 1_u64..99,
    ) {
        let some = |values: &[u32]| values.iter().copied().map(Some).collect::<Vec<_>>();
        let round = round(40);
        let whole = [entrant(100, some(&first)), entrant(77, some(&second))];
        let split = [
            entrant(part, some(&first)),
            entrant(77, some(&second)),
            entrant(100 - part, some(&first)),
        ];
        let before = round.score(&whole).unwrap();
        let after = round.score(&split).unwrap();
        prop_assert_eq!(before.scores[0], after.scores[0]);
        prop_assert_eq!(before.scores[0], after.scores[2]);
        prop_assert_eq!(before.scores[1], after.scores[1]);
    }

    #[test]
    fn payouts_sum_to_the_pot_and_splitting_a_stake_never_gains(
        claims in proptest::collection::vec((0_u64..1 << 40, -60_000_i128..60_000), 1..12),
        subsidy in 0_u64..1 << 38,
        part in 0_u64..=100,
    ) {
        let claims: Vec<Claim> = claims
            .into_iter()
            .map(|(stake, rate)| Claim { stake, rate: Number::from_bits(rate << 28) })
            .collect();
        let before = settle(&claims, subsidy).unwrap();
        let won: u64 = before.won.iter().sum();
        let lost: u64 = before.lost.iter().sum();
        prop_assert_eq!(won + before.kept, lost + subsidy);

        let mut split = claims.clone();
        let mut second = claims[0];
        second.stake = claims[0].stake / 100 * part;
        split[0].stake -= second.stake;
        split.push(second);
        let after = settle(&split, subsidy).unwrap();
        let net = |settlement: &lilliput_incentives::tournament::Settlement, place: usize| {
            settlement.won[place] as i64 - settlement.lost[place] as i64
        };
        prop_assert!(net(&after, 0) + net(&after, claims.len()) <= net(&before, 0));
    }
}
