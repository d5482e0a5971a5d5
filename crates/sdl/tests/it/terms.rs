//! The `lilliput/` attributes, and that a file with them stays an Akash file.

use lilliput_sdl::{Amount, Seconds, Terms, Verification};

use crate::sample::{problem, sample, with};

const REGION: &str = "        region: eu-west\n";

fn lines(attributes: &[&str]) -> String {
    let lines = attributes.iter().map(|line| format!("        {line}\n"));
    format!("{REGION}{}", lines.collect::<String>())
}

fn terms(attributes: &[&str]) -> Terms {
    let sdl = with(REGION, &lines(attributes)).unwrap();
    assert_eq!(sdl.warnings, []);
    sdl.placements["here"].terms
}

fn refused(attributes: &[&str], path: &str, message: &str) {
    let problem = problem(REGION, &lines(attributes));
    assert_eq!(
        problem.path,
        format!("profiles.placement.here.attributes.{path}")
    );
    assert_eq!(problem.cause.to_string(), message);
}

#[test]
fn a_file_without_ours_trusts_and_has_no_terms() {
    assert_eq!(sample().placements["here"].terms, Terms::default());
    assert_eq!(Terms::default().verification, Verification::Trusted);
}

#[test]
fn all_of_ours_are_read() {
    let all = [
        "lilliput/verification: replicated",
        "lilliput/replicas: 5",
        "lilliput/deadline: 90m",
        "lilliput/spot-ceiling: 1500.25",
        "lilliput/notice-window: 2h",
        "lilliput/bids: sealed",
        "lilliput/bidding: 45s",
        "lilliput/choice: manual",
        "lilliput/latency-to: fra",
        "lilliput/latency-max-ms: 40",
    ];
    let expected = Terms {
        verification: Verification::Replicated { replicas: 5 },
        deadline: Some(Seconds(5_400)),
        spot_ceiling: Some(Amount::parse("1500.25").unwrap()),
        notice_window: Some(Seconds(7_200)),
        sealed: true,
        bidding: Some(Seconds(45)),
        manual: true,
        split: false,
        reservation: None,
        latency_max_ms: Some(40),
    };
    assert_eq!(terms(&all), expected);
}

#[test]
fn each_level_is_read() {
    for (word, level) in [
        ("trusted", Verification::Trusted),
        ("replicated", Verification::Replicated { replicas: 3 }),
        ("disputable", Verification::Disputable),
        ("proven", Verification::Proven),
    ] {
        let line = format!("lilliput/verification: {word}");
        assert_eq!(terms(&[&line]).verification, level);
    }
}

#[test]
fn they_stay_ordinary_attributes_in_the_groups() {
    let sdl = with(REGION, &lines(&["lilliput/verification: proven"])).unwrap();
    let groups = serde_json::to_value(sdl.groups()).unwrap();
    assert_eq!(
        groups[0]["requirements"]["attributes"],
        serde_json::json!([
            {"key": "lilliput/verification", "value": "proven"},
            {"key": "region", "value": "eu-west"},
        ])
    );
}

#[test]
fn what_is_wrong_with_them_is_said() {
    refused(
        &["lilliput/verification: proved"],
        "lilliput/verification",
        "`proved` is none of `trusted`, `replicated`, `disputable`, `proven` (did you mean `proven`?)",
    );
    refused(
        &["lilliput/deadlin: 1h"],
        "lilliput/deadlin",
        "unknown key `lilliput/deadlin` (did you mean `lilliput/deadline`?)",
    );
    refused(
        &["lilliput/deadline: 2d"],
        "lilliput/deadline",
        "`2d` is no duration (a whole number and `s`, `m` or `h`): `d` is no unit (did you mean `h`?)",
    );
    refused(
        &["lilliput/notice-window: 9999h"],
        "lilliput/notice-window",
        "9999h is out of range; 1s to 8784h is allowed",
    );
    refused(
        &["lilliput/verification: proven", "lilliput/replicas: 3"],
        "lilliput/replicas",
        "`lilliput/replicas` needs `lilliput/verification: replicated` beside it",
    );
    refused(
        &["lilliput/verification: replicated", "lilliput/replicas: 1"],
        "lilliput/replicas",
        "`1` is out of range; 2 to 16 is allowed",
    );
    refused(
        &["lilliput/spot-ceiling: 2200.51"],
        "lilliput/spot-ceiling",
        "a spot ceiling of 2200.510000000000000000 is above 2200.500000000000000000, the price of the whole group",
    );
}
