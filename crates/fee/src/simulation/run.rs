//! One seed of one scenario.

use super::cast::{Attacker, Honest, Plan, Scenario};
use super::outcome::{AttackerOutcome, HonestOutcome, HumanOutcome, Outcome, Sample};
use super::random::Random;
use super::scenarios::tariff;
use crate::controller::Controller;
use crate::level::Level;
use crate::settings::{Settings, SettingsError};

/// How long a request takes on an idle site, in milliseconds.
const IDLE_MS: u64 = 5;
/// Requests that wait at most, in seconds of the site's capacity; more are dropped.
const QUEUE_S: u64 = 2;
/// Seconds under target and band that count as reached.
const CALM_S: u64 = 10;

/// Runs a scenario; without settings nothing is ever asked.
///
/// # Errors
/// When the settings are out of bounds.
pub fn run(
    scenario: &Scenario,
    settings: Option<Settings>,
    seed: u64,
) -> Result<Outcome, SettingsError> {
    let mut controller = settings.map(Controller::new).transpose()?;
    let mut world = World::new(scenario, seed);
    for at_s in 0..scenario.ends_s {
        let level = controller.as_ref().map_or(Level::OFF, Controller::level);
        let load = world.step(at_s, level);
        if let Some(controller) = &mut controller {
            controller.observe(load);
        }
    }
    Ok(world.outcome(settings))
}

struct World<'a> {
    scenario: &'a Scenario,
    seed: u64,
    random: Random,
    /// What each honest agent would pay.
    pays: Vec<u64>,
    spent: Vec<u64>,
    /// Hashes that an attacker has towards its next request.
    hashes: Vec<u64>,
    backlog: u64,
    /// Wait in milliseconds and number of humans, by second of the attack.
    waits: Vec<(u64, u64)>,
    humans: HumanOutcome,
    honest: HonestOutcome,
    attackers: AttackerOutcome,
    samples: Vec<Sample>,
}

impl<'a> World<'a> {
    fn new(scenario: &'a Scenario, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let honest = &scenario.honest;
        let pays = (0..honest.agents).map(|_| willingness(honest, &mut random));
        Self {
            scenario,
            seed,
            pays: pays.collect(),
            random,
            spent: vec![0; scenario.attackers.len()],
            hashes: vec![0; scenario.attackers.len()],
            backlog: 0,
            waits: Vec::new(),
            humans: HumanOutcome::default(),
            honest: HonestOutcome::default(),
            attackers: AttackerOutcome::default(),
            samples: Vec::new(),
        }
    }

    /// Everyone asks for a second; gives the load in thousandths.
    fn step(&mut self, at_s: u64, level: Level) -> u32 {
        let attacked = at_s >= self.scenario.attack_from_s;
        let humans = self.random.count(self.scenario.humans);
        let honest = self.ask_honest(level, attacked);
        let mut let_through = humans + honest;
        for index in 0..self.scenario.attackers.len() {
            let_through += self.attack(index, at_s, level);
        }
        let capacity = self.scenario.capacity;
        self.backlog += let_through;
        let served = self.backlog.min(capacity);
        self.backlog -= served;
        let dropped = self.backlog.saturating_sub(QUEUE_S * capacity);
        self.backlog -= dropped;
        let wait_ms = IDLE_MS + self.backlog * 1_000 / capacity;
        if attacked {
            self.humans.asked += humans;
            self.humans.lost += dropped * humans / let_through.max(1);
            self.waits.push((wait_ms, humans));
        }
        let load = u32::try_from(let_through * 1_000 / capacity).unwrap_or(u32::MAX);
        self.samples.push(Sample {
            at_s,
            load_permille: load,
            level: level.in_1024ths(),
            wait_ms,
        });
        load
    }

    fn ask_honest(&mut self, level: Level, attacked: bool) -> u64 {
        let honest = self.scenario.honest;
        let (fee, hashes) = (level.fee(&tariff()), level.hashes(&tariff()));
        let works = hashes <= honest.hashes_per_s.saturating_mul(honest.waits_s);
        let mut now = HonestOutcome::default();
        for pays in &self.pays {
            if self.random.below(1_000) >= honest.requests_per_1000_s {
                continue;
            }
            now.wanted += 1;
            if fee <= *pays {
                now.paid += 1;
                now.spent += fee;
            } else if works {
                now.worked += 1;
            } else {
                now.gave_up += 1;
            }
        }
        if attacked {
            self.honest.wanted += now.wanted;
            self.honest.paid += now.paid;
            self.honest.worked += now.worked;
            self.honest.gave_up += now.gave_up;
            self.honest.spent += now.spent;
        }
        now.paid + now.worked
    }

