//! What must hold about subnets.

use std::collections::{BTreeMap, BTreeSet};

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::subnet::{
    KeptRow, Market, Member, Pool, Position, Revealed, Subnet, SubnetState, Terms,
    WeightsCommitment,
};
use lilliput_types::{Amount, AssetId, Holder, Registration, SubnetId};

use super::state::Bonds;
use super::{pools, state};
use crate::{bank, genesis};

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let terms = genesis::params(reader)?.subnets;
    let totals = state::totals(reader)?;
    let mut found = Vec::new();
    let mut waiting = BTreeSet::new();
    let (mut weight, mut minted) = (0_u128, 0_u128);
    for entry in Scan::<Subnet>::new(reader, state::SUBNETS) {
        let (_, subnet) = entry?;
        if subnet.state != SubnetState::Closed {
            waiting.insert((subnet.phase_ends_at, subnet.id));
        }
        weight = weight.saturating_add(subnet.weight.0);
        minted = minted.saturating_add(subnet.minted.0);
        money(reader, &terms, &subnet, &mut found)?;
        members(reader, &subnet, &mut found)?;
        inheritance(reader, &subnet, &mut found)?;
    }
    let mut queued = BTreeSet::new();
    for entry in Scan::<SubnetId>::new(reader, state::DEADLINES) {
        queued.insert(state::parse_deadline(&entry?.0)?);
    }
    if queued != waiting {
        found.push("the queue of phases doesn't match the subnets that go on".to_owned());
    }
    if weight != totals.weight.0 {
        found.push("the subnets' weights don't sum to the total".to_owned());
    }
    if minted != totals.minted.0 || totals.minted > terms.emission_cap {
        found.push("more was minted for subnets than is counted or allowed".to_owned());
    }
    Ok(found)
}

/// What the two holders hold, and what positions are worth.
fn money(
    reader: &dyn StateReader,
    terms: &Terms,
    subnet: &Subnet,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let prices = subnet.challenges.iter().map(|challenge| challenge.price.0);
    let mut due = subnet.deposit.0 + prices.sum::<u128>();
    let asset = subnet.stake_asset(terms.asset);
    match &subnet.market {
        None => due += subnet.carried.0,
        Some(market) => traded(reader, terms, subnet, market, found)?,
    }
    let held = bank::state::balance(reader, Holder::Subnet(subnet.id), terms.asset)?;
    if held.0 != due {
        found.push(format!("subnet {} holds {held}, due are {due}", subnet.id));
    }
    let mut due = 0;
    for entry in Scan::<Pool>::new(reader, &state::pools_of(subnet.id)) {
        let (_, pool) = entry?;
        due += pool.amount.0 + pool.joining.0 + pool.unbonding.0;
        positions(reader, terms, subnet, &pool, found)?;
    }
    let held = bank::state::balance(reader, Holder::SubnetStake(subnet.id), asset)?;
    if held.0 != due {
        found.push(format!(
            "subnet {} holds {held} of stake, its pools hold {due}",
            subnet.id
        ));
    }
    Ok(())
}

/// A market holds its reserves, the subnet's tokens that are carried lie with it, and none came into being since.
fn traded(
    reader: &dyn StateReader,
    terms: &Terms,
    subnet: &Subnet,
    market: &Market,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let token = AssetId::Subnet(subnet.id);
    let pool = Holder::SubnetMarket(subnet.id);
    let network = bank::state::balance(reader, pool, terms.asset)?;
    let tokens = bank::state::balance(reader, pool, token)?;
    let carried = bank::state::balance(reader, Holder::Subnet(subnet.id), token)?;
    if (network, tokens, carried) != (market.network, market.tokens, subnet.carried) {
        found.push(format!(
            "the market of subnet {} miscounts its reserves",
            subnet.id
        ));
    }
    // The product of the reserves began as the seed squared and never fell.
    let asset = bank::state::asset(reader, token)?;
    let seed = asset.and_then(|asset| asset.supply_max).unwrap_or_default();
    let product = market.network.0.checked_mul(market.tokens.0);
    if product.is_none_or(|product| product < seed.0.saturating_mul(seed.0)) {
        found.push(format!(
            "the market of subnet {} gave something away",
            subnet.id
        ));
    }
    Ok(())
}

