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
        permit: false,
        leaves_after: None,
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
    // Whose place is wanted and who leaves by itself before the time has come makes room at once.
    let leaves = |uid: u16| seat_of(seats, uid).is_some_and(|seat| leaving(subnet, &seat.member));
    let (due, waiting): (Vec<Challenge>, Vec<Challenge>) = challenges
        .into_iter()
        .partition(|one| one.match_until <= subnet.epoch || leaves(one.uid));
    subnet.challenges = List::new(waiting).unwrap_or_default();
    let mut replaced = Vec::new();
    for challenge in due {
        let Ok(at) = seats.binary_search_by_key(&challenge.uid, |seat| seat.member.uid) else {
            continue;
        };
        let Some(seat) = seats.get_mut(at) else {
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

fn seat_of(seats: &[Seat], uid: u16) -> Option<&Seat> {
    let at = seats.binary_search_by_key(&uid, |seat| seat.member.uid);
    at.ok().and_then(|at| seats.get(at))
}

/// Whether a member leaves when the present epoch settles.
fn leaving(subnet: &Subnet, member: &Member) -> bool {
    member
        .leaves_after
        .is_some_and(|after| after <= subnet.epoch)
}

/// Lets go those whose notice has run out; gives their uids, which nobody has now.
pub(super) fn leave(state: &mut State<'_>, subnet: &mut Subnet, seats: &mut [Seat]) -> Vec<u16> {
    let mut gone = Vec::new();
    for seat in seats.iter_mut() {
        if seat.pool.uid.is_some() && leaving(subnet, &seat.member) {
            end(state, subnet, seat);
            let member = &seat.member;
            state.emit(SubnetEvent::Left {
                subnet: subnet.id,
                uid: member.uid,
                registration: member.registration,
                account: member.account,
            });
            gone.push(member.uid);
        }
    }
    let mut vacant = std::mem::take(&mut subnet.vacant).into_vec();
    vacant.extend(&gone);
    vacant.sort_unstable();
    while vacant
        .last()
        .is_some_and(|last| last.saturating_add(1) == subnet.uids)
    {
        vacant.pop();
        subnet.uids = subnet.uids.saturating_sub(1);
    }
    // No more than there are uids.
    subnet.vacant = List::new(vacant).unwrap_or_default();
    gone
}

/// The lowest uid that nobody has, below the subnet's limit.
pub(super) fn free_uid(subnet: &mut Subnet) -> Option<u16> {
    let mut vacant = std::mem::take(&mut subnet.vacant).into_vec();
    let uid = if vacant.is_empty() {
        let uid = subnet.uids;
        if uid >= subnet.settings.uids_max {
            return None;
        }
        subnet.uids = uid.saturating_add(1);
        uid
    } else {
        vacant.remove(0)
    };
    subnet.vacant = List::new(vacant).unwrap_or_default();
    Some(uid)
}

/// Ends a registration: nothing of it is the next one's.
fn end(state: &mut State<'_>, subnet: &Subnet, seat: &mut Seat) {
    keys::remove_member(state, subnet.id, &seat.member);
    seat.pool.uid = None;
    keys::write_pool(state, subnet.id, &seat.pool);
}

fn evict(state: &mut State<'_>, subnet: &Subnet, seat: &mut Seat) {
    end(state, subnet, seat);
    let member = &seat.member;
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
        .filter(|one| one.immune_until <= next && one.leaves_after.is_none())
        .filter(|one| !replaced.contains(&one.uid) && !challenged(one))
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
        bank::withdraw_supply(state, subnet.stake_asset(terms.asset), holder, carried)?;
        subnet.burned = Amount(subnet.burned.0.saturating_add(carried.0));
    }
    let deposit = std::mem::take(&mut subnet.deposit);
    bank::transfer(state, terms.asset, holder, subnet.owner.into(), deposit)?;
    subnet.state = SubnetState::Closed;
    subnet.uids = 0;
    subnet.vacant = List::default();
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
