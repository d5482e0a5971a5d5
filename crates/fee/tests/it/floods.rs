//! What the report claims about floods, over several seeds.

use lilliput_fee::Settings;
use lilliput_fee::simulation::{Outcome, run, scenarios};

const SEEDS: u64 = 5;

fn outcomes(name: &str) -> Vec<Outcome> {
    let scenarios = scenarios();
    let scenario = scenarios.iter().find(|one| one.name == name).unwrap();
    let seeds = 1..=SEEDS;
    seeds
        .map(|seed| run(scenario, Some(Settings::default()), seed).unwrap())
        .collect()
}

#[test]
fn a_run_is_a_function_of_its_seed() {
    assert_eq!(outcomes("a rack"), outcomes("a rack"));
    let outcomes = outcomes("a rack");
    assert_ne!(outcomes[0].samples, outcomes[1].samples);
}

#[test]
fn nothing_is_asked_when_nobody_attacks() {
    for outcome in outcomes("quiet") {
        assert_eq!(outcome.level_peak, 0);
        assert_eq!((outcome.honest.spent, outcome.honest.gave_up), (0, 0));
    }
}

#[test]
fn floods_within_the_highest_level_are_priced_out_and_humans_wait_no_longer() {
    let names = [
        "empty hands",
        "one server",
        "a rack",
        "a botnet",
        "$100 at once",
        "$10,000 evenly",
        "thrifty",
        "rack and purse",
        "bought passes",
    ];
    for name in names {
        for outcome in outcomes(name) {
            let reached = outcome.reached_after_s;
            assert!(
                reached.is_some_and(|after| after <= 60),
                "{name}: {reached:?}"
            );
            assert!(
                outcome.above_permille <= 100,
                "{name}: {}",
                outcome.above_permille
            );
        }
    }
}

#[test]
fn without_the_controller_the_site_is_down() {
    let scenarios = scenarios();
    let flood = scenarios
        .iter()
        .find(|one| one.name == "empty hands")
        .unwrap();
    let outcome = run(flood, None, 1).unwrap();
    assert_eq!(outcome.reached_after_s, None);
    assert!(outcome.humans.lost * 2 > outcome.humans.asked);
    let controlled = run(flood, Some(Settings::default()), 1).unwrap();
    assert!(controlled.humans.lost * 100 < controlled.humans.asked);
}

#[test]
fn what_no_level_can_price_out_is_not_claimed() {
    for name in ["many bought passes", "$1,000,000,000"] {
        for outcome in outcomes(name) {
            assert_eq!(outcome.reached_after_s, None, "{name}");
        }
    }
}
