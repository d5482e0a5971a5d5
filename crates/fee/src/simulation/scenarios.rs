//! The floods that the report is about. Money is in millionths of a dollar.

use super::cast::{Attacker, Honest, Plan, Scenario};
use crate::level::Tariff;

/// What agents are asked at the lowest level: a hundredth of a cent, or some milliseconds of one processor.
#[must_use]
pub const fn tariff() -> Tariff {
    Tariff {
        fee: 100,
        hashes: 16_384,
        weight_permille: 1_000,
    }
}

/// A dollar.
const DOLLAR: u64 = 1_000_000;

/// Two hundred agents of one request every two seconds, paying from a hundredth of a cent to 40 cents for a request; or a
/// laptop's quarter of a million hashes a second for at most ten seconds.
const HONEST: Honest = Honest {
    agents: 200,
    requests_per_1000_s: 500,
    pays_min: 100,
    pays_doublings: 12,
    hashes_per_s: 250_000,
    waits_s: 10,
};

/// Ten times what the site bears, for twenty minutes, with nothing.
const POOR: Attacker = Attacker {
    wants: 10_000,
    money: 0,
    machines: 0,
    hashes_per_s: 0,
    with_passes: 0,
    patience_s: 1_200,
    plan: Plan::Greedy,
};

fn scenario(name: &'static str, about: &'static str, attackers: Vec<Attacker>) -> Scenario {
    Scenario {
        name,
        about,
        capacity: 1_000,
        humans: 200,
        honest: HONEST,
        attackers,
        attack_from_s: 120,
        ends_s: 1_800,
    }
}

/// All of them.
#[must_use]
pub fn scenarios() -> Vec<Scenario> {
    let mut all = vec![
        scenario("quiet", "nobody attacks", Vec::new()),
        scenario("empty hands", "neither money nor processors", vec![POOR]),
    ];
    let machines = [
        ("one server", "one machine of 2 M hashes/s", 1),
        ("a rack", "100 machines", 100),
        ("a botnet", "20,000 machines", 20_000),
    ];
    all.extend(machines.map(|(name, about, count)| scenario(name, about, vec![working(count)])));
    let pulses = Plan::Pulses {
        on_s: 20,
        off_s: 60,
    };
    let thrifty = Plan::Thrifty { pays_max: 20_000 };
    let purses = [
        (
            "$100 at once",
            "spends as fast as it can",
            100,
            Plan::Greedy,
        ),
        ("$10,000 evenly", "$8.33 a second", 10_000, Plan::Even),
        (
            "thrifty",
            "$1 M, but no more than 2 cents a request",
            1_000_000,
            thrifty,
        ),
        ("pulses", "$1,000, 20 s on and 60 s off", 1_000, pulses),
    ];
    all.extend(
        purses
            .map(|(name, about, dollars, plan)| scenario(name, about, vec![paying(dollars, plan)])),
    );
    all.push(scenario(
        "rack and purse",
        "100 machines and $10,000 evenly",
        vec![working(100), paying(10_000, Plan::Even)],
    ));
    let passes = [
        ("bought passes", "passes of humans for 300 requests/s", 300),
        ("many bought passes", "passes for 900 requests/s", 900),
    ];
    all.extend(passes.map(|(name, about, count)| scenario(name, about, vec![passing(count)])));
    all.push(scenario(
        "$1,000,000,000",
        "more than the highest level costs",
        vec![paying(1_000_000_000, Plan::Even)],
    ));
    all
}

const fn working(machines: u64) -> Attacker {
    Attacker {
        machines,
        hashes_per_s: 2_000_000,
        ..POOR
    }
}

const fn paying(dollars: u64, plan: Plan) -> Attacker {
    Attacker {
        money: dollars * DOLLAR,
        plan,
        ..POOR
    }
}

const fn passing(with_passes: u64) -> Attacker {
    Attacker {
        with_passes,
        ..POOR
    }
}
