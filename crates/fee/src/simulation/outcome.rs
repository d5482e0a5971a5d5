//! What came of a run.

use serde::Serialize;

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Which scenario.
    pub scenario: &'static str,
    /// Which seed.
    pub seed: u64,
    /// Whether the controller was at work.
    pub controlled: bool,
    /// Seconds from the beginning of the attack until load had been under target and band for ten seconds, if it ever was.
    pub reached_after_s: Option<u64>,
    /// The part of the seconds of the attack behind that with load above target and band, in thousandths.
    pub above_permille: u64,
    /// The level in the middle of the attack's seconds, in 1,024ths.
    pub level_median: u64,
    /// The highest level, in 1,024ths.
    pub level_peak: u64,
    /// The fee at the median level.
    pub fee_median: u64,
    /// Humans with passes.
    pub humans: HumanOutcome,
    /// Agents that mean no harm.
    pub honest: HonestOutcome,
    /// All attackers together.
    pub attackers: AttackerOutcome,
    /// Every second, for pictures.
    #[serde(skip)]
    pub samples: Vec<Sample>,
}

/// Humans with passes, while the attack lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HumanOutcome {
    /// Requests.
    pub asked: u64,
    /// Requests that the site dropped.
    pub lost: u64,
    /// How long 99 of 100 requests waited at most for the site, in milliseconds.
    pub wait_p99_ms: u64,
}

/// Agents that mean no harm, while the attack lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HonestOutcome {
    /// Requests they wanted.
    pub wanted: u64,
    /// Requests they paid for.
    pub paid: u64,
    /// Requests they worked for.
    pub worked: u64,
    /// Requests they gave up, as price and work were too high.
    pub gave_up: u64,
    /// What they paid in all.
    pub spent: u64,
}

/// What attackers came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AttackerOutcome {
    /// Requests they wanted.
    pub wanted: u64,
    /// Requests that got in.
    pub sent: u64,
    /// What they paid.
    pub spent: u64,
    /// Hashes they made.
    pub hashes: u128,
}

/// One second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Which.
    pub at_s: u64,
    /// Load in thousandths of the capacity.
    pub load_permille: u32,
    /// The level, in 1,024ths.
    pub level: u64,
    /// How long humans waited, in milliseconds.
    pub wait_ms: u64,
}
