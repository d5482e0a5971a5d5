//! Float scores against outputs of the packages that define them.

use lilliput_incentives::float::{
    TournamentCase, correlation_score, payout, price_metrics, score_case,
};
use serde_json::Value;

use crate::shared::{load, numbers, same};

#[test]
fn every_tournament_score_equals_numerai_tools() {
    let Some(file) = load("numerai_scoring.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        let input: TournamentCase = serde_json::from_value(case.clone()).unwrap();
        let scores = serde_json::to_value(score_case(&input).unwrap()).unwrap();
        for (field, expected) in case["expected"].as_object().unwrap() {
            same(&scores[field], expected, 1e-9, field);
        }
        assert_eq!(
            scores.as_object().unwrap().len(),
            case["expected"].as_object().unwrap().len()
        );
    }
}

fn column(value: &Value) -> Vec<Option<f64>> {
    numbers(value).into_iter().map(Some).collect()
}

#[test]
fn edges_of_tournament_scores_equal_numerai_tools() {
    let Some(file) = load("numerai_scoring.json") else {
        return;
    };
    let inputs = &file["edges_inputs"];
    let target = column(&inputs["target"]);
    let prediction = column(&inputs["predictions"]["m0"]);
    let expected = |name: &str| {
        let edges = file["edges"].as_array().unwrap();
        let edge = edges
            .iter()
            .find(|edge| edge["name"].as_str().unwrap().starts_with(name));
        edge.unwrap()["result"][0].as_f64()
    };
    let constant = vec![Some(0.5); target.len()];
    assert_eq!(correlation_score(&target, &constant, true), Ok(None));
    assert_eq!(correlation_score(&constant, &prediction, true), Ok(None));

    let negated: Vec<_> = prediction
        .iter()
        .map(|cell| cell.map(|cell| -cell))
        .collect();
    let got = correlation_score(&target, &negated, true).unwrap().unwrap();
    assert!((got - expected("numerai_corr with predictions negated").unwrap()).abs() < 1e-9);

    let mut missing = prediction.clone();
    missing[..12].fill(None);
    assert!(correlation_score(&target, &missing, true).is_err());

    let returns = column(&inputs["returns_seed9"]);
    let got = correlation_score(&returns, &prediction, false)
        .unwrap()
        .unwrap();
    assert!((got - expected("numerai_corr target returns").unwrap()).abs() < 1e-9);

    for row in file["payouts"].as_array().unwrap() {
        let field = |name: &str| row[name].as_f64().unwrap();
        let correlation = field("corr_mult") * field("corr");
        let contribution = field("mmc_mult") * field("mmc");
        let got = payout(
            field("stake"),
            field("payout_factor"),
            correlation,
            contribution,
        );
        assert!((got - field("payout")).abs() < 1e-9);
    }
}

#[test]
fn every_price_metric_equals_vanta_network() {
    let Some(file) = load("taoshi_metrics.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        let metrics = price_metrics(&numbers(&case["log_returns"]));
        let got = serde_json::to_value(metrics).unwrap();
        same(&got, &case["expected"], 1e-9, "expected");
    }
}
