//! Rule `subtensor-425` against outputs of upstream's own code.

use lilliput_incentives::subtensor::{
    BURN_MULTIPLIER_Q64, EpochInput, EpochOutput, OWNER_CUT, block_emission, bumped_burn,
    decay_factor_q32, emission_split, multiply_q32, run_epoch, subnet_lock_cost,
};
use serde_json::Value;

use crate::shared::load;

#[test]
fn every_epoch_equals_upstream_in_every_field() {
    let Some(file) = load("yuma_epoch.json") else {
        return;
    };
    let mut steps = 0;
    for case in file["cases"].as_array().unwrap() {
        for step in case["steps"].as_array().unwrap() {
            let input: EpochInput = serde_json::from_value(step["input"].clone()).unwrap();
            let expected: EpochOutput = serde_json::from_value(step["output"].clone()).unwrap();
            let place = format!("{} {}", case["name"], step["label"]);
            assert_eq!(run_epoch(&input).unwrap(), expected, "{place}");
            steps += 1;
        }
    }
    assert_eq!(steps, 91);
}

fn integer(value: &Value) -> u64 {
    value.as_u64().expect("an unsigned integer")
}

#[test]
fn money_rules_equal_upstream() {
    let Some(file) = load("bittensor_economics.json") else {
        return;
    };
    for row in file["block_emission"]["rows"].as_array().unwrap() {
        assert_eq!(
            block_emission(integer(&row["issuance_rao"])),
            integer(&row["emission_rao"])
        );
    }
    for row in file["burn_decay"]["rows"].as_array().unwrap() {
        let factor = decay_factor_q32(integer(&row["half_life"]) as u16);
        assert_eq!(factor, integer(&row["factor_q32"]));
        for (blocks, expected) in row["after"].as_object().unwrap() {
            let mut burn = integer(&row["start"]);
            for _ in 0..blocks.parse::<u64>().unwrap() {
                burn = multiply_q32(burn, factor);
            }
            assert_eq!(burn, integer(expected), "after {blocks}");
        }
    }
    let bumps = file["burn_bump"]["sequence_from_1e9"].as_array().unwrap();
    for pair in bumps.windows(2) {
        let raised = bumped_burn(
            integer(&pair[0]),
            BURN_MULTIPLIER_Q64,
            500_000,
            100_000_000_000,
        );
        assert_eq!(raised, integer(&pair[1]));
    }
    for row in file["subnet_lock_cost"]["rows"].as_array().unwrap() {
        let cost = subnet_lock_cost(
            integer(&row["last_lock"]),
            integer(&row["min_lock"]),
            integer(&row["last_lock_block"]),
            integer(&row["current_block"]),
            integer(&row["interval"]),
        );
        assert_eq!(cost, integer(&row["lock_cost"]));
    }
    for row in file["emission_split"].as_array().unwrap() {
        let share = (row["root_prop"].as_f64().unwrap() * 4_294_967_296.0) as u64;
        let split = emission_split(row["alpha_out"].as_f64().unwrap() as u64, OWNER_CUT, share);
        let parts = [
            ("owner", split.owner),
            ("servers", split.servers),
            ("root", split.root),
            ("validators_alpha", split.validators),
        ];
        for (name, got) in parts {
            let expected = row[name].as_f64().unwrap();
            assert!(
                (got as f64 - expected).abs() < 1.5,
                "{name}: {got} {expected}"
            );
        }
    }
}
