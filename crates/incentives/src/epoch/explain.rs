//! Why a uid earned what it earned, line by line; the lines sum to the payout.

use serde::Serialize;

use super::input::{EpochRule, Participant};
use super::run::{Epoch, SUB_UNIT_BITS, claim};
use crate::error::EpochError;

/// One validator's support of a miner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncentiveLine {
    pub validator: u16,
    pub stake: u64,
    /// What the validator gave and what of it counted, in 2^-32 of its row.
    pub weight: u32,
    pub counted: u32,
}

/// What a validator got for its bond to one miner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DividendLine {
    pub miner: u16,
    /// In 2^-32.
    pub bond: u32,
    /// Stake x audits x bond, own and of all.
    pub claim: u128,
    pub claims_of_all: u128,
    /// In 2^-14 base units: all that backers of this miner share, and this validator's part.
    pub pool: u128,
    pub got: u128,
}

/// A payout and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    pub uid: u16,
    /// Stake times counted weight, summed, and the same over all miners.
    pub gathered: u128,
    pub gathered_by_all: u128,
    /// What all miners share.
    pub miners_amount: u64,
    pub incentive: u64,
    pub supporters: Vec<IncentiveLine>,
    /// Audits that counted; none if the uid had no vote.
    pub audits: Option<u8>,
    pub dividend: u64,
    pub backed: Vec<DividendLine>,
}

/// Replays an epoch for one uid; none for a uid that doesn't exist.
pub fn explain(
    participants: &[Participant],
    rule: &EpochRule,
    emission: u64,
    uid: u16,
) -> Result<Option<Explanation>, EpochError> {
    let epoch = Epoch::new(participants, rule, emission)?;
    let place = usize::from(uid);
    let Some(&gathered) = epoch.consensus.gathered.get(place) else {
        return Ok(None);
    };
    let weight_in = |row: &[(u16, u32)]| {
        row.binary_search_by_key(&uid, |cell| cell.0)
            .map_or(0, |found| row[found].1)
    };
    let supporters = epoch
        .consensus
        .voters
        .iter()
        .map(|voter| IncentiveLine {
            validator: voter.uid as u16,
            stake: voter.stake,
            weight: weight_in(&voter.weights),
            counted: weight_in(&voter.clipped),
        })
        .filter(|line| line.weight > 0)
        .collect();
    let voter = epoch
        .consensus
        .voters
        .iter()
        .find(|voter| voter.uid == place);
    let backed: Vec<DividendLine> = voter
        .iter()
        .flat_map(|voter| {
            epoch.bonds[place]
                .iter()
                .map(|&(miner, bond)| DividendLine {
                    miner,
                    bond,
                    claim: claim(voter, bond),
                    claims_of_all: epoch.claims[usize::from(miner)],
                    pool: epoch.pools[usize::from(miner)],
                    got: epoch.pool_part(voter, miner, bond),
                })
        })
        .collect();
    let dividend: u128 = backed.iter().map(|line| line.got).sum();
    Ok(Some(Explanation {
        uid,
        gathered,
        gathered_by_all: epoch.gathered_total,
        miners_amount: epoch.miners_amount,
        incentive: if epoch.burn == Some(place) {
            0
        } else {
            epoch.incentives[place]
        },
        supporters,
        audits: voter.map(|voter| voter.merit),
        dividend: (dividend >> SUB_UNIT_BITS) as u64,
        backed,
    }))
}
