//! An epoch's payouts from its record: the same functions settle it on the ledger and explain it to whoever asks.

use lilliput_incentives::epoch::{
    self, BondSpeed, EpochOutcome, EpochRule, Evidence, Explanation, Participant,
};
use lilliput_incentives::{EpochError, SubtensorError, subtensor};
use lilliput_types::Amount;
use lilliput_types::subnet::{self, EpochInput, Rule, SeatInput, Settings, SubtensorRule};
use thiserror::Error;

/// Why an epoch can't be replayed: its input is out of bounds, which the ledger rules out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReplayError {
    /// Under rule `evidence-1`.
    #[error(transparent)]
    Evidence(#[from] EpochError),
    /// Under rule `subtensor-425`.
    #[error(transparent)]
    Subtensor(#[from] SubtensorError),
    /// Bonds under rule `subtensor-425` have 16 bits.
    #[error("a bond of uid {0} is above 65535")]
    Bond(u16),
    /// More was paid than there is.
    #[error("payouts of {paid} exceed the emission of {emission}")]
    Emission {
        /// What they sum to.
        paid: u128,
        /// What there is.
        emission: u64,
    },
}

/// Why a uid got it, by the rule of the epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Explained {
    /// Under rule `evidence-1`.
    Evidence(Explanation),
    /// Under rule `subtensor-425`; what the owner keeps went off before.
    Subtensor {
        /// Line by line.
        explanation: subtensor::Explanation,
        /// What the rule split up.
        emission: u64,
    },
}

impl Explained {
    /// Earned as miner and as validator.
    #[must_use]
    pub const fn earned(&self) -> (u64, u64) {
        match self {
            Self::Evidence(one) => (one.incentive, one.dividend),
            Self::Subtensor { explanation, .. } => {
                (explanation.server_emission, explanation.validator_emission)
            }
        }
    }
}

/// The parameters of rule `evidence-1`.
#[must_use]
pub fn rule(settings: &Settings) -> EpochRule {
    EpochRule {
        validators_max: settings.validators_max,
        stake_min: base_units(settings.stake_min),
        majority: settings.majority,
        audits_required: settings.audits_required,
        excess_penalty: settings.excess_penalty,
        bond_speed: match settings.bond_speed {
            subnet::BondSpeed::Fixed(speed) => BondSpeed::Fixed(speed),
            subnet::BondSpeed::Liquid { low, high } => BondSpeed::Liquid { low, high },
        },
        owner_part: settings.owner_part,
        validators_part: settings.validators_part,
        burn_uid: settings.burn_uid,
    }
}

/// What rule `evidence-1` is applied to: a uid that nobody has brings nothing.
#[must_use]
pub fn participants(seats: &[SeatInput]) -> Vec<Participant> {
    let mut participants = vec![Participant::default(); uids(seats)];
    for seat in seats {
        if let Some(place) = participants.get_mut(usize::from(seat.uid)) {
            *place = Participant {
                stake: base_units(seat.stake),
                evidence: Evidence {
                    passed: seat.passed,
                    failed: seat.failed,
                },
                weights: seat.weights.to_vec(),
                bonds: seat.bonds.to_vec(),
            };
        }
    }
    participants
}

/// What rule `subtensor-425` is applied to. Its blocks are epochs, counted from one.
///
/// # Errors
/// When a bond has more than 16 bits.
pub fn subtensor_input(
    input: &EpochInput,
    rule: &SubtensorRule,
) -> Result<subtensor::EpochInput, ReplayError> {
    let uids = uids(&input.seats);
    let settings = &input.settings;
    let mut all = subtensor::EpochInput {
        n: uids as u64,
        stake: vec![0; uids],
        min_stake: base_units(settings.stake_min),
        weights: vec![Vec::new(); uids],
        bonds: vec![Vec::new(); uids],
        last_update: vec![0; uids],
        block_at_registration: vec![0; uids],
        current_block: block(input.epoch),
        activity_cutoff: rule.activity_epochs.into(),
        tempo: 1,
        last_mech_step: input.epoch.0,
        validator_permit: vec![false; uids],
        max_allowed_validators: settings.validators_max,
        owner_uid: input.owner_uid,
        kappa: rule.kappa,
        bonds_penalty: rule.bonds_penalty,
        bonds_moving_average: rule.bonds_moving_average.into(),
        yuma3: rule.yuma3,
        liquid_alpha: rule.liquid_alpha,
        alpha_low: rule.alpha_low,
        alpha_high: rule.alpha_high,
        alpha_sigmoid_steepness: rule.alpha_sigmoid_steepness,
        emission: base_units(input.emission) - owner_amount(input),
        earliest_active_commit_block: None,
    };
    for seat in input.seats.iter() {
        let at = usize::from(seat.uid);
        let bond = |&(uid, bond): &(u16, u32)| Some((uid, u16::try_from(bond).ok()?));
        let bonds: Option<Vec<(u16, u16)>> = seat.bonds.iter().map(bond).collect();
        all.stake[at] = base_units(seat.stake);
        all.weights[at] = seat.weights.to_vec();
        all.bonds[at] = bonds.ok_or(ReplayError::Bond(seat.uid))?;
        all.last_update[at] = block(seat.updated);
        all.block_at_registration[at] = block(seat.since);
        all.validator_permit[at] = seat.permit;
    }
    Ok(all)
}

