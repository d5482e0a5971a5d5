//! What the node answers about subnets.

use lilliput_types::subnet::{
    EpochInput, EpochRecord, Member, Payout, Pool, Position, Subnet, Terms, Totals,
};
use lilliput_types::{Address, Amount, Registration, SubnetEpoch, SubnetId, TimeMs};
use serde::{Deserialize, Serialize};

use crate::api::Page;
use crate::{Client, ClientError};

/// `GET /v1/subnet-market`: what opening a subnet costs, and what all subnets share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetMarket {
    /// What the genesis set.
    pub terms: Terms,
    /// What all subnets share.
    pub totals: Totals,
    /// The deposit for a subnet that is opened now.
    pub deposit: Amount,
    /// What is minted a day now.
    pub emission_per_day: Amount,
}

/// `GET /v1/subnets/ID`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetDetail {
    /// The subnet.
    pub subnet: Subnet,
    /// The price of a registration now.
    pub price: Amount,
    /// The price after one more.
    pub price_next: Amount,
    /// Network time of the last block.
    pub time: TimeMs,
}

/// One of `GET /v1/subnets/ID/uids`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetSeat {
    /// The member.
    pub member: Member,
    /// The stake behind it.
    pub pool: Pool,
    /// Whether it may give weights in the present epoch.
    pub permit: bool,
    /// Whether it committed to weights.
    pub committed: bool,
    /// Whether it showed them.
    pub revealed: bool,
    /// The uids whose audits held.
    pub audited: Vec<u16>,
}

/// `GET /v1/subnets/ID/stakes/REGISTRATION/ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetHolding {
    /// The pool that it is a part of.
    pub pool: Pool,
    /// With the epochs that have settled.
    pub position: Position,
    /// What the stake is worth.
    pub worth: Amount,
    /// What joins after the present epoch.
    pub joining: Amount,
    /// What leaves after it is worth now.
    pub leaving: Amount,
    /// What has left and isn't collected; when it can be, the position says.
    pub unbonding: Amount,
}

/// `GET /v1/subnets/ID/epochs/EPOCH`: enough to compute every payout again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetEpochDetail {
    /// What the ledger made of it.
    pub record: EpochRecord,
    /// All that the payouts follow from.
    pub input: EpochInput,
    /// By uid.
    pub payouts: Vec<Payout>,
}

impl Client {
    /// What opening a subnet costs.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_market(&self) -> Result<SubnetMarket, ClientError> {
        self.get("/v1/subnet-market")
    }

    /// Subnets in the order of their ids.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnets(&self, from: Option<&str>) -> Result<Page<SubnetDetail>, ClientError> {
        self.page("/v1/subnets", from)
    }

    /// One subnet.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet(&self, id: SubnetId) -> Result<SubnetDetail, ClientError> {
        self.get(&format!("/v1/subnets/{id}"))
    }

    /// A subnet's members in the order of their uids.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_seats(
        &self,
        id: SubnetId,
        from: Option<&str>,
    ) -> Result<Page<SubnetSeat>, ClientError> {
        self.page(&format!("/v1/subnets/{id}/uids"), from)
    }

    /// An account's membership.
    ///
    /// # Errors
    /// See [`Self::status`]; also when it has none.
    pub fn subnet_member(&self, id: SubnetId, account: Address) -> Result<SubnetSeat, ClientError> {
        self.get(&format!("/v1/subnets/{id}/members/{account}"))
    }

    /// What an account has behind a registration.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_holding(
        &self,
        id: SubnetId,
        registration: Registration,
        account: Address,
    ) -> Result<SubnetHolding, ClientError> {
        self.get(&format!("/v1/subnets/{id}/stakes/{registration}/{account}"))
    }

    /// An epoch that has settled and whose record is kept.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_epoch(
        &self,
        id: SubnetId,
        epoch: SubnetEpoch,
    ) -> Result<SubnetEpochDetail, ClientError> {
        self.get(&format!("/v1/subnets/{id}/epochs/{epoch}"))
    }
}
