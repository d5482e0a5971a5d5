//! The epoch: who gets what.

use serde::Serialize;

use super::bonds::moved;
use super::consensus::{Consensus, Voter};
use super::input::{BondRow, EpochRule, Participant, check};
use crate::error::EpochError;
use crate::share::part;

/// Dividends are summed up in 2^-14 base units, so that little is lost over thousands of miners.
pub(super) const SUB_UNIT_BITS: u32 = 14;

/// The outcome, one entry per uid in each list; amounts in base units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EpochOutcome {
    /// Who has the stake to validate.
    pub permits: Vec<bool>,
    /// The majority's weight, in 2^-32.
    pub consensus: Vec<u32>,
    /// Earned as miner.
    pub incentives: Vec<u64>,
    /// Earned as validator.
    pub dividends: Vec<u64>,
    pub bonds: Vec<BondRow>,
    /// For the subnet's owner.
    pub owner: u64,
    pub burned: u64,
    /// What nobody earned, rounding included: added to the next epoch's emission.
    pub carried: u64,
}

/// Computes one epoch.
pub fn run_epoch(
    participants: &[Participant],
    rule: &EpochRule,
    emission: u64,
) -> Result<EpochOutcome, EpochError> {
    let epoch = Epoch::new(participants, rule, emission)?;
    let mut incentives = epoch.incentives.clone();
    let mut dividends = vec![0; participants.len()];
    for voter in &epoch.consensus.voters {
        dividends[voter.uid] = epoch.dividend(voter);
    }
    let mut burned = 0;
    if let Some(burn) = epoch.burn {
        burned = incentives[burn] + base_units(epoch.pools[burn]) + epoch.owner_burned;
        incentives[burn] = 0;
    }
    let paid: u64 = incentives.iter().chain(&dividends).sum::<u64>() + epoch.owner;
    Ok(EpochOutcome {
        permits: epoch.consensus.permits,
        consensus: epoch.consensus.weights,
        incentives,
        dividends,
        bonds: epoch.bonds,
        owner: epoch.owner,
        burned,
        carried: emission - paid - burned,
    })
}

/// All that payouts and their explanation are read from.
pub(super) struct Epoch {
    pub(super) consensus: Consensus,
    pub(super) bonds: Vec<BondRow>,
    pub(super) gathered_total: u128,
    pub(super) miners_amount: u64,
    pub(super) incentives: Vec<u64>,
    /// The validators' amount by miner, in sub-units.
    pub(super) pools: Vec<u128>,
    /// Stake x merit x bond, summed over voters: below 2^103.
    pub(super) claims: Vec<u128>,
    pub(super) burn: Option<usize>,
    owner: u64,
    owner_burned: u64,
}

impl Epoch {
    pub(super) fn new(
        participants: &[Participant],
        rule: &EpochRule,
        emission: u64,
    ) -> Result<Self, EpochError> {
        check(participants, rule, emission)?;
        let consensus = Consensus::new(participants, rule);
        let bonds = new_bonds(participants, &consensus, rule);
        let gathered_total: u128 = consensus.gathered.iter().sum();
        let of_gathered =
            |amount: u128, uid: usize| part(amount, consensus.gathered[uid], gathered_total);

        let owner_amount = sixteenth_bits(emission, rule.owner_part);
        let validators_amount = sixteenth_bits(emission - owner_amount, rule.validators_part);
        let miners_amount = emission - owner_amount - validators_amount;
        let uids = 0..participants.len();
        let incentives = uids
            .clone()
            .map(|uid| of_gathered(u128::from(miners_amount), uid) as u64)
            .collect();
        let pools = uids
            .map(|uid| of_gathered(u128::from(validators_amount) << SUB_UNIT_BITS, uid))
            .collect();

        let burn = rule
            .burn_uid
            .map(usize::from)
            .filter(|&uid| uid < participants.len());
        let owner_burned = burn.map_or(0, |uid| of_gathered(u128::from(owner_amount), uid) as u64);
        let owner = if gathered_total == 0 {
            0
        } else {
            owner_amount - owner_burned
        };
        let mut claims = vec![0; participants.len()];
        for voter in &consensus.voters {
            for &(miner, bond) in &bonds[voter.uid] {
                claims[usize::from(miner)] += claim(voter, bond);
            }
        }
        Ok(Self {
            consensus,
            bonds,
            gathered_total,
            miners_amount,
            incentives,
            pools,
            claims,
            burn,
            owner,
            owner_burned,
        })
    }

    /// What a validator gets of one miner's pool, in sub-units.
    pub(super) fn pool_part(&self, voter: &Voter, miner: u16, bond: u32) -> u128 {
        let miner = usize::from(miner);
        if self.burn == Some(miner) {
            return 0;
        }
        part(self.pools[miner], claim(voter, bond), self.claims[miner])
    }

    fn dividend(&self, voter: &Voter) -> u64 {
        let sub_units: u128 = self.bonds[voter.uid]
            .iter()
            .map(|&(miner, bond)| self.pool_part(voter, miner, bond))
            .sum();
        base_units(sub_units)
    }
}

pub(super) fn claim(voter: &Voter, bond: u32) -> u128 {
    u128::from(voter.stake) * u128::from(voter.merit) * u128::from(bond)
}

fn new_bonds(
    participants: &[Participant],
    consensus: &Consensus,
    rule: &EpochRule,
) -> Vec<BondRow> {
    let mut voters = consensus.voters.iter().peekable();
    participants
        .iter()
        .enumerate()
        .map(|(uid, one)| {
            let voter = voters.next_if(|voter| voter.uid == uid);
            let rows = voter.map(|voter| (&voter.weights, &voter.clipped));
            moved(&one.bonds, rows, &consensus.weights, rule)
        })
        .collect()
}

/// `amount x part / 65536`, floored.
fn sixteenth_bits(amount: u64, part: u16) -> u64 {
    ((u128::from(amount) * u128::from(part)) >> 16) as u64
}

fn base_units(sub_units: u128) -> u64 {
    (sub_units >> SUB_UNIT_BITS) as u64
}