/// Who gets what; lists are by uid, those that nobody has included.
///
/// # Errors
/// When the input is out of the rule's bounds, which the ledger rules out.
pub fn outcome(input: &EpochInput) -> Result<EpochOutcome, ReplayError> {
    match &input.rule {
        Rule::Evidence1 => Ok(epoch::run_epoch(
            &participants(&input.seats),
            &rule(&input.settings),
            base_units(input.emission),
        )?),
        Rule::Subtensor425(rule) => subtensor_outcome(input, rule),
    }
}

fn subtensor_outcome(
    input: &EpochInput,
    rule: &SubtensorRule,
) -> Result<EpochOutcome, ReplayError> {
    let output = subtensor::run_epoch(&subtensor_input(input, rule)?)?;
    let mut incentives = output.server_emission;
    let owner = owner_amount(input);
    // As upstream: what would go to this uid as miner is burned, and nothing else.
    let burn = input.settings.burn_uid.map(usize::from);
    let burned = burn
        .and_then(|uid| incentives.get_mut(uid))
        .map_or(0, std::mem::take);
    let earned = incentives.iter().chain(&output.validator_emission);
    let paid = earned.map(|amount| u128::from(*amount)).sum::<u128>()
        + u128::from(owner)
        + u128::from(burned);
    let emission = base_units(input.emission);
    let carried = u128::from(emission).checked_sub(paid);
    let carried = carried.ok_or(ReplayError::Emission { paid, emission })?;
    let wide = |row: Vec<(u16, u16)>| {
        let cells = row.into_iter().filter(|cell| cell.1 > 0);
        cells.map(|(uid, bond)| (uid, u32::from(bond))).collect()
    };
    let narrow = |bits: i64| u32::try_from(bits).unwrap_or(u32::MAX);
    Ok(EpochOutcome {
        permits: output.new_validator_permit,
        consensus: output.raw_bits.consensus.into_iter().map(narrow).collect(),
        incentives,
        dividends: output.validator_emission,
        bonds: output.bonds.into_iter().map(wide).collect(),
        owner,
        burned,
        carried: u64::try_from(carried).unwrap_or(u64::MAX),
    })
}

/// Why one uid gets it; none for a uid that doesn't exist.
///
/// # Errors
/// As [`outcome`].
pub fn explanation(input: &EpochInput, uid: u16) -> Result<Option<Explained>, ReplayError> {
    match &input.rule {
        Rule::Evidence1 => {
            let found = epoch::explain(
                &participants(&input.seats),
                &rule(&input.settings),
                base_units(input.emission),
                uid,
            )?;
            Ok(found.map(Explained::Evidence))
        }
        Rule::Subtensor425(rule) => {
            let input_of_rule = subtensor_input(input, rule)?;
            let mut found = subtensor::explain(&input_of_rule, uid)?;
            if let Some(found) = &mut found
                && input.settings.burn_uid == Some(uid)
            {
                found.server_emission = 0;
            }
            Ok(found.map(|explanation| Explained::Subtensor {
                explanation,
                emission: input_of_rule.emission,
            }))
        }
    }
}

/// One above the highest uid.
fn uids(seats: &[SeatInput]) -> usize {
    let uids = seats.iter().map(|seat| usize::from(seat.uid) + 1);
    uids.max().unwrap_or(0)
}

fn block(epoch: lilliput_types::SubnetEpoch) -> u64 {
    epoch.0.saturating_add(1)
}

/// What the owner keeps under rule `subtensor-425`, before all else.
fn owner_amount(input: &EpochInput) -> u64 {
    let emission = u128::from(base_units(input.emission));
    let part = u128::from(input.settings.owner_part);
    u64::try_from((emission * part) >> 16).unwrap_or(0)
}

/// Stakes and emissions stay below 2^63; whatever lies above is refused by the rule.
fn base_units(amount: Amount) -> u64 {
    u64::try_from(amount.0).unwrap_or(u64::MAX)
}
