//! The epoch: from weights and stake to consensus, incentive, dividends, emission and new bonds.

use super::bonds::{LiquidAlpha, fixed_alpha, liquid_moving_average, moving_average};
use super::case::{EpochInput, EpochOutput, RawBits};
use super::fixed::{I32F32, normalize, normalize_by, part_of_amount, stake_shares, sum};
use super::median::column_medians;
use super::rows::{
    Row, clip_columns, from_integers, interpolate, normalize_columns, normalize_rows, retain,
    row_sums, scale_rows, scaled_column_sums, scaled_row_sums, upscale_columns,
};
use crate::error::SubtensorError;

/// Computes one epoch under rule `subtensor-425`.
pub fn run_epoch(input: &EpochInput) -> Result<EpochOutput, SubtensorError> {
    let worked = work(input)?;
    Ok(worked.epoch.into_output(worked.emission))
}

/// An epoch with all that its outcome follows from.
pub(super) struct Worked {
    /// Rows of those with a permit, each divided by its sum, and the same cut to the consensus.
    pub(super) weights: Vec<Row>,
    pub(super) clipped: Vec<Row>,
    /// Before it is divided by its sum.
    pub(super) rank: Vec<I32F32>,
    /// Bonds as parts of each miner's.
    pub(super) shares: Vec<Row>,
    pub(super) epoch: Epoch,
    pub(super) emission: Emission,
}

pub(super) fn work(input: &EpochInput) -> Result<Worked, SubtensorError> {
    input.check()?;
    let uids = input.stake.len();
    let stake = Stake::new(input)?;

    let weights = permitted_weights(input, &stake.permits)?;
    let kappa = I32F32::from_proportion(input.kappa);
    let consensus = column_medians(&stake.active_share, &weights, uids, kappa)?;
    let clipped = clip_columns(&weights, &consensus);
    let validator_trust = row_sums(&clipped)?;
    let rank = scaled_column_sums(&clipped, &stake.active_share, uids);
    let mut incentive = rank.clone();
    normalize(&mut incentive)?;

    let penalty = I32F32::from_proportion(input.bonds_penalty);
    let backing = interpolate(&weights, &clipped, penalty, uids);
    let Bonded {
        bonds,
        shares,
        dividends,
    } = if input.yuma3 {
        yuma_3(input, &backing, &consensus, &incentive, &stake.active_share)?
    } else {
        yuma_2(input, &backing, &incentive, &stake.active_share)?
    };
    let emission = Emission::new(input.emission, &incentive, &dividends, &stake)?;
    Ok(Worked {
        weights,
        clipped,
        rank,
        shares,
        epoch: Epoch {
            stake,
            consensus,
            validator_trust,
            incentive,
            dividends,
            bonds,
        },
        emission,
    })
}

pub(super) struct Stake {
    pub(super) share: Vec<I32F32>,
    active: Vec<bool>,
    pub(super) active_share: Vec<I32F32>,
    permits: Vec<bool>,
    new_permits: Vec<bool>,
}

impl Stake {
    fn new(input: &EpochInput) -> Result<Self, SubtensorError> {
        let is_owner = |uid: usize| {
            input
                .owner_uid
                .is_some_and(|owner| usize::from(owner) == uid)
        };
        let counted: Vec<u64> = input
            .stake
            .iter()
            .enumerate()
            .map(|(uid, &stake)| {
                if is_owner(uid) || stake >= input.min_stake {
                    stake
                } else {
                    0
                }
            })
            .collect();
        let share = stake_shares(&counted)?;
        let active: Vec<bool> = input
            .last_update
            .iter()
            .map(|updated| updated.saturating_add(input.activity_cutoff) >= input.current_block)
            .collect();
        let mut permits = input.validator_permit.clone();
        let mut new_permits = largest(&share, usize::from(input.max_allowed_validators));
        if let Some(owner) = input.owner_uid.map(usize::from) {
            permits[owner] = true;
            new_permits[owner] = true;
        }
        let mut active_share: Vec<I32F32> = (0..share.len())
            .map(|uid| {
                if active[uid] && permits[uid] {
                    share[uid]
                } else {
                    I32F32::ZERO
                }
            })
            .collect();
        normalize(&mut active_share)?;
        Ok(Self {
            share,
            active,
            active_share,
            permits,
            new_permits,
        })
    }
}