    /// What an attacker gets through in this second.
    fn attack(&mut self, index: usize, at_s: u64, level: Level) -> u64 {
        let attacker = &self.scenario.attackers[index];
        let Some(since) = at_s.checked_sub(self.scenario.attack_from_s) else {
            return 0;
        };
        let (fee, hashes) = (level.fee(&tariff()), level.hashes(&tariff()));
        let power = attacker.machines * attacker.hashes_per_s;
        // It computes on while it is silent, but not ahead: a challenge is short-lived.
        self.hashes[index] = self.hashes[index]
            .saturating_add(power)
            .min(power.max(hashes));
        if since >= attacker.patience_s || !is_on(attacker.plan, since) {
            return 0;
        }
        let wanted = self.random.count(attacker.wants);
        let free = attacker.with_passes.min(wanted);
        let rest = wanted - free;
        self.attackers.wanted += wanted;
        if level.is_off() {
            self.attackers.sent += wanted;
            return wanted;
        }
        let worked = rest.min(self.hashes[index] / hashes.max(1));
        self.hashes[index] -= worked * hashes;
        let budget = allowance(attacker, self.spent[index], fee);
        let paid = (rest - worked).min(budget / fee.max(1));
        self.spent[index] += paid * fee;
        self.attackers.sent += free + worked + paid;
        self.attackers.spent += paid * fee;
        self.attackers.hashes += u128::from(worked) * u128::from(hashes);
        free + worked + paid
    }

    fn outcome(mut self, settings: Option<Settings>) -> Outcome {
        let scenario = self.scenario;
        let settings_or = settings.unwrap_or_default();
        let above = settings_or.target_permille + settings_or.band_permille;
        let (from, until) = attack_span(scenario);
        let during: Vec<Sample> = self
            .samples
            .iter()
            .filter(|sample| (from..until).contains(&sample.at_s))
            .copied()
            .collect();
        let reached = reached(&during, above);
        let behind = during.iter().skip(reached.map_or(during.len(), |at| at));
        let (mut seconds, mut bad) = (0, 0);
        for sample in behind {
            seconds += 1;
            bad += u64::from(sample.load_permille > above);
        }
        let mut levels: Vec<u64> = during.iter().map(|sample| sample.level).collect();
        levels.sort_unstable();
        let median = levels.get(levels.len() / 2).copied().unwrap_or_default();
        self.humans.wait_p99_ms = quantile_99(&mut self.waits);
        Outcome {
            scenario: scenario.name,
            seed: self.seed,
            controlled: settings.is_some(),
            reached_after_s: reached.map(|at| at as u64),
            above_permille: (bad * 1_000u64).checked_div(seconds).unwrap_or(1_000),
            level_median: median,
            level_peak: levels.last().copied().unwrap_or_default(),
            fee_median: Level(median).fee(&tariff()),
            humans: self.humans,
            honest: self.honest,
            attackers: self.attackers,
            samples: self.samples,
        }
    }
}

/// What an agent would pay for a request, from the least to the most, evenly by doublings.
fn willingness(honest: &Honest, random: &mut Random) -> u64 {
    let whole = random.below(honest.pays_doublings.max(1));
    let base = honest.pays_min << whole.min(40);
    base + base * random.below(1_000) / 1_000
}

const fn is_on(plan: Plan, since_s: u64) -> bool {
    match plan {
        Plan::Greedy | Plan::Even | Plan::Thrifty { .. } => true,
        Plan::Pulses { on_s, off_s } => since_s % (on_s + off_s) < on_s,
    }
}

/// What an attacker spends in this second at most.
fn allowance(attacker: &Attacker, spent: u64, fee: u64) -> u64 {
    let left = attacker.money.saturating_sub(spent);
    match attacker.plan {
        Plan::Greedy | Plan::Pulses { .. } => left,
        Plan::Even => left.min(attacker.money / attacker.patience_s.max(1)),
        Plan::Thrifty { pays_max } if fee > pays_max => 0,
        Plan::Thrifty { .. } => left,
    }
}

/// From when until when the attack lasts.
fn attack_span(scenario: &Scenario) -> (u64, u64) {
    let patience = scenario.attackers.iter().map(|one| one.patience_s).max();
    let until = scenario.attack_from_s + patience.unwrap_or_default();
    (scenario.attack_from_s, until.min(scenario.ends_s))
}

/// The first second from which load isn't above for [`CALM_S`] seconds.
fn reached(during: &[Sample], above: u32) -> Option<usize> {
    let calm = usize::try_from(CALM_S).unwrap_or(usize::MAX);
    during
        .windows(calm)
        .position(|some| some.iter().all(|sample| sample.load_permille <= above))
}

/// The wait that 99 of 100 humans didn't exceed.
fn quantile_99(waits: &mut [(u64, u64)]) -> u64 {
    waits.sort_unstable();
    let all: u64 = waits.iter().map(|(_, humans)| humans).sum();
    let mut seen = 0;
    for (wait_ms, humans) in waits.iter() {
        seen += humans;
        if seen * 100 >= all * 99 {
            return *wait_ms;
        }
    }
    0
}
