//! What happens when an epoch ends, in the order of `specs/subnet-ledger.md`, section 8.

use lilliput_incentives::epoch::EpochOutcome;
use lilliput_ledger::{BlockContext, Failure, State, StoreError};
use lilliput_types::subnet::{
    EpochInput, EpochRecord, Payout, Phase, Rule, SlashReason, Subnet, SubnetEvent, SubnetState,
    Terms,
};
use lilliput_types::{Amount, Holder, List, SubnetEpoch};

use super::seats::{self, Seat};
use super::{emission, market, places, pools, replay, state as keys};
use crate::refuse::overflow;
use crate::{bank, genesis};

/// Settles the present epoch of a subnet and begins the next one, unless the subnet ends.
pub(super) fn settle(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    block: &BlockContext,
) -> Result<(), Failure> {
    let terms = genesis::params(state)?.subnets;
    let mut seats = seats::gather(state, subnet)?;
    let minted = emission::mint(state, &terms, subnet, block.time)?;
    let invested = market::invest(state, subnet, minted, block.time)?;
    let brought = invested.map_or(minted, |done| done.bought);
    let input = EpochInput {
        subnet: subnet.id,
        epoch: subnet.epoch,
        settings: subnet.settings.clone(),
        emission: subnet.carried.plus(brought).map_err(overflow)?,
        seats: List::new(seats.iter().map(|seat| seat.input.clone()).collect())
            .map_err(|error| corrupt(subnet, error.to_string()))?,
        rule: subnet.rule,
        owner_uid: keys::uid(state, subnet.id, subnet.owner)?,
    };
    let outcome = replay::outcome(&input).map_err(|error| corrupt(subnet, error.to_string()))?;
    let payouts = pay(state, subnet, &terms, &outcome, &mut seats, block)?;
    let record = EpochRecord {
        subnet: subnet.id,
        epoch: subnet.epoch,
        settings: input.settings.clone(),
        uids: subnet.uids,
        settled_at: block.height,
        time: block.time,
        minted,
        emission: input.emission,
        owner: Amount(outcome.owner.into()),
        burned: Amount(outcome.burned.into()),
        carried: Amount(outcome.carried.into()),
        randomness: subnet.randomness,
        input: input.digest(),
        rule: input.rule,
        owner_uid: input.owner_uid,
        market: invested,
    };
    keep(state, &terms, &record, &seats, &payouts)?;
    for uid in 0..subnet.uids {
        keys::remove_weights(state, subnet.id, uid);
    }
    if subnet.state == SubnetState::Closing {
        for uid in 0..subnet.uids {
            keys::write_bonds(state, subnet.id, uid, &List::default());
            keys::write_kept(state, subnet.id, uid, None);
        }
        places::close(state, subnet, &terms, &mut seats, block.time)?;
    } else {
        let mut changed = places::replace(state, subnet, &terms, &mut seats, block.height)?;
        changed.extend(places::leave(state, subnet, &mut seats));
        write_bonds(state, subnet, &outcome, &changed);
        keep_rows(state, subnet, &seats, &changed);
        subnet.candidates = places::candidates(subnet, &seats, &changed);
        begin(state, subnet, &record, &seats, block)?;
    }
    state.emit(SubnetEvent::Settled(Box::new(record)));
    Ok(())
}

/// An input out of bounds: messages keep it within, so that this is a fault of the store.
fn corrupt(subnet: &Subnet, reason: String) -> StoreError {
    StoreError::Corrupt {
        key: format!("subnet {}", subnet.id),
        reason,
    }
}

