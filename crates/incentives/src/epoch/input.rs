//! What an epoch depends on: the rule's parameters and, per uid, stake, evidence, weights and bonds.

use serde::{Deserialize, Serialize};

use crate::error::EpochError;

/// The most uids of a subnet.
pub const UIDS_MAX: usize = 16_384;
/// The most weights, or bonds, of a subnet.
pub const ENTRIES_MAX: usize = 1 << 22;
/// The largest emission of one epoch, in base units.
pub const EMISSION_MAX: u64 = 1 << 62;
/// The largest sum of stakes.
pub(super) const STAKE_MAX: u128 = 1 << 63;

/// Weights by uid: uids strictly ascending, no zeros, never one's own.
pub type WeightRow = Vec<(u16, u16)>;
/// Bonds by uid, in 2^-32: uids strictly ascending, no zeros.
pub type BondRow = Vec<(u16, u32)>;

/// Parameters of the rule. Parts are in 65536ths.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochRule {
    /// A validator needs one part in so many of the subnet's stake.
    pub validators_max: u16,
    /// And at least so much.
    pub stake_min: u64,
    /// A weight counts if more than this part of the voting stake gave at least as much.
    pub majority: u16,
    /// Audits that a validator has to pass for its full dividend; 0 asks for no evidence.
    pub audits_required: u8,
    /// How much of what exceeds the majority's weight is left out of bonds.
    pub excess_penalty: u16,
    pub bond_speed: BondSpeed,
    /// The owner's part of the emission, then the validators' part of the rest.
    pub owner_part: u16,
    pub validators_part: u16,
    /// Weights given to this uid burn emission: everybody's, not the miners' alone.
    pub burn_uid: Option<u16>,
}

/// How fast bonds follow weights, in 65536ths per epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BondSpeed {
    Fixed(u16),
    /// Between the two, the faster the further the weight departs from majority or bond.
    Liquid {
        low: u16,
        high: u16,
    },
}

impl Default for EpochRule {
    fn default() -> Self {
        Self {
            validators_max: 64,
            stake_min: 0,
            majority: 1 << 15,
            audits_required: 8,
            excess_penalty: u16::MAX,
            bond_speed: BondSpeed::Liquid {
                low: 6_554,
                high: 19_661,
            },
            owner_part: 5_898,
            validators_part: 1 << 15,
            burn_uid: None,
        }
    }
}

/// Outcomes of the audits of a validator's transcript in this epoch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    pub passed: u8,
    pub failed: u8,
}

/// One uid. Weights and bonds to uids registered anew are gone before the epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// Own and delegated.
    pub stake: u64,
    pub evidence: Evidence,
    pub weights: WeightRow,
    pub bonds: BondRow,
}

/// Sorts a row; of weights to one uid given twice, or to the giver itself, none is right: an error.
pub fn canonical_row(uid: u16, mut row: WeightRow) -> Result<WeightRow, EpochError> {
    row.retain(|&(_, weight)| weight > 0);
    row.sort_unstable();
    let repeated = row.windows(2).any(|pair| pair[0].0 == pair[1].0);
    if repeated || row.iter().any(|&(other, _)| other == uid) {
        return Err(EpochError::Row { uid });
    }
    Ok(row)
}

/// Refuses what isn't canonical or exceeds a bound.
pub(super) fn check(
    participants: &[Participant],
    rule: &EpochRule,
    emission: u64,
) -> Result<(), EpochError> {
    if participants.len() > UIDS_MAX {
        return Err(EpochError::TooManyUids {
            got: participants.len(),
            max: UIDS_MAX,
        });
    }
    if emission > EMISSION_MAX {
        return Err(EpochError::EmissionTooLarge {
            got: emission,
            max: EMISSION_MAX,
        });
    }
    let uids = participants.len();
    let stake: u128 = participants.iter().map(|one| u128::from(one.stake)).sum();
    if stake > STAKE_MAX {
        return Err(EpochError::StakeTooLarge { got: stake });
    }
    let weights: usize = participants.iter().map(|one| one.weights.len()).sum();
    let bonds: usize = participants.iter().map(|one| one.bonds.len()).sum();
    if weights.max(bonds) > ENTRIES_MAX {
        return Err(EpochError::TooManyEntries {
            got: weights.max(bonds),
            max: ENTRIES_MAX,
        });
    }
    for (uid, one) in (0..).zip(participants) {
        let others = one.weights.iter().all(|&(other, _)| other != uid);
        if !others || !is_canonical(&one.weights, uids) || !is_canonical(&one.bonds, uids) {
            return Err(EpochError::Row { uid });
        }
    }
    let speeds = match rule.bond_speed {
        BondSpeed::Fixed(_) => true,
        BondSpeed::Liquid { low, high } => low <= high,
    };
    if rule.validators_max == 0 || !speeds {
        return Err(EpochError::Rule);
    }
    Ok(())
}

fn is_canonical<T: Default + PartialEq>(row: &[(u16, T)], uids: usize) -> bool {
    row.windows(2).all(|pair| pair[0].0 < pair[1].0)
        && row.last().is_none_or(|(uid, _)| usize::from(*uid) < uids)
        && row.iter().all(|(_, value)| *value != T::default())
}
