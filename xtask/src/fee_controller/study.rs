//! What is simulated: the named floods, and budgets from nothing to more than the highest level costs.

use anyhow::{Context, Result};
use lilliput_fee::Settings;
use lilliput_fee::simulation::{Attacker, Outcome, Plan, Scenario, run as simulate, scenarios};

/// A flood over several seeds.
pub(super) struct Flood {
    pub(super) scenario: Scenario,
    /// With the controller, a run a seed.
    pub(super) controlled: Vec<Outcome>,
    /// Without it, of the first seed.
    pub(super) bare: Outcome,
}

/// Floods that differ in one number.
pub(super) struct Sweep {
    /// What the number is.
    pub(super) name: &'static str,
    pub(super) points: Vec<(u64, Vec<Outcome>)>,
}

/// Other settings, under some of the floods.
pub(super) struct Variant {
    pub(super) name: &'static str,
    pub(super) floods: Vec<Vec<Outcome>>,
}

/// The floods that settings are compared by.
pub(super) const COMPARED: [&str; 4] = ["rack and purse", "a botnet", "thrifty", "pulses"];

pub(super) struct Study {
    pub(super) seeds: u64,
    pub(super) settings: Settings,
    pub(super) floods: Vec<Flood>,
    pub(super) variants: Vec<Variant>,
    pub(super) money: Sweep,
    pub(super) machines: Sweep,
}

pub(super) fn run(seeds: u64) -> Result<Study> {
    let settings = Settings::default();
    let over_seeds = |scenario: &Scenario| -> Result<Vec<Outcome>> {
        let runs = (1..=seeds).map(|seed| simulate(scenario, Some(settings), seed));
        runs.map(|outcome| outcome.context("the standard settings are refused"))
            .collect()
    };
    let all = scenarios();
    let quiet = all.first().context("there is no flood")?.clone();
    let mut floods = Vec::new();
    for scenario in all {
        floods.push(Flood {
            controlled: over_seeds(&scenario)?,
            bare: simulate(&scenario, None, 1)?,
            scenario,
        });
    }
    let sweep = |name, numbers: &[u64], attacker: fn(u64) -> Attacker| -> Result<Sweep> {
        let mut points = Vec::new();
        for &number in numbers {
            let scenario = Scenario {
                attackers: vec![attacker(number)],
                ..quiet.clone()
            };
            points.push((number, over_seeds(&scenario)?));
        }
        Ok(Sweep { name, points })
    };
    let tens: Vec<u64> = (0..=9).map(|power| 10_u64.pow(power)).collect();
    Ok(Study {
        seeds,
        settings,
        money: sweep("dollars, spent evenly in 20 minutes", &tens, rich)?,
        machines: sweep(
            "machines of 2 M hashes/s",
            tens.get(..8).unwrap_or(&tens),
            many,
        )?,
        variants: variants(seeds, settings, &floods)?,
        floods,
    })
}

/// What other numbers would come to.
fn variants(seeds: u64, standard: Settings, floods: &[Flood]) -> Result<Vec<Variant>> {
    let others = [
        ("the standard ones", standard),
        (
            "gain 1/4, at most the double",
            Settings {
                gain_permille: 250,
                rise_max_permille: 1_000,
                ..standard
            },
        ),
        (
            "gain 1/8, at most by 1/8, as EIP-1559",
            Settings {
                gain_permille: 125,
                rise_max_permille: 125,
                ..standard
            },
        ),
        (
            "falls twice as fast",
            Settings {
                fall_max_permille: 30,
                ..standard
            },
        ),
        (
            "falls as fast as EIP-1559, without a stay",
            Settings {
                fall_max_permille: 125,
                hold_windows: 1,
                hold_max_windows: 1,
                ..standard
            },
        ),
    ];
    let mut variants = Vec::new();
    for (name, settings) in others {
        let mut own = Vec::new();
        for flood in COMPARED {
            let found = floods.iter().find(|other| other.scenario.name == flood);
            let scenario = &found.context("a flood is missing")?.scenario;
            let runs = (1..=seeds).map(|seed| simulate(scenario, Some(settings), seed));
            own.push(runs.collect::<std::result::Result<Vec<_>, _>>()?);
        }
        variants.push(Variant { name, floods: own });
    }
    Ok(variants)
}

/// Ten times what the site bears, for twenty minutes.
const FLOOD: Attacker = Attacker {
    wants: 10_000,
    money: 0,
    machines: 0,
    hashes_per_s: 2_000_000,
    with_passes: 0,
    patience_s: 1_200,
    plan: Plan::Even,
};

const fn rich(dollars: u64) -> Attacker {
    Attacker {
        money: dollars * 1_000_000,
        ..FLOOD
    }
}

const fn many(machines: u64) -> Attacker {
    Attacker { machines, ..FLOOD }
}

/// The number in the middle.
pub(super) fn median(outcomes: &[Outcome], number: impl Fn(&Outcome) -> f64) -> f64 {
    let mut numbers: Vec<f64> = outcomes.iter().map(number).collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The largest.
pub(super) fn most(outcomes: &[Outcome], number: impl Fn(&Outcome) -> f64) -> f64 {
    outcomes.iter().map(number).fold(0.0, f64::max)
}

/// A share in percent.
pub(super) fn percent(part: u64, whole: u64) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

/// Honest requests that were served, in percent.
pub(super) fn served(outcome: &Outcome) -> f64 {
    let honest = &outcome.honest;
    percent(honest.paid + honest.worked, honest.wanted)
}

/// When load was under the target, if it was in every run.
pub(super) fn reached(outcomes: &[Outcome]) -> Option<f64> {
    let all = outcomes
        .iter()
        .all(|outcome| outcome.reached_after_s.is_some());
    all.then(|| {
        most(outcomes, |outcome| {
            outcome.reached_after_s.unwrap_or_default() as f64
        })
    })
}
