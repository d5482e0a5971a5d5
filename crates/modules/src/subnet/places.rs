//! Who has a uid: admission, eviction, closing.

use lilliput_ledger::{Failure, State, StoreError};
use lilliput_types::subnet::{
    CHALLENGES_MAX, Challenge, Member, Pool, Subnet, SubnetEvent, SubnetState, Terms,
};
use lilliput_types::{
    Address, Amount, Height, Holder, List, Registration, SubnetEpoch, Text, TimeMs,
};

use super::pools::INDEX_ONE;
use super::seats::Seat;
use super::state as keys;
use crate::bank;

/// A uid that somebody gets.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) uid: u16,
    pub(super) since: SubnetEpoch,
    pub(super) price: Amount,
}

/// The first epoch in which somebody who came, or matched, in this epoch can be challenged: at least so many epochs
/// lie between from beginning to end.
pub(super) fn immune_until(subnet: &Subnet, since: SubnetEpoch) -> SubnetEpoch {
    let immunity = u64::from(subnet.settings.immunity_epochs);
    SubnetEpoch(since.0.saturating_add(1).saturating_add(immunity))
}

/// Gives a uid to an account, under a new registration.
pub(super) fn admit(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    place: &Place,
    account: Address,
    endpoint: &Text<256>,
    height: Height,
) {
    let registration = subnet.registration_next;
    subnet.registration_next = registration.next();
    let member = Member {
        uid: place.uid,
        registration,
        account,
        endpoint: endpoint.clone(),
        since: place.since,
        immune_until: immune_until(subnet, place.since),
        earned: Amount::ZERO,
        earned_total: Amount::ZERO,
        registered_at: height,
    };
    let pool = Pool {
        registration,
        account,
        uid: Some(place.uid),
        amount: Amount::ZERO,
        index: INDEX_ONE,
        take: 0,
        take_next: 0,
        joining: Amount::ZERO,
        leaving: Amount::ZERO,
        moving: 0,
        unbonding: Amount::ZERO,
    };
    keys::write_member(state, subnet.id, &member);
    keys::write_pool(state, subnet.id, &pool);
    state.emit(SubnetEvent::Registered {
        subnet: subnet.id,
        uid: place.uid,
        registration,
        account,
        price: place.price,
    });
}

/// Carries out the challenges whose time has come; gives the uids that changed hands.
pub(super) fn replace(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    terms: &Terms,
    seats: &mut [Seat],
    height: Height,
) -> Result<Vec<u16>, Failure> {
    let challenges = std::mem::take(&mut subnet.challenges).into_vec();
    let (due, waiting): (Vec<Challenge>, Vec<Challenge>) = challenges
        .into_iter()
        .partition(|challenge| challenge.match_until <= subnet.epoch);
    subnet.challenges = List::new(waiting).unwrap_or_default();
    let mut replaced = Vec::new();
    for challenge in due {
        let Some(seat) = seats.get_mut(usize::from(challenge.uid)) else {
            continue;
        };
        let from = Holder::Subnet(subnet.id);
        bank::withdraw_supply(state, terms.asset, from, challenge.price)?;
        evict(state, subnet, seat);
        let place = Place {
            uid: challenge.uid,
            since: subnet.epoch.next(),
            price: challenge.price,
        };
        let (account, endpoint) = (challenge.challenger, &challenge.endpoint);
        admit(state, subnet, &place, account, endpoint, height);
        replaced.push(challenge.uid);
    }
    Ok(replaced)
}

fn evict(state: &mut State<'_>, subnet: &Subnet, seat: &mut Seat) {
    let member = &seat.member;
    keys::remove_member(state, subnet.id, member);
    seat.pool.uid = None;
    keys::write_pool(state, subnet.id, &seat.pool);
    state.emit(SubnetEvent::Evicted {
        subnet: subnet.id,
        uid: member.uid,
        registration: member.registration,
        account: member.account,
    });
}

/// The lowest earners that can be challenged in the next epoch, the lowest first.
pub(super) fn candidates(
    subnet: &Subnet,
    seats: &[Seat],
    replaced: &[u16],
) -> List<Registration, CHALLENGES_MAX> {
    let next = subnet.epoch.next();
    let challenged = |one: &Member| {
        let mut challenges = subnet.challenges.iter();
        challenges.any(|challenge| challenge.registration == one.registration)
    };
    let mut lowest: Vec<(Amount, Registration)> = seats
        .iter()
        .map(|seat| &seat.member)
        .filter(|one| one.immune_until <= next && !replaced.contains(&one.uid) && !challenged(one))
        .map(|one| (one.earned, one.registration))
        .collect();
    lowest.sort_unstable();
    lowest.truncate(CHALLENGES_MAX as usize);
    List::new(
        lowest
            .into_iter()
            .map(|(_, registration)| registration)
            .collect(),
    )
    .unwrap_or_default()
}

/// Ends a subnet: all registrations end, challengers are refunded, what is carried is burned, the deposit goes back.
pub(super) fn close(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    terms: &Terms,
    seats: &mut [Seat],
    now: TimeMs,
) -> Result<(), Failure> {
    let holder = Holder::Subnet(subnet.id);
    for seat in seats.iter_mut() {
        evict(state, subnet, seat);
    }
    for challenge in std::mem::take(&mut subnet.challenges).iter() {
        let to = challenge.challenger.into();
        bank::transfer(state, terms.asset, holder, to, challenge.price)?;
        state.emit(SubnetEvent::ChallengeEnded {
            subnet: subnet.id,
            challenger: challenge.challenger,
            price: challenge.price,
        });
    }
    let carried = std::mem::take(&mut subnet.carried);
    if !carried.is_zero() {
        bank::withdraw_supply(state, terms.asset, holder, carried)?;
        subnet.burned = Amount(subnet.burned.0.saturating_add(carried.0));
    }
    let deposit = std::mem::take(&mut subnet.deposit);
    bank::transfer(state, terms.asset, holder, subnet.owner.into(), deposit)?;
    subnet.state = SubnetState::Closed;
    subnet.uids = 0;
    subnet.stake = Amount::ZERO;
    subnet.permit_stake = Amount::ZERO;
    subnet.candidates = List::default();
    subnet.epoch = subnet.epoch.next();
    subnet.epoch_began_at = now;
    weigh(state, subnet, Amount::ZERO)?;
    state.emit(SubnetEvent::Closed { subnet: subnet.id });
    Ok(())
}

/// Changes a subnet's part of all emission.
pub(super) fn weigh(
    state: &mut State<'_>,
    subnet: &mut Subnet,
    weight: Amount,
) -> Result<(), StoreError> {
    let mut totals = keys::totals(state)?;
    let others = totals.weight.0.saturating_sub(subnet.weight.0);
    totals.weight = Amount(others.saturating_add(weight.0));
    subnet.weight = weight;
    keys::write_totals(state, &totals);
    Ok(())
}
