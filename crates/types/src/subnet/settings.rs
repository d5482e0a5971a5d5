//! What a subnet's owner decides.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::{Amount, AssetId, DurationMs};

/// How weights follow from answers.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Scorer {
    /// The part of the answers that equal the truth.
    ExactMatch,
    /// The mean cosine of answer and truth.
    Similarity,
    /// The mean correlation of answer and truth, as tournaments compute it.
    Correlation,
    /// Ensembles of forecasts by the continuous ranked probability score.
    Ensemble {
        /// The score at which nothing is earned.
        scale: u64,
    },
    /// Strengths from votes between pairs of answers.
    Votes,
    /// A paper account that follows positions over prices.
    Trading {
        /// The largest position either way, in 65536ths.
        leverage_max: u32,
        /// The largest fall from the peak, in 65536ths of it.
        drawdown_max: u16,
        /// Days to survive before anything is earned.
        challenge_days: u32,
        /// The gain that earns a full score, in 65536ths.
        gain_full: u32,
    },
    /// The mean contribution of answers to a meta model that stands in the truth, as tournaments compute it.
    Contribution {
        /// The contribution that earns a full score, in 65536ths.
        full: u16,
    },
}

/// How fast bonds follow weights, in 65536ths an epoch.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum BondSpeed {
    /// Always the same.
    Fixed(u16),
    /// The faster, the further the weight departs from majority or bond.
    Liquid {
        /// The lowest speed.
        low: u16,
        /// The highest speed.
        high: u16,
    },
}

/// By which arithmetic an epoch pays.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
pub enum Rule {
    /// Ours: paid for evidence, by the settings.
    #[default]
    #[serde(rename = "evidence-1")]
    Evidence1,
    /// The arithmetic of subtensor, by its own parameters.
    #[serde(rename = "subtensor-425")]
    Subtensor425(SubtensorRule),
}

impl Rule {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Evidence1 => "evidence-1",
            Self::Subtensor425(_) => "subtensor-425",
        }
    }

    /// Whether bonds and kept weights mean the same under both.
    #[must_use]
    pub const fn same_kind(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Evidence1, Self::Evidence1) | (Self::Subtensor425(_), Self::Subtensor425(_))
        )
    }
}

/// Parameters of rule `subtensor-425` beside the settings; parts are in 65535ths.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SubtensorRule {
    /// A weight counts up to what this part of the active stake gave.
    pub kappa: u16,
    /// How much of what exceeds the consensus is left out of bonds.
    pub bonds_penalty: u16,
    /// The old bonds' part of new ones, in millionths.
    pub bonds_moving_average: u32,
    /// Whether bonds are those of Yuma 3, else of Yuma 2.
    pub yuma3: bool,
    /// Under Yuma 3: whether bonds follow the faster, the further a weight departs.
    pub liquid_alpha: bool,
    /// The lowest speed then.
    pub alpha_low: u16,
    /// The highest.
    pub alpha_high: u16,
    /// How sharply the speed changes between them.
    pub alpha_sigmoid_steepness: i16,
    /// For how many epochs weights make a validator active.
    pub activity_epochs: u16,
}

impl SubtensorRule {
    /// Yuma 3 with liquid alpha, as subtensor has it where an owner says nothing else.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            kappa: 32_767,
            bonds_penalty: u16::MAX,
            bonds_moving_average: 900_000,
            yuma3: true,
            liquid_alpha: true,
            alpha_low: 45_875,
            alpha_high: 58_982,
            alpha_sigmoid_steepness: 1_000,
            activity_epochs: 14,
        }
    }
}

