//! What an epoch reads and writes, named as in the vectors of the rule.

use serde::{Deserialize, Serialize};

use crate::error::SubtensorError;

/// The most uids a subnet may have.
pub const UIDS_MAX: u64 = 16_384;
/// The most weights, or bonds, of a subnet.
pub const ENTRIES_MAX: usize = 1 << 22;
/// Above this the upstream's conversion of the moving average would wrap around.
const MOVING_AVERAGE_MAX: u64 = i32::MAX as u64 * 1_000_000;

/// A sparse row: uid and u16, in the order given (which matters to this rule).
pub type IntegerRow = Vec<(u16, u16)>;

/// All that the epoch of one subnet depends on. One entry per uid in each list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochInput {
    pub n: u64,
    pub stake: Vec<u64>,
    pub min_stake: u64,
    /// Row maximum upscaled to 65535.
    pub weights: Vec<IntegerRow>,
    pub bonds: Vec<IntegerRow>,
    pub last_update: Vec<u64>,
    pub block_at_registration: Vec<u64>,
    pub current_block: u64,
    pub activity_cutoff: u64,
    pub tempo: u64,
    /// The block of the previous epoch, 0 before the first.
    pub last_mech_step: u64,
    /// Permits held before this epoch.
    pub validator_permit: Vec<bool>,
    pub max_allowed_validators: u16,
    pub owner_uid: Option<u16>,
    pub kappa: u16,
    pub bonds_penalty: u16,
    /// In millionths.
    pub bonds_moving_average: u64,
    pub yuma3: bool,
    pub liquid_alpha: bool,
    pub alpha_low: u16,
    pub alpha_high: u16,
    pub alpha_sigmoid_steepness: i16,
    pub emission: u64,
    /// With commit-reveal: each uid's earliest commit that has not expired.
    pub earliest_active_commit_block: Option<Vec<Option<u64>>>,
}

/// The outcome of an epoch. Shares are u16 proportions, amounts are in base units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochOutput {
    pub stake_weight: Vec<u16>,
    pub active: Vec<bool>,
    pub new_validator_permit: Vec<bool>,
    pub consensus: Vec<u16>,
    pub validator_trust: Vec<u16>,
    pub incentive: Vec<u16>,
    pub dividends: Vec<u16>,
    pub server_emission: Vec<u64>,
    pub validator_emission: Vec<u64>,
    pub emission: Vec<u64>,
    pub bonds: Vec<IntegerRow>,
    pub raw_bits: RawBits,
}

/// The same before rounding to u16: value x 2^32.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawBits {
    pub stake: Vec<i64>,
    pub active_stake: Vec<i64>,
    pub consensus: Vec<i64>,
    pub incentive: Vec<i64>,
    pub dividends: Vec<i64>,
    pub validator_trust: Vec<i64>,
    pub ema_bonds: Vec<Vec<(u16, i64)>>,
}

impl EpochInput {
    /// Refuses inputs that no subnet can have, before anything is allocated for them.
    pub fn check(&self) -> Result<(), SubtensorError> {
        if self.n > UIDS_MAX {
            return Err(SubtensorError::TooManyUids {
                count: self.n,
                max: UIDS_MAX,
            });
        }
        let expected = self.stake.len();
        let lengths = [
            ("n", self.n as usize),
            ("weights", self.weights.len()),
            ("bonds", self.bonds.len()),
            ("last_update", self.last_update.len()),
            ("block_at_registration", self.block_at_registration.len()),
            ("validator_permit", self.validator_permit.len()),
            (
                "earliest_active_commit_block",
                self.earliest_active_commit_block
                    .as_ref()
                    .map_or(expected, Vec::len),
            ),
        ];
        for (field, got) in lengths {
            if got != expected {
                return Err(SubtensorError::Length {
                    field,
                    got,
                    expected,
                });
            }
        }
        for matrix in [&self.weights, &self.bonds] {
            let count = matrix.iter().map(Vec::len).sum();
            if count > ENTRIES_MAX {
                return Err(SubtensorError::TooManyEntries {
                    count,
                    max: ENTRIES_MAX,
                });
            }
        }
        if self.bonds_moving_average > MOVING_AVERAGE_MAX {
            return Err(SubtensorError::MovingAverageTooLarge {
                got: self.bonds_moving_average,
                max: MOVING_AVERAGE_MAX,
            });
        }
        match self.owner_uid {
            Some(owner) if usize::from(owner) >= expected => Err(SubtensorError::OwnerOutOfRange {
                owner,
                count: expected,
            }),
            _ => Ok(()),
        }
    }
}
