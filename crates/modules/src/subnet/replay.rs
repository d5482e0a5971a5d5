//! An epoch's payouts from its record: the same functions settle it on the ledger and explain it to whoever asks.

use lilliput_incentives::EpochError;
use lilliput_incentives::epoch::{
    self, BondSpeed, EpochOutcome, EpochRule, Evidence, Explanation, Participant,
};
use lilliput_types::Amount;
use lilliput_types::subnet::{self, EpochInput, SeatInput, Settings};

/// The rule's parameters.
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

/// What the rule is applied to.
#[must_use]
pub fn participants(seats: &[SeatInput]) -> Vec<Participant> {
    let participant = |seat: &SeatInput| Participant {
        stake: base_units(seat.stake),
        evidence: Evidence {
            passed: seat.passed,
            failed: seat.failed,
        },
        weights: seat.weights.to_vec(),
        bonds: seat.bonds.to_vec(),
    };
    seats.iter().map(participant).collect()
}

/// Who gets what.
///
/// # Errors
/// When the input is out of the rule's bounds, which the ledger rules out.
pub fn outcome(input: &EpochInput) -> Result<EpochOutcome, EpochError> {
    epoch::run_epoch(
        &participants(&input.seats),
        &rule(&input.settings),
        base_units(input.emission),
    )
}

/// Why one uid gets it; none for a uid that doesn't exist.
///
/// # Errors
/// As [`outcome`].
pub fn explanation(input: &EpochInput, uid: u16) -> Result<Option<Explanation>, EpochError> {
    epoch::explain(
        &participants(&input.seats),
        &rule(&input.settings),
        base_units(input.emission),
        uid,
    )
}

/// Stakes and emissions stay below 2^63; whatever lies above is refused by the rule.
fn base_units(amount: Amount) -> u64 {
    u64::try_from(amount.0).unwrap_or(u64::MAX)
}