/// Moves all money of the epoch and settles every pool.
fn pay(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    terms: &Terms,
    outcome: &EpochOutcome,
    seats: &mut [Seat],
    block: &BlockContext,
) -> Result<Vec<Payout>, Failure> {
    let (holder, asset) = (Holder::Subnet(subnet.id), subnet.stake_asset(terms.asset));
    let owner = Amount(outcome.owner.into());
    bank::transfer(state, asset, holder, subnet.owner.into(), owner)?;
    if outcome.burned > 0 {
        bank::withdraw_supply(state, asset, holder, Amount(outcome.burned.into()))?;
    }
    subnet.burned = Amount(subnet.burned.0.saturating_add(outcome.burned.into()));
    subnet.carried = Amount(outcome.carried.into());
    let mut payouts = Vec::with_capacity(seats.len());
    for seat in seats.iter_mut() {
        let uid = usize::from(seat.member.uid);
        let earned = |of: &[u64]| Amount(of.get(uid).copied().map_or(0, u128::from));
        let (incentive, dividend) = (earned(&outcome.incentives), earned(&outcome.dividends));
        seat.member.permit = outcome.permits.get(uid) == Some(&true);
        let to = seat.member.account.into();
        bank::transfer(state, asset, holder, to, incentive)?;
        let take = pay_dividend(state, subnet, terms, seat, dividend)?;
        let gain = dividend.minus(take).map_err(overflow)?;
        let loss = slash(state, subnet, terms, seat)?;
        pools::settle(state, subnet, &mut seat.pool, gain, loss, block.time)?;
        keys::write_pool(state, subnet.id, &seat.pool);
        let payout = Payout {
            uid: seat.member.uid,
            registration: seat.member.registration,
            account: seat.member.account,
            incentive,
            dividend,
            take,
        };
        note_earnings(state, subnet, seat, &payout);
        payouts.push(payout);
    }
    Ok(payouts)
}

/// Pays the member its take of what delegated stake earned, lets the rest join the stake; gives the take.
fn pay_dividend(
    state: &mut State<'_>,
    subnet: &Subnet,
    terms: &Terms,
    seat: &Seat,
    dividend: Amount,
) -> Result<Amount, Failure> {
    if dividend.is_zero() {
        return Ok(dividend);
    }
    let Seat { member, pool, .. } = seat;
    let (registration, account) = (member.registration, member.account);
    let position = keys::position(state, subnet.id, registration, account)?;
    let (position, _) = pools::caught_up(state, subnet, terms, registration, &position)?;
    let leaving = position.leaving.map_or(0, |leaving| leaving.units.0);
    let units = Amount(position.units.0.saturating_add(leaving));
    let own = pools::worth(units, pool.index);
    let delegated = pool.amount.0.saturating_sub(own.0);
    // Dividends are at most 2^62, stakes below 2^63.
    let theirs = dividend
        .0
        .saturating_mul(delegated)
        .checked_div(pool.amount.0);
    let take = Amount((theirs.unwrap_or(0) * u128::from(pool.take)) >> 16);
    let (holder, asset) = (Holder::Subnet(subnet.id), subnet.stake_asset(terms.asset));
    bank::transfer(state, asset, holder, account.into(), take)?;
    let rest = dividend.minus(take).map_err(overflow)?;
    let to = Holder::SubnetStake(subnet.id);
    bank::transfer(state, asset, holder, to, rest)?;
    Ok(take)
}

/// Burns a part of a pool for a fault; gives how much.
fn slash(
    state: &mut State<'_>,
    subnet: &Subnet,
    terms: &Terms,
    seat: &Seat,
) -> Result<Amount, Failure> {
    let Some(reason) = seat.fault else {
        return Ok(Amount::ZERO);
    };
    let part = match reason {
        SlashReason::Silent => terms.slash_silent,
        SlashReason::AuditFailed => terms.slash_failed,
    };
    let amount = Amount((seat.pool.amount.0 * u128::from(part)) >> 16);
    if !amount.is_zero() {
        let from = Holder::SubnetStake(subnet.id);
        bank::withdraw_supply(state, subnet.stake_asset(terms.asset), from, amount)?;
    }
    state.emit(SubnetEvent::Slashed {
        subnet: subnet.id,
        uid: seat.member.uid,
        registration: seat.member.registration,
        reason,
        amount,
    });
    Ok(amount)
}

fn note_earnings(state: &mut State<'_>, subnet: &Subnet, seat: &mut Seat, payout: &Payout) {
    let got = payout.incentive.0.saturating_add(payout.dividend.0);
    let member = &mut seat.member;
    member.earned = Amount((member.earned.0 / 2).saturating_add(got));
    member.earned_total = Amount(member.earned_total.0.saturating_add(got));
    keys::write_member(state, subnet.id, member);
    if got > 0 {
        state.emit(SubnetEvent::Paid {
            subnet: subnet.id,
            epoch: subnet.epoch,
            payout: *payout,
        });
    }
}

