//! Subnets, members, pools and positions as the state holds them.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{AUDITS_MAX, CHALLENGES_MAX, Market, Rule, Settings, UIDS_MAX, WeightRow};
use crate::{
    Address, Amount, AssetId, Height, List, Registration, SubnetEpoch, SubnetId, Text, TimeMs,
};

/// Which part of an epoch a subnet is in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Validators commit to weights.
    Commit,
    /// They show them.
    Reveal,
    /// They show what stands behind those that were drawn.
    Audit,
}

/// Whether a subnet goes on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SubnetState {
    /// It does.
    Open,
    /// It ends with the present epoch.
    Closing,
    /// It has ended.
    Closed,
}

/// A registration that waits for the place of a member.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Who wants the place.
    pub challenger: Address,
    /// Where it will be found.
    pub endpoint: Text<256>,
    /// What it paid.
    pub price: Amount,
    /// Whose place.
    pub uid: u16,
    /// Under which registration.
    pub registration: Registration,
    /// The member may match until this epoch has settled.
    pub match_until: SubnetEpoch,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// Which.
    pub id: SubnetId,
    /// For people; not unique.
    pub name: Text<64>,
    /// What its miners are asked, or where to read it.
    pub about: Text<256>,
    /// Who opened it.
    pub owner: Address,
    /// Whether it goes on.
    pub state: SubnetState,
    /// What the owner locked.
    pub deposit: Amount,
    /// When it was opened.
    pub opened_at: TimeMs,
    /// The rules of the present epoch.
    pub settings: Settings,
    /// The rules from the next epoch on, if they change.
    pub settings_next: Option<Settings>,
    /// The present epoch.
    pub epoch: SubnetEpoch,
    /// When it began.
    pub epoch_began_at: TimeMs,
    /// Where it stands.
    pub phase: Phase,
    /// When the phase ends.
    pub phase_ends_at: TimeMs,
    /// In phase audit, what audits are drawn by.
    pub randomness: Option<Digest>,
    /// One above the highest uid.
    pub uids: u16,
    /// The registration that comes next.
    pub registration_next: Registration,
    /// The price of a registration after the last one.
    pub burn_price: Amount,
    /// When that was.
    pub burn_priced_at: TimeMs,
    /// Registrations that wait for a place.
    pub challenges: List<Challenge, CHALLENGES_MAX>,
    /// Who can be challenged in this epoch, the next one first.
    pub candidates: List<Registration, CHALLENGES_MAX>,
    /// All stake behind members.
    pub stake: Amount,
    /// The stake of members with at least the least stake, which permits follow from.
    pub permit_stake: Amount,
    /// The subnet's part of all emission is this by the weight of all.
    pub weight: Amount,
    /// What no one earned yet.
    pub carried: Amount,
    /// What was minted for it so far.
    pub minted: Amount,
    /// What of it was burned.
    pub burned: Amount,
    /// What its linked models earned in the settlement asset.
    pub revenue: Amount,
    /// How many answers that were.
    pub answers: u64,
    /// By which arithmetic the present epoch pays.
    pub rule: Rule,
    /// The same from the next epoch on, if it changes.
    pub rule_next: Option<Rule>,
    /// Uids below the highest that nobody has, ascending.
    pub vacant: List<u16, UIDS_MAX>,
    /// The market of its token, if it has one: then stake and pay are in that token.
    pub market: Option<Market>,
}

impl Subnet {
    /// How many members there are.
    #[must_use]
    pub fn members(&self) -> u16 {
        let vacant = u16::try_from(self.vacant.len()).unwrap_or(u16::MAX);
        self.uids.saturating_sub(vacant)
    }

    /// What stake and pay are in: the subnet's token if it has a market, else the network token.
    #[must_use]
    pub const fn stake_asset(&self, network: AssetId) -> AssetId {
        match self.market {
            Some(_) => AssetId::Subnet(self.id),
            None => network,
        }
    }

    /// Whether somebody has this uid.
    #[must_use]
    pub fn has(&self, uid: u16) -> bool {
        uid < self.uids && self.vacant.binary_search(&uid).is_err()
    }