fn positions(
    reader: &dyn StateReader,
    terms: &Terms,
    subnet: &Subnet,
    pool: &Pool,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let registration = pool.registration;
    let (mut worth, mut joining, mut leaving, mut unbonding) = (0, 0, 0, 0);
    let mut moving = 0_u32;
    for entry in Scan::<Position>::new(reader, &state::positions_of(subnet.id, registration)) {
        let (_, position) = entry?;
        let (now, _) = pools::caught_up(reader, subnet, terms, registration, &position)?;
        let units = now.leaving.map_or(0, |leaving| leaving.units.0);
        worth += pools::worth(Amount(now.units.0 + units), pool.index).0;
        leaving += units;
        joining += now.joining.map_or(0, |joining| joining.amount.0);
        unbonding += now.unbonding.0;
        moving += u32::from(now.joining.is_some()) + u32::from(now.leaving.is_some());
    }
    let exact = (joining, leaving, moving) == (pool.joining.0, pool.leaving.0, pool.moving);
    if worth > pool.amount.0 || unbonding > pool.unbonding.0 || !exact {
        found.push(format!(
            "positions behind registration {registration} of subnet {} don't fit their pool",
            subnet.id
        ));
    }
    Ok(())
}

/// Every uid that isn't vacant has one member, every member one account and one pool.
fn members(
    reader: &dyn StateReader,
    subnet: &Subnet,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let (mut uids, mut stake) = (0_u16, 0_u128);
    for entry in Scan::<Member>::new(reader, &state::members_of(subnet.id)) {
        let (_, member) = entry?;
        let pool = state::pool_of(reader, subnet.id, member.registration)?;
        let own = state::uid(reader, subnet.id, member.account)?;
        let fits = subnet.has(member.uid)
            && own == Some(member.uid)
            && pool.uid == Some(member.uid)
            && pool.account == member.account;
        if !fits {
            found.push(format!(
                "uid {} of subnet {} is askew",
                member.uid, subnet.id
            ));
        }
        uids = uids.saturating_add(1);
        stake += pool.amount.0;
    }
    let ordered = subnet.vacant.is_sorted() && subnet.vacant.iter().all(|uid| *uid < subnet.uids);
    if uids != subnet.members() || !ordered || stake != subnet.stake.0 {
        found.push(format!("subnet {} miscounts its uids or stake", subnet.id));
    }
    Ok(())
}

/// Commitments and rows are of the registration that has the uid; bonds are older than neither side.
fn inheritance(
    reader: &dyn StateReader,
    subnet: &Subnet,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let mut holders: BTreeMap<u16, Member> = BTreeMap::new();
    for entry in Scan::<Member>::new(reader, &state::members_of(subnet.id)) {
        let (_, member) = entry?;
        holders.insert(member.uid, member);
    }
    let mut weights: Vec<(u16, Registration)> = Vec::new();
    for entry in Scan::<WeightsCommitment>::new(reader, &state::commitments_of(subnet.id)) {
        let (key, one) = entry?;
        weights.push((state::parse_uid(&key)?, one.registration));
    }
    for entry in Scan::<Revealed>::new(reader, &state::revealed_of(subnet.id)) {
        let (key, one) = entry?;
        weights.push((state::parse_uid(&key)?, one.registration));
    }
    for entry in Scan::<KeptRow>::new(reader, &state::kept_of(subnet.id)) {
        let (key, one) = entry?;
        weights.push((state::parse_uid(&key)?, one.registration));
    }
    let own = |(uid, registration): &(u16, Registration)| {
        holders
            .get(uid)
            .is_some_and(|one| one.registration == *registration)
    };
    if !weights.iter().all(own) {
        found.push(format!(
            "subnet {} has weights of a uid's predecessor",
            subnet.id
        ));
    }
    // Who came after the last settling has been in no epoch that moved bonds.
    let scored = |uid: &u16| holders.get(uid).is_some_and(|one| one.since < subnet.epoch);
    for entry in Scan::<Bonds>::new(reader, &state::bonds_of(subnet.id)) {
        let (key, row) = entry?;
        let uid = state::parse_uid(&key)?;
        if !scored(&uid) || !row.iter().all(|(miner, _)| scored(miner)) {
            found.push(format!(
                "subnet {} has bonds of a uid's predecessor",
                subnet.id
            ));
        }
    }
    Ok(())
}
