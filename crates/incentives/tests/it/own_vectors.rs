//! The vectors beside the specifications.

use std::path::Path;

use lilliput_incentives::epoch::{EpochRule, Participant, run_epoch};
use lilliput_incentives::float::{TournamentCase, score_case};
use lilliput_incentives::subtensor::{self, EpochInput};
use serde::Deserialize;
use serde_json::Value;

use crate::shared::same;
use crate::tournament_vectors::{ERROR, integer_scores};

fn cases(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs/vectors");
    let text =
        std::fs::read_to_string(folder.join(name)).expect("the vectors are in the repository");
    let mut file: Value = serde_json::from_str(&text).expect("vectors are JSON");
    match file["cases"].take() {
        Value::Array(cases) => cases,
        _ => Vec::new(),
    }
}

#[derive(Deserialize)]
struct EvidenceInput {
    rule: EpochRule,
    emission: u64,
    participants: Vec<Participant>,
}

#[test]
fn the_default_rule_is_that_of_the_specification() {
    for case in cases("subnet_epoch.json") {
        for step in case["steps"].as_array().unwrap() {
            let input: EvidenceInput = serde_json::from_value(step["input"].clone()).unwrap();
            let outcome = run_epoch(&input.participants, &input.rule, input.emission).unwrap();
            assert_eq!(
                serde_json::to_value(outcome).unwrap(),
                step["output"],
                "{}",
                step["label"]
            );
        }
    }
}

#[test]
fn subtensor_epochs_with_odd_rows_owner_and_commits_equal_upstream() {
    for case in cases("subtensor_epoch.json") {
        for step in case["steps"].as_array().unwrap() {
            let input: EpochInput = serde_json::from_value(step["input"].clone()).unwrap();
            let output = subtensor::run_epoch(&input).unwrap();
            assert_eq!(
                serde_json::to_value(output).unwrap(),
                step["output"],
                "{}",
                step["label"]
            );
        }
    }
}

#[test]
fn tournament_scores_are_those_of_the_specification() {
    for case in cases("tournament.json") {
        let input: TournamentCase = serde_json::from_value(case.clone()).unwrap();
        let exact = score_case(&input).unwrap();
        let scores = integer_scores(&input).scores;
        let expected = &case["expected"];
        for ((model, _), score) in input.predictions.iter().zip(scores) {
            for (name, exact, got) in [
                ("numerai_corr", exact.numerai_corr[model], score.correlation),
                (
                    "correlation_contribution_mmc",
                    exact.correlation_contribution_mmc[model],
                    score.contribution,
                ),
            ] {
                let expected = &expected[name][model];
                same(&exact.into(), expected, 1e-9, name);
                let difference = got.unwrap().to_f64() - expected.as_f64().unwrap();
                assert!(difference.abs() < ERROR, "{model} {name}: {difference}");
            }
        }
    }
}

#[test]
fn inputs_out_of_bounds_are_refused() {
    let rule = EpochRule::default();
    let one = Participant {
        stake: u64::MAX,
        ..Participant::default()
    };
    assert!(run_epoch(&[one], &rule, 1).is_err());
    assert!(run_epoch(&[], &rule, u64::MAX).is_err());
    for weights in [
        vec![(0, 1)],
        vec![(1, 1), (1, 1)],
        vec![(2, 1), (1, 1)],
        vec![(9, 1)],
        vec![(1, 0)],
    ] {
        let odd = Participant {
            weights,
            ..Participant::default()
        };
        let rest = Participant::default();
        assert!(run_epoch(&[odd, rest.clone(), rest], &rule, 1).is_err());
    }
    let nobody = run_epoch(&[], &rule, 77).unwrap();
    assert_eq!((nobody.carried, nobody.owner), (77, 0));
}
