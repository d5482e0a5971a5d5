use super::{printed_outputs, printed_tam, study};
use crate::document::read_scenarios;
use crate::number::grouped;
use crate::program::Model;
use crate::scenario::{InputKey, OutputKey};

fn value(scenario: &str, output: &OutputKey) -> f64 {
    let scenario = study()
        .iter()
        .find(|candidate| candidate.name == scenario)
        .unwrap();
    Model::new(scenario)
        .program(std::slice::from_ref(output))
        .evaluate_at_medians()[0]
}

#[test]
fn the_embedded_study_reads_without_problems() {
    read_scenarios("study.toml", include_str!("../../data/study.toml"), &[]).unwrap();
}

#[test]
fn all_33_outputs_equal_the_printed_ones() {
    let printed = printed_outputs();
    assert_eq!(printed.len(), 33);
    for row in printed {
        let got = row.round(value(row.scenario, &row.output));
        assert_eq!(got, row.text, "{} of {}", row.output, row.scenario);
    }
}

#[test]
fn the_markets_round_to_the_printed_ones() {
    for scenario in ["bear", "base", "bull"] {
        let tam = value(scenario, &OutputKey::Input(InputKey::ProductivityTam));
        assert_eq!(Some(grouped(tam, 0).as_str()), printed_tam(scenario));
    }
}

/// Which printed outputs a base or bull market of `tam` misses.
fn missed(scenario: &str, tam: f64) -> Vec<String> {
    let text = format!("[scenario.{scenario}]\nproductivity_tam = {tam}");
    let changed = read_scenarios("test.toml", &text, study()).unwrap();
    printed_outputs()
        .into_iter()
        .filter(|row| row.scenario == scenario)
        .filter(|row| {
            let value = Model::new(&changed[0])
                .program(std::slice::from_ref(&row.output))
                .evaluate_at_medians()[0];
            row.round(value) != row.text
        })
        .map(|row| row.output.to_string())
        .collect()
}

#[test]
fn the_printed_markets_miss_and_the_stated_ranges_fit() {
    assert_eq!(
        missed("base", 5_851.0),
        [
            "ai_spend",
            "segment_revenue.identity",
            "crypto_revenue.software"
        ]
    );
    assert_eq!(
        missed("bull", 8_494.0),
        ["ai_spend", "segment_revenue.software", "total"]
    );
    for tam in [5_850.701, 5_850.814] {
        assert!(missed("base", tam).is_empty(), "{tam}");
    }
    for tam in [8_494.351, 8_494.443] {
        assert!(missed("bull", tam).is_empty(), "{tam}");
    }
    for tam in [5_850.69, 5_850.82] {
        assert!(!missed("base", tam).is_empty(), "{tam}");
    }
}

#[test]
fn the_unrounded_security_share_prints_another_bull_figure() {
    let text = "[scenario.bull.segment_share]\nsecurity = \"= security_share_unrounded\"";
    let changed = read_scenarios("test.toml", text, study()).unwrap();
    let output = OutputKey::parse("segment_revenue.security").unwrap();
    let value = Model::new(&changed[0])
        .program(&[output])
        .evaluate_at_medians()[0];
    assert_eq!(grouped(value, 2), "75.61");
}

#[test]
fn derivations_give_what_the_study_says() {
    let quantity = |name: &str| value("base", &OutputKey::Quantity(name.to_owned()));
    assert!((quantity("security_share_unrounded") - 0.089_015).abs() < 1e-6);
    assert!((quantity("security_spend_mean") - 0.0386).abs() < 1e-12);
    assert!((quantity("gain_growth") - 0.045).abs() < 1e-12);
    assert_eq!(quantity("tam_2022_implied").round(), 4_114.0);
    let iaas = OutputKey::Input(InputKey::parse("crypto_share.iaas").unwrap());
    assert!((value("base", &iaas) - 0.04).abs() < 1e-12);
}
