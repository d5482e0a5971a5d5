//! Why a uid earned what it earned under rule `subtensor-425`, line by line. Shares are in 2^-32.

use serde::Serialize;

use super::case::EpochInput;
use super::epoch::{Worked, work};
use super::fixed::I32F32;
use super::rows::Row;
use crate::error::SubtensorError;

/// One validator's support of a miner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SupportLine {
    pub validator: u16,
    /// The validator's part of the active stake.
    pub stake_share: i64,
    /// What the validator gave of its row, and what of it the consensus left.
    pub weight: i64,
    pub counted: i64,
    /// Stake share times counted weight.
    pub part: i64,
}

/// What a validator's bond to one miner is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DividendLine {
    pub miner: u16,
    /// The validator's part of all bonds to the miner.
    pub bond_share: i64,
    /// The miner's part of all incentive.
    pub incentive: i64,
    /// Their product.
    pub part: i64,
}

/// A payout and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    pub uid: u16,
    pub stake_share: i64,
    pub active_share: i64,
    /// The parts of the supporters, summed; and its part of what all miners have.
    pub rank: i64,
    pub incentive: i64,
    pub server_emission: u64,
    pub supporters: Vec<SupportLine>,
    /// The validator's part of all dividends.
    pub dividends: i64,
    pub validator_emission: u64,
    pub backed: Vec<DividendLine>,
    /// Nobody earned anything, so that all emission goes by stake.
    pub by_stake: bool,
}

/// Replays an epoch for one uid; none for a uid that doesn't exist.
pub fn explain(input: &EpochInput, uid: u16) -> Result<Option<Explanation>, SubtensorError> {
    let worked = work(input)?;
    let place = usize::from(uid);
    let epoch = &worked.epoch;
    let Some(&rank) = worked.rank.get(place) else {
        return Ok(None);
    };
    let zero = |values: &[I32F32]| values.iter().all(|value| *value == I32F32::ZERO);
    Ok(Some(Explanation {
        uid,
        stake_share: epoch.stake.share[place].to_bits(),
        active_share: epoch.stake.active_share[place].to_bits(),
        rank: rank.to_bits(),
        incentive: epoch.incentive[place].to_bits(),
        server_emission: worked.emission.server[place],
        supporters: supporters(&worked, uid),
        dividends: epoch.dividends[place].to_bits(),
        validator_emission: worked.emission.validator[place],
        backed: backed(&worked, place),
        by_stake: zero(&epoch.incentive) && zero(&epoch.dividends),
    }))
}

fn supporters(worked: &Worked, uid: u16) -> Vec<SupportLine> {
    let shares = &worked.epoch.stake.active_share;
    let rows = worked.weights.iter().zip(&worked.clipped).zip(shares);
    let line = |(validator, ((weights, clipped), share)): (u16, ((&Row, &Row), &I32F32))| {
        let (weight, counted) = (given(weights, uid), given(clipped, uid));
        SupportLine {
            validator,
            stake_share: share.to_bits(),
            weight: weight.to_bits(),
            counted: counted.to_bits(),
            part: share.saturating_mul(counted).to_bits(),
        }
    };
    (0_u16..)
        .zip(rows)
        .map(line)
        .filter(|line| line.weight > 0)
        .collect()
}

fn backed(worked: &Worked, place: usize) -> Vec<DividendLine> {
    let incentive = &worked.epoch.incentive;
    worked.shares[place]
        .iter()
        .filter_map(|&(miner, share)| {
            let earned = incentive.get(usize::from(miner)).copied()?;
            Some(DividendLine {
                miner,
                bond_share: share.to_bits(),
                incentive: earned.to_bits(),
                part: share.saturating_mul(earned).to_bits(),
            })
        })
        .collect()
}

/// Entries of a uid, summed: a row may repeat one.
fn given(row: &Row, uid: u16) -> I32F32 {
    row.iter()
        .filter(|cell| cell.0 == uid)
        .fold(I32F32::ZERO, |sum, cell| sum.saturating_add(cell.1))
}