/// Who holds one of the `count` largest shares that aren't zero; of equal ones the higher uid.
fn largest(shares: &[I32F32], count: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|&uid| shares[uid]);
    let mut chosen: Vec<bool> = shares.iter().map(|&share| share != I32F32::ZERO).collect();
    for &uid in order.iter().take(shares.len().saturating_sub(count)) {
        chosen[uid] = false;
    }
    chosen
}

fn permitted_weights(input: &EpochInput, permits: &[bool]) -> Result<Vec<Row>, SubtensorError> {
    let mut weights = from_integers(&input.weights, |weight| {
        I32F32::from_integer(i32::from(weight))
    });
    let owner = input.owner_uid.map(usize::from);
    retain(&mut weights, |validator, miner| {
        let Some(&registered) = input.block_at_registration.get(miner) else {
            return false;
        };
        let commit = input
            .earliest_active_commit_block
            .as_ref()
            .and_then(|blocks| blocks[validator]);
        permits[validator]
            && (validator != miner || owner == Some(validator))
            && input.last_update[validator] > registered
            && commit.is_none_or(|block| block >= registered)
    });
    normalize_rows(&mut weights)?;
    Ok(weights)
}

/// Old bonds, without those to miners registered since the previous epoch.
fn surviving_bonds(input: &EpochInput, convert: impl Fn(u16) -> I32F32) -> Vec<Row> {
    let previous_epoch = if input.last_mech_step == 0 {
        input.current_block.saturating_sub(input.tempo)
    } else {
        input.last_mech_step.saturating_add(1)
    };
    let mut bonds = from_integers(&input.bonds, convert);
    retain(&mut bonds, |_, miner| {
        previous_epoch > input.block_at_registration.get(miner).copied().unwrap_or(0)
    });
    bonds
}

struct Bonded {
    bonds: Vec<Row>,
    shares: Vec<Row>,
    dividends: Vec<I32F32>,
}

fn yuma_2(
    input: &EpochInput,
    backing: &[Row],
    incentive: &[I32F32],
    active_share: &[I32F32],
) -> Result<Bonded, SubtensorError> {
    let uids = incentive.len();
    let mut old = surviving_bonds(input, |bond| I32F32::from_integer(i32::from(bond)));
    normalize_columns(&mut old, uids);
    let mut new = scale_rows(backing, active_share);
    normalize_columns(&mut new, uids);
    let alpha = fixed_alpha(input.bonds_moving_average);
    let mut bonds = moving_average(&new, &old, alpha, uids);
    normalize_columns(&mut bonds, uids);
    let mut dividends = scaled_row_sums(&bonds, incentive);
    normalize(&mut dividends)?;
    let shares = bonds.clone();
    upscale_columns(&mut bonds, uids);
    Ok(Bonded {
        bonds,
        shares,
        dividends,
    })
}

fn yuma_3(
    input: &EpochInput,
    backing: &[Row],
    consensus: &[I32F32],
    incentive: &[I32F32],
    active_share: &[I32F32],
) -> Result<Bonded, SubtensorError> {
    let uids = incentive.len();
    let old = surviving_bonds(input, I32F32::from_proportion);
    let any_consensus = consensus.iter().any(|&weight| weight != I32F32::ZERO);
    let bonds = if input.liquid_alpha && any_consensus {
        liquid_moving_average(backing, &old, consensus, &mut LiquidAlpha::new(input))
    } else {
        let alpha = fixed_alpha(input.bonds_moving_average);
        moving_average(backing, &old, alpha, uids)
    };
    let mut shares = bonds.clone();
    normalize_columns(&mut shares, uids);
    let mut earned = shares.clone();
    for (uid, value) in earned.iter_mut().flatten() {
        *value = value.saturating_mul(incentive[usize::from(*uid)]);
    }
    let mut dividends: Vec<I32F32> = row_sums(&earned)?
        .into_iter()
        .zip(active_share)
        .map(|(bonded, &share)| bonded.checked_mul(share).unwrap_or(I32F32::ZERO))
        .collect();
    normalize(&mut dividends)?;
    Ok(Bonded {
        bonds,
        shares,
        dividends,
    })
}