/// Writes the record and forgets the one that is old enough.
fn keep(
    state: &mut State<'_>,
    terms: &Terms,
    record: &EpochRecord,
    seats: &[Seat],
    payouts: &[Payout],
) -> Result<(), StoreError> {
    keys::write_epoch(state, record);
    for (seat, payout) in seats.iter().zip(payouts) {
        let entry = (seat.input.clone(), *payout);
        keys::write_seat(state, record.subnet, record.epoch, &entry);
    }
    let old = record.epoch.0.checked_sub(terms.records_kept.into());
    if let Some(old) = old
        && let Some(record) = keys::epoch(state, record.subnet, SubnetEpoch(old))?
    {
        keys::remove_epoch(state, &record);
    }
    Ok(())
}

/// Bonds need a permit, and nothing of a uid passes to its next holder.
fn write_bonds(state: &mut State<'_>, subnet: &Subnet, outcome: &EpochOutcome, replaced: &[u16]) {
    let rows = outcome.bonds.iter().zip(&outcome.permits);
    for (uid, (row, permitted)) in (0..).zip(rows) {
        let kept = if *permitted && !replaced.contains(&uid) {
            let others = row.iter().copied();
            others
                .filter(|(miner, _)| !replaced.contains(miner))
                .collect()
        } else {
            Vec::new()
        };
        // No longer than there are uids.
        let kept = List::new(kept).unwrap_or_default();
        keys::write_bonds(state, subnet.id, uid, &kept);
    }
}

/// Under `subtensor-425` weights stand until others are shown; of uids that changed hands nothing does.
fn keep_rows(state: &mut State<'_>, subnet: &Subnet, seats: &[Seat], changed: &[u16]) {
    for uid in changed {
        keys::write_kept(state, subnet.id, *uid, None);
    }
    if subnet.rule == Rule::Evidence1 {
        return;
    }
    for seat in seats.iter().filter(|seat| seat.pool.uid.is_some()) {
        let kept = seats::kept(seat);
        keys::write_kept(state, subnet.id, seat.member.uid, kept.as_ref());
    }
}

/// Begins the next epoch's rule. Bonds and weights of another kind of rule mean nothing under it.
fn change_rule(state: &mut State<'_>, subnet: &mut Subnet) {
    let Some(rule) = subnet.rule_next.take() else {
        return;
    };
    if !rule.same_kind(&subnet.rule) {
        for uid in 0..subnet.uids {
            keys::write_bonds(state, subnet.id, uid, &List::default());
            keys::write_kept(state, subnet.id, uid, None);
        }
    }
    subnet.rule = rule;
}

/// Begins the next epoch, under new settings and another rule if there are any.
fn begin(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    record: &EpochRecord,
    seats: &[Seat],
    block: &BlockContext,
) -> Result<(), Failure> {
    if let Some(mut settings) = subnet.settings_next.take() {
        // Uids may have come since the settings were checked.
        settings.uids_max = settings.uids_max.max(subnet.uids);
        subnet.settings = settings;
    }
    change_rule(state, subnet);
    let stakes = seats.iter().filter(|seat| seat.pool.uid.is_some());
    let stakes: Vec<Amount> = stakes.map(|seat| seat.pool.amount).collect();
    let least = subnet.settings.stake_min;
    let large = stakes.iter().copied().filter(|stake| *stake >= least);
    subnet.permit_stake = Amount::sum(large).map_err(overflow)?;
    subnet.stake = Amount::sum(stakes).map_err(overflow)?;
    // Below 2^63 by at most 2^62.
    let burned = subnet.stake.0.saturating_mul(record.burned.0);
    let burned = burned.checked_div(record.emission.0).unwrap_or(0);
    let weight = market::weigh(subnet, Amount(subnet.stake.0.saturating_sub(burned)));
    places::weigh(state, subnet, weight)?;
    subnet.epoch = subnet.epoch.next();
    subnet.epoch_began_at = block.time;
    subnet.randomness = None;
    keys::begin_phase(subnet, Phase::Commit, block.time);
    state.emit(SubnetEvent::PhaseBegan {
        subnet: subnet.id,
        epoch: subnet.epoch,
        phase: subnet.phase,
        ends_at: subnet.phase_ends_at,
        randomness: None,
    });
    Ok(())
}
