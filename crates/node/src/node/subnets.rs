//! What the node answers about subnets.

use lilliput_client::api::Page;
use lilliput_client::subnet::{
    SubnetDetail, SubnetEpochDetail, SubnetHolding, SubnetMarket, SubnetSeat,
};
use lilliput_modules::subnet::query::{self, Seat};
use lilliput_types::subnet::Subnet;
use lilliput_types::{Address, Registration, SubnetEpoch, SubnetId};

use super::{Node, PAGE_MAX, head, not_found, page};
use crate::error::NodeError;

impl Node {
    /// What opening a subnet costs.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_market(&self) -> Result<SubnetMarket, NodeError> {
        self.read(|snapshot| {
            let now = head(snapshot)?.header.time;
            let market = query::market(snapshot, now)?;
            Ok(SubnetMarket {
                terms: market.terms,
                totals: market.totals,
                deposit: market.deposit,
                emission_per_day: market.rate,
            })
        })
    }

    /// Subnets in the order of their ids, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnets(
        &self,
        after: Option<SubnetId>,
        limit: usize,
    ) -> Result<Page<SubnetDetail>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let items = self.read(|snapshot| {
            let time = head(snapshot)?.header.time;
            let subnets = query::subnets(snapshot, after, limit)?;
            let detail = |subnet: Subnet| {
                let (price, price_next) = query::prices(snapshot, &subnet, time)?;
                Ok(SubnetDetail {
                    subnet,
                    price,
                    price_next,
                    time,
                })
            };
            subnets.into_iter().map(detail).collect()
        })?;
        Ok(page(items, limit, |item: &SubnetDetail| {
            item.subnet.id.to_string()
        }))
    }

    /// One subnet.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet(&self, id: SubnetId) -> Result<SubnetDetail, NodeError> {
        let found = self.read(|snapshot| {
            let time = head(snapshot)?.header.time;
            let Some(subnet) = query::subnet(snapshot, id)? else {
                return Ok(None);
            };
            let (price, price_next) = query::prices(snapshot, &subnet, time)?;
            Ok(Some(SubnetDetail {
                subnet,
                price,
                price_next,
                time,
            }))
        })?;
        found.ok_or_else(|| not_found("subnet", id))
    }

    /// A subnet's members in the order of their uids, behind one.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_seats(
        &self,
        id: SubnetId,
        after: Option<u16>,
        limit: usize,
    ) -> Result<Page<SubnetSeat>, NodeError> {
        let limit = limit.clamp(1, PAGE_MAX);
        let found = self.read(|snapshot| {
            let Some(subnet) = query::subnet(snapshot, id)? else {
                return Ok(None);
            };
            query::seats(snapshot, &subnet, after, limit).map(Some)
        })?;
        let seats = found.ok_or_else(|| not_found("subnet", id))?;
        let items: Vec<SubnetSeat> = seats.into_iter().map(seat).collect();
        Ok(page(items, limit, |item: &SubnetSeat| {
            item.member.uid.to_string()
        }))
    }

    /// An account's membership.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_member(&self, id: SubnetId, account: Address) -> Result<SubnetSeat, NodeError> {
        let found = self.read(|snapshot| {
            let Some(subnet) = query::subnet(snapshot, id)? else {
                return Ok(None);
            };
            query::seat_of(snapshot, &subnet, account)
        })?;
        found.map(seat).ok_or_else(|| not_found("member", account))
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
    ) -> Result<SubnetHolding, NodeError> {
        let found = self.read(|snapshot| {
            let subnet = query::subnet(snapshot, id)?;
            let pool = query::pool(snapshot, id, registration)?;
            let (Some(subnet), Some(pool)) = (subnet, pool) else {
                return Ok(None);
            };
            let holding = query::holding(snapshot, &subnet, &pool, account)?;
            Ok(Some(SubnetHolding {
                pool,
                position: holding.position,
                worth: holding.worth,
                joining: holding.joining,
                leaving: holding.leaving,
                unbonding: holding.position.unbonding,
            }))
        })?;
        found.ok_or_else(|| not_found("registration", registration))
    }

    /// An epoch that has settled.
    ///
    /// # Errors
    /// See [`Self::status`].
    pub fn subnet_epoch(
        &self,
        id: SubnetId,
        epoch: SubnetEpoch,
    ) -> Result<SubnetEpochDetail, NodeError> {
        let found = self.read(|snapshot| query::epoch(snapshot, id, epoch))?;
        let replay = found.ok_or_else(|| not_found("record of epoch", epoch))?;
        Ok(SubnetEpochDetail {
            record: replay.record,
            input: replay.input,
            payouts: replay.payouts,
        })
    }
}

fn seat(seat: Seat) -> SubnetSeat {
    SubnetSeat {
        member: seat.member,
        pool: seat.pool,
        permit: seat.permit,
        committed: seat.committed,
        revealed: seat.revealed,
        audited: seat.audited,
    }
}
