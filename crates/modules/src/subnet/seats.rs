//! What each uid brings into an epoch: stake, rows, audits, bonds.

use lilliput_incentives::subtensor;
use lilliput_ledger::{StateReader, StoreError};
use lilliput_types::subnet::{
    KeptRow, Member, Pool, Revealed, Rule, SeatInput, SlashReason, Subnet, WeightRow, draw,
};
use lilliput_types::{List, SubnetEpoch};

use super::state as keys;

/// A uid while its epoch settles.
pub(super) struct Seat {
    pub(super) member: Member,
    pub(super) pool: Pool,
    pub(super) input: SeatInput,
    /// What its pool is slashed for, if for anything.
    pub(super) fault: Option<SlashReason>,
}

/// The places in the row that audits of a validator fall on, one per draw; none outside of phase audit.
pub(super) fn draws(subnet: &Subnet, uid: u16, revealed: &Revealed) -> Vec<usize> {
    let Some(randomness) = subnet.randomness else {
        return Vec::new();
    };
    (0..subnet.settings.audits_required)
        .filter_map(|number| draw(randomness, uid, number, &revealed.row))
        .collect()
}

/// All uids that somebody has, in order.
pub(super) fn gather(state: &dyn StateReader, subnet: &Subnet) -> Result<Vec<Seat>, StoreError> {
    let mut members = Vec::with_capacity(usize::from(subnet.members()));
    // In which epoch each uid came; nobody came to a vacant one.
    let mut since = vec![None; usize::from(subnet.uids)];
    for (uid, since) in (0..).zip(&mut since) {
        if subnet.has(uid) {
            let member = keys::seated(state, subnet.id, uid)?;
            *since = Some(member.since);
            members.push(member);
        }
    }
    let mut seats = Vec::with_capacity(members.len());
    for member in members {
        seats.push(seat(state, subnet, member, &since)?);
    }
    Ok(seats)
}

fn seat(
    state: &dyn StateReader,
    subnet: &Subnet,
    member: Member,
    since: &[Option<SubnetEpoch>],
) -> Result<Seat, StoreError> {
    let pool = keys::pool_of(state, subnet.id, member.registration)?;
    let committed = keys::commitment(state, subnet.id, member.uid)?;
    let revealed = keys::revealed(state, subnet.id, member.uid)?;
    let (passed, failed) = match &revealed {
        Some(revealed) => evidence(subnet, member.uid, revealed),
        None => (0, 0),
    };
    let fault = match (&committed, &revealed) {
        (Some(_), None) => Some(SlashReason::Silent),
        (_, Some(_)) if failed > 0 => Some(SlashReason::AuditFailed),
        (None | Some(_), _) => None,
    };
    let shown = revealed.map(|revealed| revealed.row);
    let (row, updated) = match subnet.rule {
        Rule::Evidence1 => {
            let updated = shown.as_ref().map_or(member.since, |_| subnet.epoch);
            (shown.unwrap_or_default(), updated)
        }
        Rule::Subtensor425(_) => {
            let fresh = shown.filter(|_| failed == 0);
            standing(state, subnet, &member, fresh)?
        }
    };
    let input = SeatInput {
        uid: member.uid,
        registration: member.registration,
        account: member.account,
        stake: pool.amount,
        passed,
        failed,
        weights: counted(&row, since, updated),
        bonds: keys::bonds(state, subnet.id, member.uid)?,
        since: member.since,
        updated,
        permit: member.permit,
    };
    Ok(Seat {
        member,
        pool,
        input,
        fault,
    })
}

/// Under `subtensor-425`: the row that was shown and whose audits held, else the one before it.
fn standing(
    state: &dyn StateReader,
    subnet: &Subnet,
    member: &Member,
    fresh: Option<WeightRow>,
) -> Result<(WeightRow, SubnetEpoch), StoreError> {
    if let Some(row) = fresh {
        // No longer than the row.
        let row = List::new(subtensor::upscaled(&row)).unwrap_or_default();
        return Ok((row, subnet.epoch));
    }
    let kept = keys::kept(state, subnet.id, member.uid)?;
    let own = kept.filter(|kept| kept.registration == member.registration);
    Ok(own.map_or_else(
        || (List::default(), member.since),
        |kept| (kept.row, kept.epoch),
    ))
}

/// What a seat's weights go on as, if they stand.
pub(super) fn kept(seat: &Seat) -> Option<KeptRow> {
    let stands = !seat.input.weights.is_empty();
    stands.then(|| KeptRow {
        registration: seat.member.registration,
        epoch: seat.input.updated,
        row: seat.input.weights.clone(),
    })
}

/// Draws that held and that didn't. Weights that burn emission ask for no evidence: nobody earns by them.
fn evidence(subnet: &Subnet, uid: u16, revealed: &Revealed) -> (u8, u8) {
    let (mut passed, mut failed) = (0_u8, 0_u8);
    for place in draws(subnet, uid, revealed) {
        let miner = revealed.row.get(place).map(|cell| cell.0);
        let burns = miner.is_some() && miner == subnet.settings.burn_uid;
        let held = miner.is_some_and(|miner| revealed.audited.contains(&miner));
        if burns || held {
            passed = passed.saturating_add(1);
        } else {
            failed = failed.saturating_add(1);
        }
    }
    (passed, failed)
}

/// A uid that came in the epoch of the weights can't have been asked by all: weights for it are left out.
fn counted(row: &WeightRow, since: &[Option<SubnetEpoch>], updated: SubnetEpoch) -> WeightRow {
    let old = |uid: u16| {
        let since = since.get(usize::from(uid)).copied().flatten();
        since.is_some_and(|since| since < updated)
    };
    let kept = row.iter().copied().filter(|&(uid, _)| old(uid)).collect();
    // No longer than the row.
    List::new(kept).unwrap_or_default()
}