/// Amounts per uid: as miner, as validator, and both in one division.
pub(super) struct Emission {
    pub(super) server: Vec<u64>,
    pub(super) validator: Vec<u64>,
    combined: Vec<u64>,
}

impl Emission {
    fn new(
        amount: u64,
        incentive: &[I32F32],
        dividends: &[I32F32],
        stake: &Stake,
    ) -> Result<Self, SubtensorError> {
        let mut server = incentive.to_vec();
        let mut validator = dividends.to_vec();
        let mut combined: Vec<I32F32> = incentive
            .iter()
            .zip(dividends)
            .map(|(earned, dividend)| earned.saturating_add(*dividend))
            .collect();
        let total = sum(combined.iter().copied())?;
        normalize_by(&mut server, total);
        normalize_by(&mut validator, total);
        normalize_by(&mut combined, total);
        if total == I32F32::ZERO {
            let nobody_active = sum(stake.active_share.iter().copied())? == I32F32::ZERO;
            let fallback = if nobody_active {
                &stake.share
            } else {
                &stake.active_share
            };
            validator.clone_from(fallback);
            combined.clone_from(fallback);
        }
        let amounts = |shares: Vec<I32F32>| {
            shares
                .into_iter()
                .map(|share| part_of_amount(share, amount))
                .collect()
        };
        Ok(Self {
            server: amounts(server),
            validator: amounts(validator),
            combined: amounts(combined),
        })
    }
}

pub(super) struct Epoch {
    pub(super) stake: Stake,
    consensus: Vec<I32F32>,
    validator_trust: Vec<I32F32>,
    pub(super) incentive: Vec<I32F32>,
    pub(super) dividends: Vec<I32F32>,
    bonds: Vec<Row>,
}

impl Epoch {
    fn into_output(self, emission: Emission) -> EpochOutput {
        let bonds = self
            .bonds
            .iter()
            .zip(&self.stake.new_permits)
            .map(|(row, &permitted)| {
                row.iter()
                    .filter(|_| permitted)
                    .map(|&(uid, bond)| (uid, bond.to_proportion()))
                    .collect()
            })
            .collect();
        EpochOutput {
            stake_weight: proportions(&self.stake.share),
            consensus: proportions(&self.consensus),
            validator_trust: proportions(&self.validator_trust),
            incentive: proportions(&self.incentive),
            dividends: proportions(&self.dividends),
            server_emission: emission.server,
            validator_emission: emission.validator,
            emission: emission.combined,
            bonds,
            raw_bits: RawBits {
                stake: bits(&self.stake.share),
                active_stake: bits(&self.stake.active_share),
                consensus: bits(&self.consensus),
                incentive: bits(&self.incentive),
                dividends: bits(&self.dividends),
                validator_trust: bits(&self.validator_trust),
                ema_bonds: self
                    .bonds
                    .iter()
                    .map(|row| {
                        row.iter()
                            .map(|&(uid, bond)| (uid, bond.to_bits()))
                            .collect()
                    })
                    .collect(),
            },
            active: self.stake.active,
            new_validator_permit: self.stake.new_permits,
        }
    }
}

fn proportions(values: &[I32F32]) -> Vec<u16> {
    values.iter().map(|value| value.to_proportion()).collect()
}

fn bits(values: &[I32F32]) -> Vec<i64> {
    values.iter().map(|value| value.to_bits()).collect()
}
