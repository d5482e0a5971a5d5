//! What each uid brings into an epoch: stake, rows, audits, bonds.

use lilliput_ledger::{StateReader, StoreError};
use lilliput_types::List;
use lilliput_types::subnet::{
    Member, Pool, Revealed, SeatInput, SlashReason, Subnet, WeightRow, draw,
};

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

/// All uids, in order.
pub(super) fn gather(state: &dyn StateReader, subnet: &Subnet) -> Result<Vec<Seat>, StoreError> {
    let mut members = Vec::with_capacity(usize::from(subnet.uids));
    for uid in 0..subnet.uids {
        members.push(keys::seated(state, subnet.id, uid)?);
    }
    // A uid that came in this epoch can't have been asked by all: weights for it are left out.
    let fresh: Vec<bool> = members
        .iter()
        .map(|one| one.since >= subnet.epoch)
        .collect();
    let mut seats = Vec::with_capacity(members.len());
    for member in members {
        seats.push(seat(state, subnet, member, &fresh)?);
    }
    Ok(seats)
}

fn seat(
    state: &dyn StateReader,
    subnet: &Subnet,
    member: Member,
    fresh: &[bool],
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
    let input = SeatInput {
        uid: member.uid,
        registration: member.registration,
        account: member.account,
        stake: pool.amount,
        passed,
        failed,
        weights: revealed.map_or_else(List::default, |revealed| counted(&revealed.row, fresh)),
        bonds: keys::bonds(state, subnet.id, member.uid)?,
    };
    Ok(Seat {
        member,
        pool,
        input,
        fault,
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

fn counted(row: &WeightRow, fresh: &[bool]) -> WeightRow {
    let old = |uid: u16| fresh.get(usize::from(uid)) == Some(&false);
    let kept = row.iter().copied().filter(|&(uid, _)| old(uid)).collect();
    // No longer than the row.
    List::new(kept).unwrap_or_default()
}
