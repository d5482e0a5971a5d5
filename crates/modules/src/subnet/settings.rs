//! Bounds of what owners and the genesis set.

use lilliput_incentives::scorers::{LEVERAGE_MAX, VALUE_MAX};
use lilliput_ledger::{Failure, Refusal};
use lilliput_types::Amount;
use lilliput_types::subnet::{
    AUDITS_MAX, BondSpeed, PROBES_MAX, Rule, Scorer, Settings, Terms, UIDS_MAX,
};

use super::emission::CAP_MAX;
use crate::refuse::{refusal, refuse};

/// The largest part of the emission that an owner may keep.
const OWNER_PART_MAX: u16 = 11_796;
const MAJORITY_MIN: u16 = 1 << 15;
const VALIDATORS_MAX: u16 = 256;
const POWER_MAX: u8 = 16;
const IMMUNITY: (u16, u16) = (2, 1_000);
const UIDS_MIN: u16 = 2;
const MILLION: u32 = 1_000_000;
const ACTIVITY_MAX: u16 = 5_000;
/// The largest part of a pool that is lost at once.
const SLASH_MAX: u16 = 1 << 15;

/// What needs no state.
pub(super) fn check(settings: &Settings) -> Result<(), Refusal> {
    let speeds = match settings.bond_speed {
        BondSpeed::Fixed(_) => true,
        BondSpeed::Liquid { low, high } => low <= high,
    };
    let within = |value: u16, low: u16, high: u16| (low..=high).contains(&value);
    let rules = [
        (
            within(settings.power.into(), 1, POWER_MAX.into()),
            "power is 1 to 16",
        ),
        (
            settings.probes_min > 0 && u32::from(settings.probes_min) <= PROBES_MAX,
            "probes_min is 1 to 64",
        ),
        (
            settings.audits_required > 0 && u32::from(settings.audits_required) <= AUDITS_MAX,
            "audits_required is 1 to 32",
        ),
        (
            within(settings.validators_max, 1, VALIDATORS_MAX),
            "validators_max is 1 to 256",
        ),
        (
            settings.majority >= MAJORITY_MIN,
            "majority is 32768 to 65535",
        ),
        (
            settings.owner_part <= OWNER_PART_MAX,
            "owner_part is at most 11796",
        ),
        (speeds, "the lowest bond speed is above the highest"),
        (
            settings.uids_max >= UIDS_MIN && u32::from(settings.uids_max) <= UIDS_MAX,
            "uids_max is 2 to 4096",
        ),
        (
            within(settings.immunity_epochs, IMMUNITY.0, IMMUNITY.1),
            "immunity_epochs is 2 to 1000",
        ),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(refusal("subnet.settings", rule)),
        None => check_scorer(&settings.scorer),
    }
}

fn check_scorer(scorer: &Scorer) -> Result<(), Refusal> {
    let rule = match *scorer {
        Scorer::ExactMatch | Scorer::Similarity | Scorer::Correlation | Scorer::Votes => None,
        Scorer::Ensemble { scale } => {
            let fits = scale > 0 && scale < VALUE_MAX.unsigned_abs();
            (!fits).then_some("scale is 1 to 2^53")
        }
        Scorer::Contribution { full } => (full == 0).then_some("full is above 0"),
        Scorer::Trading {
            leverage_max,
            gain_full,
            ..
        } => {
            let fits = leverage_max > 0 && leverage_max <= LEVERAGE_MAX && gain_full > 0;
            (!fits).then_some("leverage_max is 1 to 6553600, gain_full above 0")
        }
    };
    rule.map_or(Ok(()), |rule| Err(refusal("subnet.scorer", rule)))
}

/// The rule that epochs pay by, with its parameters.
pub(super) fn check_rule(rule: &Rule) -> Result<(), Refusal> {
    let Rule::Subtensor425(rule) = rule else {
        return Ok(());
    };
    let rules = [
        (rule.kappa > 0, "kappa is 1 to 65535"),
        (
            rule.bonds_moving_average <= MILLION,
            "bonds_moving_average is at most 1000000",
        ),
        (
            rule.alpha_low <= rule.alpha_high,
            "alpha_low is above alpha_high",
        ),
        (
            rule.activity_epochs > 0 && rule.activity_epochs <= ACTIVITY_MAX,
            "activity_epochs is 1 to 5000",
        ),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(refusal("subnet.rule", rule)),
        None => Ok(()),
    }
}

/// Lengths of phases, which the genesis bounds.
pub(super) fn check_phases(settings: &Settings, terms: &Terms) -> Result<(), Failure> {
    for phase in [settings.commit_ms, settings.reveal_ms, settings.audit_ms] {
        if phase < terms.phase_min_ms || phase > terms.phase_max_ms {
            return refuse(
                "subnet.phase",
                format!(
                    "a phase of {phase} ms is out of bounds, choose {} to {}",
                    terms.phase_min_ms, terms.phase_max_ms
                ),
            );
        }
    }
    Ok(())
}

/// What the genesis may set.
pub(crate) fn check_terms(terms: &Terms) -> Result<(), Failure> {
    let fits_u64 = [terms.deposit_min, terms.burn_min, terms.burn_max];
    let rules = [
        (
            fits_u64.iter().all(|amount| *amount <= Amount(CAP_MAX)),
            "a deposit or price is above 2^62",
        ),
        (
            terms.burn_min <= terms.burn_max,
            "burn_min is above burn_max",
        ),
        (!terms.burn_min.is_zero(), "burn_min is zero"),
        (!terms.stake_step.is_zero(), "stake_step is zero"),
        (terms.phase_min_ms.0 > 0, "phase_min_ms is zero"),
        (
            terms.phase_min_ms <= terms.phase_max_ms,
            "phase_min_ms is above phase_max_ms",
        ),
        (
            terms.slash_silent.max(terms.slash_failed) <= SLASH_MAX,
            "a slash is above the half",
        ),
        (
            terms.emission_cap.max(terms.emission_per_day) <= Amount(CAP_MAX),
            "emission is above 2^62",
        ),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => refuse("genesis.subnets", rule),
        None => Ok(()),
    }
}