/// A subnet's settings. Parts are in 65536ths.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How weights follow from answers.
    pub scorer: Scorer,
    /// A score counts by this power, so that small differences among good miners pay.
    pub power: u8,
    /// How many signed answers must stand behind each weight.
    pub probes_min: u8,
    /// Audits that are drawn for each validator; all must hold.
    pub audits_required: u8,
    /// A validator needs one part in so many of the subnet's stake.
    pub validators_max: u16,
    /// And at least so much.
    pub stake_min: Amount,
    /// A weight counts if more than this part of the voting stake gave at least as much.
    pub majority: u16,
    /// How much of what exceeds the majority's weight is left out of bonds.
    pub excess_penalty: u16,
    /// How fast bonds follow weights.
    pub bond_speed: BondSpeed,
    /// The owner's part of the emission.
    pub owner_part: u16,
    /// The validators' part of the rest.
    pub validators_part: u16,
    /// Weights for this uid burn emission.
    pub burn_uid: Option<u16>,
    /// The most uids.
    pub uids_max: u16,
    /// Scored epochs before a member can be challenged.
    pub immunity_epochs: u16,
    /// How long an epoch's phase commit takes.
    pub commit_ms: DurationMs,
    /// How long its phase reveal takes.
    pub reveal_ms: DurationMs,
    /// How long its phase audit takes.
    pub audit_ms: DurationMs,
}

impl Settings {
    /// What a subnet has where its owner says nothing else, with phases of this length.
    #[must_use]
    pub const fn standard(scorer: Scorer, phase_ms: DurationMs) -> Self {
        Self {
            scorer,
            power: 1,
            probes_min: 8,
            audits_required: 8,
            validators_max: 64,
            stake_min: Amount(1_000_000),
            majority: 1 << 15,
            excess_penalty: u16::MAX,
            bond_speed: BondSpeed::Liquid {
                low: 6_554,
                high: 19_661,
            },
            owner_part: 5_898,
            validators_part: 1 << 15,
            burn_uid: None,
            uids_max: 256,
            immunity_epochs: 2,
            commit_ms: phase_ms,
            reveal_ms: phase_ms,
            audit_ms: phase_ms,
        }
    }
}

/// What the genesis sets once for all subnets. Parts are in 65536ths.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// What deposits, registrations, stake and emission are in.
    pub asset: AssetId,
    /// The least deposit for a subnet.
    pub deposit_min: Amount,
    /// In which time the deposit falls by the last one.
    pub deposit_interval_ms: DurationMs,
    /// How long a subnet can't be closed.
    pub lock_ms: DurationMs,
    /// The lowest price of a registration.
    pub burn_min: Amount,
    /// The highest.
    pub burn_max: Amount,
    /// In which time the price halves.
    pub burn_half_life_ms: DurationMs,
    /// The shortest phase.
    pub phase_min_ms: DurationMs,
    /// The longest phase.
    pub phase_max_ms: DurationMs,
    /// How long stake waits after it has left.
    pub unbonding_ms: DurationMs,
    /// The least that is staked at once.
    pub stake_step: Amount,
    /// The part of a pool lost for weights that weren't shown.
    pub slash_silent: u16,
    /// The part of a pool lost for a failed audit.
    pub slash_failed: u16,
    /// What is minted a day before the first halving.
    pub emission_per_day: Amount,
    /// What is minted at most in all.
    pub emission_cap: Amount,
    /// For how many epochs a record is kept.
    pub records_kept: u16,
}

const SECOND_MS: u64 = 1_000;
const HOUR_MS: u64 = 3_600 * SECOND_MS;
const DAY_MS: u64 = 24 * HOUR_MS;
/// One coin of an asset with six decimals.
const COIN: u128 = 1_000_000;

impl Terms {
    /// What a network of play money begins with.
    #[must_use]
    pub const fn standard(asset: AssetId) -> Self {
        Self {
            asset,
            deposit_min: Amount(100 * COIN),
            deposit_interval_ms: DurationMs(14 * DAY_MS),
            lock_ms: DurationMs(DAY_MS),
            burn_min: Amount(COIN / 10),
            burn_max: Amount(1_000 * COIN),
            burn_half_life_ms: DurationMs(12 * HOUR_MS),
            phase_min_ms: DurationMs(SECOND_MS),
            phase_max_ms: DurationMs(2 * DAY_MS),
            unbonding_ms: DurationMs(HOUR_MS),
            stake_step: Amount(COIN / 10),
            slash_silent: 655,
            slash_failed: 3_277,
            emission_per_day: Amount(7_200 * COIN),
            emission_cap: Amount(21_000_000 * COIN),
            records_kept: 64,
        }
    }
}