    /// Whether a member with this stake behind it may commit to weights.
    #[must_use]
    pub fn may_weigh(&self, member: &Member, stake: Amount) -> bool {
        match self.rule {
            Rule::Evidence1 => self.permits(stake),
            Rule::Subtensor425(_) => member.permit || member.account == self.owner,
        }
    }

    /// Whether stake of this size may commit to weights under rule `evidence-1`.
    #[must_use]
    pub fn permits(&self, stake: Amount) -> bool {
        let seats = u64::from(self.settings.validators_max);
        !stake.is_zero()
            && stake >= self.settings.stake_min
            && stake.times(seats).is_ok_and(|all| all >= self.permit_stake)
    }
}

/// Who has a uid.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its number.
    pub uid: u16,
    /// Under which registration.
    pub registration: Registration,
    /// Who.
    pub account: Address,
    /// Where it is found.
    pub endpoint: Text<256>,
    /// In which epoch it came.
    pub since: SubnetEpoch,
    /// The first epoch in which it can be challenged.
    pub immune_until: SubnetEpoch,
    /// What it earned; each epoch halves the past.
    pub earned: Amount,
    /// What it earned in all.
    pub earned_total: Amount,
    /// Height of its registration.
    pub registered_at: Height,
    /// Whether the last epoch gave it a permit; under `subtensor-425` it holds in the present one.
    pub permit: bool,
    /// The epoch with which it leaves, if it does.
    pub leaves_after: Option<SubnetEpoch>,
}

/// All stake behind a registration.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Whose.
    pub registration: Registration,
    /// The member's account.
    pub account: Address,
    /// The member's uid, while it is one.
    pub uid: Option<u16>,
    /// The stake that counts.
    pub amount: Amount,
    /// What a unit is worth, with 32 fraction bits.
    pub index: u64,
    /// The member's part of what delegated stake earns, in 65536ths.
    pub take: u16,
    /// The same from the next epoch on.
    pub take_next: u16,
    /// What joins after the present epoch.
    pub joining: Amount,
    /// The units that leave after it.
    pub leaving: Amount,
    /// How many positions either concerns.
    pub moving: u32,
    /// What has left and isn't collected.
    pub unbonding: Amount,
}

/// Stake that joins when its epoch settles.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    /// How much.
    pub amount: Amount,
    /// Which epoch.
    pub epoch: SubnetEpoch,
}

/// Units that leave when their epoch settles.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// How many.
    pub units: Amount,
    /// Which epoch.
    pub epoch: SubnetEpoch,
}

/// What an account has in a pool.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// Its units.
    pub units: Amount,
    /// What joins.
    pub joining: Option<Joining>,
    /// What leaves.
    pub leaving: Option<Leaving>,
    /// What has left.
    pub unbonding: Amount,
    /// When that can be collected.
    pub unbonding_until: TimeMs,
}

/// A validator's hidden weights of the present epoch.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct WeightsCommitment {
    /// By which registration.
    pub registration: Registration,
    /// The commitment.
    pub weights: Digest,
}

/// A validator's weights of the present epoch, shown.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revealed {
    /// By which registration.
    pub registration: Registration,
    /// The weights.
    pub row: WeightRow,
    /// Root of the transcript.
    pub transcript: Digest,
    /// Its part of the randomness.
    pub seed: Digest,
    /// The uids whose audits held.
    pub audited: List<u16, AUDITS_MAX>,
}

/// Weights that go on counting under rule `subtensor-425` until their validator shows others.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptRow {
    /// By which registration.
    pub registration: Registration,
    /// In which epoch they were shown.
    pub epoch: SubnetEpoch,
    /// The weights, the largest raised to 65535.
    pub row: WeightRow,
}

/// What pool stake that joined or left in an epoch was counted by; kept until all it concerns was touched.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// What a unit was worth after settling, with 32 fraction bits.
    pub index: u64,
    /// When the epoch settled.
    pub at: TimeMs,
    /// How many positions haven't been touched since.
    pub waiting: u32,
}

/// What all subnets share.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// The subnet opened last; 0 if there is none.
    pub opened: SubnetId,
    /// Its deposit.
    pub deposit_last: Amount,
    /// When that was.
    pub deposit_last_at: TimeMs,
    /// The weights of all subnets.
    pub weight: Amount,
    /// What was minted so far.
    pub minted: Amount,
}
