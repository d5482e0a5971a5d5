//! What anyone may ask about subnets.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::subnet::{
    EpochInput, EpochRecord, Member, Payout, Pool, Position, Subnet, Terms, Totals,
};
use lilliput_types::{Address, Amount, List, Registration, SubnetEpoch, SubnetId, TimeMs};

use super::{emission, pools, price, state};
use crate::genesis;

/// What opening a subnet costs, and what all subnets share.
#[derive(Clone, Debug)]
pub struct Market {
    /// What the genesis set.
    pub terms: Terms,
    /// What all subnets share.
    pub totals: Totals,
    /// The deposit for a subnet that is opened now.
    pub deposit: Amount,
    /// What is minted a day now.
    pub rate: Amount,
}

/// A member with the stake behind it and what it has done in the present epoch.
#[derive(Clone, Debug)]
pub struct Seat {
    /// The member.
    pub member: Member,
    /// The stake behind it.
    pub pool: Pool,
    /// Whether it may give weights.
    pub permit: bool,
    /// Whether it committed to weights.
    pub committed: bool,
    /// Whether it showed them.
    pub revealed: bool,
    /// The uids whose audits held.
    pub audited: Vec<u16>,
}

/// What an account has behind a registration, as of now.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// With the epochs that have settled.
    pub position: Position,
    /// What the units are worth.
    pub worth: Amount,
    /// What joins after the present epoch.
    pub joining: Amount,
    /// What leaves after it is worth now.
    pub leaving: Amount,
}

/// An epoch as it can be replayed.
#[derive(Clone, Debug)]
pub struct Replay {
    /// What the ledger made of it.
    pub record: EpochRecord,
    /// All that payouts follow from.
    pub input: EpochInput,
    /// By uid.
    pub payouts: Vec<Payout>,
}

/// One subnet.
///
/// # Errors
/// When the database fails.
pub fn subnet(state: &dyn StateReader, id: SubnetId) -> Result<Option<Subnet>, StoreError> {
    state::subnet(state, id)
}

/// At most `limit` subnets, in the order of their ids, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn subnets(
    state: &dyn StateReader,
    after: Option<SubnetId>,
    limit: usize,
) -> Result<Vec<Subnet>, StoreError> {
    let after = after.map(state::place_of).unwrap_or_default();
    Scan::after(state, state::SUBNETS, &after)
        .take(limit)
        .map(|entry| entry.map(|(_, subnet)| subnet))
        .collect()
}

/// The price of a registration now, and after one more.
///
/// # Errors
/// When the database fails.
pub fn prices(
    state: &dyn StateReader,
    subnet: &Subnet,
    now: TimeMs,
) -> Result<(Amount, Amount), StoreError> {
    let terms = genesis::params(state)?.subnets;
    let price = price::burn(subnet, &terms, now);
    Ok((price, price::burn_next(price, &terms)))
}

/// What opening a subnet costs now.
///
/// # Errors
/// When the database fails.
pub fn market(state: &dyn StateReader, now: TimeMs) -> Result<Market, StoreError> {
    let terms = genesis::params(state)?.subnets;
    let totals = state::totals(state)?;
    Ok(Market {
        deposit: price::deposit(&totals, &terms, now),
        rate: emission::rate(&terms, totals.minted),
        terms,
        totals,
    })
}

/// At most `limit` members of a subnet, in the order of their uids, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn seats(
    reader: &dyn StateReader,
    subnet: &Subnet,
    after: Option<u16>,
    limit: usize,
) -> Result<Vec<Seat>, StoreError> {
    let after = after.map(state::uid_place).unwrap_or_default();
    Scan::<Member>::after(reader, &state::members_of(subnet.id), &after)
        .take(limit)
        .map(|entry| seat(reader, subnet, entry?.1))
        .collect()
}

/// The membership of an account.
///
/// # Errors
/// When the database fails.
pub fn seat_of(
    reader: &dyn StateReader,
    subnet: &Subnet,
    account: Address,
) -> Result<Option<Seat>, StoreError> {
    match state::uid(reader, subnet.id, account)? {
        Some(uid) => {
            let member = state::seated(reader, subnet.id, uid)?;
            seat(reader, subnet, member).map(Some)
        }
        None => Ok(None),
    }
}

fn seat(reader: &dyn StateReader, subnet: &Subnet, member: Member) -> Result<Seat, StoreError> {
    let pool = state::pool_of(reader, subnet.id, member.registration)?;
    let revealed = state::revealed(reader, subnet.id, member.uid)?;
    Ok(Seat {
        permit: subnet.may_weigh(&member, pool.amount),
        committed: state::commitment(reader, subnet.id, member.uid)?.is_some(),
        revealed: revealed.is_some(),
        audited: revealed.map_or_else(Vec::new, |revealed| revealed.audited.into_vec()),
        member,
        pool,
    })
}

/// The stake behind a registration.
///
/// # Errors
/// When the database fails.
pub fn pool(
    state: &dyn StateReader,
    subnet: SubnetId,
    registration: Registration,
) -> Result<Option<Pool>, StoreError> {
    state::pool(state, subnet, registration)
}

/// What an account has behind a registration.
///
/// # Errors
/// When the database fails.
pub fn holding(
    reader: &dyn StateReader,
    subnet: &Subnet,
    pool: &Pool,
    account: Address,
) -> Result<Holding, StoreError> {
    let terms = genesis::params(reader)?.subnets;
    let position = state::position(reader, subnet.id, pool.registration, account)?;
    let (position, _) = pools::caught_up(reader, subnet, &terms, pool.registration, &position)?;
    let leaving = position
        .leaving
        .map_or(Amount::ZERO, |leaving| leaving.units);
    Ok(Holding {
        position,
        worth: pools::worth(position.units, pool.index),
        joining: position
            .joining
            .map_or(Amount::ZERO, |joining| joining.amount),
        leaving: pools::worth(leaving, pool.index),
    })
}

/// An epoch that has settled and whose record is kept.
///
/// # Errors
/// When the database fails.
pub fn epoch(
    reader: &dyn StateReader,
    subnet: SubnetId,
    epoch: SubnetEpoch,
) -> Result<Option<Replay>, StoreError> {
    let Some(record) = state::epoch(reader, subnet, epoch)? else {
        return Ok(None);
    };
    let recorded = state::recorded_seats(reader, subnet, epoch)?;
    let (seats, payouts): (Vec<_>, Vec<_>) = recorded.into_iter().unzip();
    let input = EpochInput {
        subnet,
        epoch,
        settings: record.settings.clone(),
        emission: record.emission,
        seats: List::new(seats).unwrap_or_default(),
        rule: record.rule,
        owner_uid: record.owner_uid,
    };
    Ok(Some(Replay {
        record,
        input,
        payouts,
    }))
}
