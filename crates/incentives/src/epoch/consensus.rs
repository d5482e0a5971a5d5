//! Who votes, which weight the majority gives each miner, and what each miner gathers by it.

use super::input::{EpochRule, Participant};

/// Weights as parts of their row, in 2^-32.
pub(super) type PartRow = Vec<(u16, u32)>;
const PART_BITS: u32 = 32;

/// A validator that counts in this epoch.
pub(super) struct Voter {
    pub(super) uid: usize,
    pub(super) stake: u64,
    /// Audits passed, up to those required.
    pub(super) merit: u8,
    pub(super) weights: PartRow,
    /// The same, no weight above the majority's.
    pub(super) clipped: PartRow,
}

pub(super) struct Consensus {
    pub(super) permits: Vec<bool>,
    pub(super) voters: Vec<Voter>,
    /// The majority's weight per uid, in 2^-32.
    pub(super) weights: Vec<u32>,
    /// Stake times clipped weight, summed over voters: below 2^96.
    pub(super) gathered: Vec<u128>,
}

impl Consensus {
    pub(super) fn new(participants: &[Participant], rule: &EpochRule) -> Self {
        let permits = permits(participants, rule);
        let mut voters: Vec<Voter> = participants
            .iter()
            .enumerate()
            .filter(|&(uid, one)| permits[uid] && !one.weights.is_empty())
            .filter_map(|(uid, one)| {
                Some(Voter {
                    uid,
                    stake: one.stake,
                    merit: merit(one, rule)?,
                    weights: parts_of_row(&one.weights),
                    clipped: Vec::new(),
                })
            })
            .collect();
        let weights = majority_weights(&voters, participants.len(), rule.majority);
        let mut gathered = vec![0; participants.len()];
        for voter in &mut voters {
            for &(miner, weight) in &voter.weights {
                let counted = weight.min(weights[usize::from(miner)]);
                if counted > 0 {
                    voter.clipped.push((miner, counted));
                    gathered[usize::from(miner)] += u128::from(voter.stake) * u128::from(counted);
                }
            }
        }
        Self {
            permits,
            voters,
            weights,
            gathered,
        }
    }
}

/// A threshold, not a count of seats: nobody can be pushed out by a stake split over many accounts.
fn permits(participants: &[Participant], rule: &EpochRule) -> Vec<bool> {
    let enough = |one: &Participant| one.stake > 0 && one.stake >= rule.stake_min;
    let total: u128 = participants
        .iter()
        .filter(|one| enough(one))
        .map(|one| u128::from(one.stake))
        .sum();
    participants
        .iter()
        .map(|one| enough(one) && u128::from(one.stake) * u128::from(rule.validators_max) >= total)
        .collect()
}

/// None for a validator without evidence, or with an audit failed.
fn merit(one: &Participant, rule: &EpochRule) -> Option<u8> {
    if one.evidence.failed > 0 {
        return None;
    }
    match one.evidence.passed.min(rule.audits_required) {
        0 if rule.audits_required == 0 => Some(1),
        0 => None,
        merit => Some(merit),
    }
}

fn parts_of_row(row: &[(u16, u16)]) -> PartRow {
    let total: u64 = row.iter().map(|&(_, weight)| u64::from(weight)).sum();
    row.iter()
        .map(|&(uid, weight)| {
            let part = (u64::from(weight) << PART_BITS) / total.max(1);
            (uid, u32::try_from(part).unwrap_or(u32::MAX))
        })
        .collect()
}

/// Per uid the largest weight that more than the majority of the voting stake gave or exceeded.
fn majority_weights(voters: &[Voter], uids: usize, majority: u16) -> Vec<u32> {
    let total: u128 = voters.iter().map(|voter| u128::from(voter.stake)).sum();
    let needed = total * u128::from(majority);
    let mut columns: Vec<Vec<(u32, u64)>> = vec![Vec::new(); uids];
    for voter in voters {
        for &(miner, weight) in &voter.weights {
            columns[usize::from(miner)].push((weight, voter.stake));
        }
    }
    columns
        .into_iter()
        .map(|mut votes| {
            votes.sort_unstable_by_key(|&(weight, _)| std::cmp::Reverse(weight));
            let mut support = 0;
            votes
                .into_iter()
                .find(|&(_, stake)| {
                    support += u128::from(stake) << 16;
                    support > needed
                })
                .map_or(0, |(weight, _)| weight)
        })
        .collect()
}
