//! Where subnets, members, stake, weights and records of epochs are kept.

use lilliput_ledger::{Scan, State, StateReader, StoreError, read};
use lilliput_types::subnet::{
    EpochRecord, KeptRow, Mark, Member, Payout, Phase, Pool, Position, Revealed, SeatInput, Subnet,
    SubnetState, Totals, UIDS_MAX, WeightsCommitment,
};
use lilliput_types::{
    Address, List, ModelId, ParseError, Registration, SubnetEpoch, SubnetId, TimeMs,
};

pub(super) const SUBNETS: &str = "subnet/record/";
pub(super) const DEADLINES: &str = "subnet/deadline/";
const TOTALS: &str = "subnet/totals";

/// Bonds by uid, in 2^-32.
pub(super) type Bonds = List<(u16, u32), UIDS_MAX>;

/// The last part of a subnet's key, to go on behind it.
pub(super) fn place_of(subnet: SubnetId) -> String {
    format!("{:010}", subnet.0)
}

fn subnet_key(subnet: SubnetId) -> String {
    format!("{SUBNETS}{}", place_of(subnet))
}

fn deadline_key(time: TimeMs, subnet: SubnetId) -> String {
    format!("{DEADLINES}{:020}/{subnet}", time.0)
}

pub(super) fn members_of(subnet: SubnetId) -> String {
    format!("subnet/member/{subnet}/")
}

pub(super) fn uid_place(uid: u16) -> String {
    format!("{uid:05}")
}

fn member_key(subnet: SubnetId, uid: u16) -> String {
    format!("subnet/member/{subnet}/{uid:05}")
}

fn uid_key(subnet: SubnetId, account: Address) -> String {
    format!("subnet/uid/{subnet}/{account}")
}

pub(super) fn pools_of(subnet: SubnetId) -> String {
    format!("subnet/pool/{subnet}/")
}

fn pool_key(subnet: SubnetId, registration: Registration) -> String {
    format!("subnet/pool/{subnet}/{:020}", registration.0)
}

fn mark_key(subnet: SubnetId, registration: Registration, epoch: SubnetEpoch) -> String {
    format!(
        "subnet/mark/{subnet}/{:020}/{:020}",
        registration.0, epoch.0
    )
}

pub(super) fn positions_of(subnet: SubnetId, registration: Registration) -> String {
    format!("subnet/position/{subnet}/{:020}/", registration.0)
}

fn position_key(subnet: SubnetId, registration: Registration, account: Address) -> String {
    format!("{}{account}", positions_of(subnet, registration))
}

pub(super) fn commitments_of(subnet: SubnetId) -> String {
    format!("subnet/commitment/{subnet}/")
}

fn commitment_key(subnet: SubnetId, uid: u16) -> String {
    format!("subnet/commitment/{subnet}/{uid:05}")
}

pub(super) fn revealed_of(subnet: SubnetId) -> String {
    format!("subnet/revealed/{subnet}/")
}

fn revealed_key(subnet: SubnetId, uid: u16) -> String {
    format!("subnet/revealed/{subnet}/{uid:05}")
}

pub(super) fn bonds_of(subnet: SubnetId) -> String {
    format!("subnet/bonds/{subnet}/")
}

fn bonds_key(subnet: SubnetId, uid: u16) -> String {
    format!("subnet/bonds/{subnet}/{uid:05}")
}

pub(super) fn kept_of(subnet: SubnetId) -> String {
    format!("subnet/kept/{subnet}/")
}

fn kept_key(subnet: SubnetId, uid: u16) -> String {
    format!("subnet/kept/{subnet}/{uid:05}")
}

fn epoch_key(subnet: SubnetId, epoch: SubnetEpoch) -> String {
    format!("subnet/epoch/{subnet}/{:020}", epoch.0)
}

fn seats_of(subnet: SubnetId, epoch: SubnetEpoch) -> String {
    format!("subnet/seat/{subnet}/{:020}/", epoch.0)
}

fn seat_key(subnet: SubnetId, epoch: SubnetEpoch, uid: u16) -> String {
    format!("{}{uid:05}", seats_of(subnet, epoch))
}

fn model_key(model: ModelId) -> String {
    format!("subnet/model/{model}")
}

/// Time and subnet of an entry in the queue of deadlines.
pub(super) fn parse_deadline(key: &str) -> Result<(TimeMs, SubnetId), StoreError> {
    let corrupt = |reason: String| StoreError::Corrupt {
        key: key.to_owned(),
        reason,
    };
    let (time, subnet) = key
        .strip_prefix(DEADLINES)
        .and_then(|rest| rest.split_once('/'))
        .ok_or_else(|| corrupt("not a deadline".to_owned()))?;
    let time = time.parse().map_err(|_| corrupt("not a time".to_owned()))?;
    let subnet = subnet
        .parse()
        .map_err(|error: ParseError| corrupt(error.to_string()))?;
    Ok((TimeMs(time), subnet))
}

/// The uid at the end of a key.
pub(super) fn parse_uid(key: &str) -> Result<u16, StoreError> {
    let uid = key.rsplit_once('/').map(|(_, uid)| uid.parse());
    match uid {
        Some(Ok(uid)) => Ok(uid),
        _ => Err(StoreError::Corrupt {
            key: key.to_owned(),
            reason: "doesn't end in a uid".to_owned(),
        }),
    }
}

pub(super) fn totals(state: &dyn StateReader) -> Result<Totals, StoreError> {
    Ok(read(state, TOTALS)?.unwrap_or_default())
}

pub(super) fn write_totals(state: &mut State<'_>, totals: &Totals) {
    state.write(TOTALS, totals);
}

pub(super) fn subnet(state: &dyn StateReader, id: SubnetId) -> Result<Option<Subnet>, StoreError> {
    read(state, &subnet_key(id))
}

/// Writes a subnet whose deadline hasn't changed.
pub(super) fn write_subnet(state: &mut State<'_>, subnet: &Subnet) {
    state.write(subnet_key(subnet.id), subnet);
}

/// Puts a subnet into the queue of deadlines.
pub(super) fn queue(state: &mut State<'_>, subnet: &Subnet) {
    match subnet.state {
        SubnetState::Open | SubnetState::Closing => {
            state.write(deadline_key(subnet.phase_ends_at, subnet.id), &subnet.id);
        }
        SubnetState::Closed => {}
    }
}

/// Takes it out of the queue, before its deadline changes.
pub(super) fn unqueue(state: &mut State<'_>, subnet: &Subnet) {
    state.remove(deadline_key(subnet.phase_ends_at, subnet.id));
}

/// Begins a phase.
pub(super) fn begin_phase(subnet: &mut Subnet, phase: Phase, now: TimeMs) {
    let span = match phase {
        Phase::Commit => subnet.settings.commit_ms,
        Phase::Reveal => subnet.settings.reveal_ms,
        Phase::Audit => subnet.settings.audit_ms,
    };
    subnet.phase = phase;
    subnet.phase_ends_at = now.after(span);
}

pub(super) fn member(
    state: &dyn StateReader,
    subnet: SubnetId,
    uid: u16,
) -> Result<Option<Member>, StoreError> {
    read(state, &member_key(subnet, uid))
}

/// A member that must be there.
pub(super) fn seated(
    state: &dyn StateReader,
    subnet: SubnetId,
    uid: u16,
) -> Result<Member, StoreError> {
    present(member(state, subnet, uid)?, || member_key(subnet, uid))
}

pub(super) fn write_member(state: &mut State<'_>, subnet: SubnetId, member: &Member) {
    state.write(uid_key(subnet, member.account), &member.uid);
    state.write(member_key(subnet, member.uid), member);
}

pub(super) fn remove_member(state: &mut State<'_>, subnet: SubnetId, member: &Member) {
    state.remove(uid_key(subnet, member.account));
    state.remove(member_key(subnet, member.uid));
}

pub(super) fn uid(
    state: &dyn StateReader,
    subnet: SubnetId,
    account: Address,
) -> Result<Option<u16>, StoreError> {
    read(state, &uid_key(subnet, account))
}

pub(super) fn pool(
    state: &dyn StateReader,
    subnet: SubnetId,
    registration: Registration,
) -> Result<Option<Pool>, StoreError> {
    read(state, &pool_key(subnet, registration))
}

/// The pool of a registration that was made: pools stay.
pub(super) fn pool_of(
    state: &dyn StateReader,
    subnet: SubnetId,
    registration: Registration,
) -> Result<Pool, StoreError> {
    let found = pool(state, subnet, registration)?;
    present(found, || pool_key(subnet, registration))
}

pub(super) fn write_pool(state: &mut State<'_>, subnet: SubnetId, pool: &Pool) {
    state.write(pool_key(subnet, pool.registration), pool);
}

pub(super) fn mark(
    state: &dyn StateReader,
    subnet: SubnetId,
    registration: Registration,
    epoch: SubnetEpoch,
) -> Result<Mark, StoreError> {
    let key = mark_key(subnet, registration, epoch);
    present(read(state, &key)?, || key.clone())
}

/// Nothing is stored for a mark that nobody waits for.
pub(super) fn write_mark(
    state: &mut State<'_>,
    subnet: SubnetId,
    registration: Registration,
    epoch: SubnetEpoch,
    mark: &Mark,
) {
    let key = mark_key(subnet, registration, epoch);
    if mark.waiting == 0 {
        state.remove(key);
    } else {
        state.write(key, mark);
    }
}

pub(super) fn position(
    state: &dyn StateReader,
    subnet: SubnetId,
    registration: Registration,
    account: Address,
) -> Result<Position, StoreError> {
    let found = read(state, &position_key(subnet, registration, account))?;
    Ok(found.unwrap_or_default())
}

/// Nothing is stored for an empty position.
pub(super) fn write_position(
    state: &mut State<'_>,
    subnet: SubnetId,
    registration: Registration,
    account: Address,
    position: &Position,
) {
    let key = position_key(subnet, registration, account);
    let empty = Position {
        unbonding_until: position.unbonding_until,
        ..Position::default()
    };
    if *position == empty {
        state.remove(key);
    } else {
        state.write(key, position);
    }
}

pub(super) fn commitment(
    state: &dyn StateReader,
    subnet: SubnetId,
    uid: u16,
) -> Result<Option<WeightsCommitment>, StoreError> {
    read(state, &commitment_key(subnet, uid))
}

pub(super) fn write_commitment(
    state: &mut State<'_>,
    subnet: SubnetId,
    uid: u16,
    commitment: &WeightsCommitment,
) {
    state.write(commitment_key(subnet, uid), commitment);
}

pub(super) fn revealed(
    state: &dyn StateReader,
    subnet: SubnetId,
    uid: u16,
) -> Result<Option<Revealed>, StoreError> {
    read(state, &revealed_key(subnet, uid))
}

pub(super) fn write_revealed(
    state: &mut State<'_>,
    subnet: SubnetId,
    uid: u16,
    revealed: &Revealed,
) {
    state.write(revealed_key(subnet, uid), revealed);
}

/// Forgets a uid's commitment and row when their epoch has settled.
pub(super) fn remove_weights(state: &mut State<'_>, subnet: SubnetId, uid: u16) {
    state.remove(commitment_key(subnet, uid));
    state.remove(revealed_key(subnet, uid));
}

pub(super) fn bonds(
    state: &dyn StateReader,
    subnet: SubnetId,
    uid: u16,
) -> Result<Bonds, StoreError> {
    Ok(read(state, &bonds_key(subnet, uid))?.unwrap_or_default())
}

/// Nothing is stored for no bonds.
pub(super) fn write_bonds(state: &mut State<'_>, subnet: SubnetId, uid: u16, bonds: &Bonds) {
    let key = bonds_key(subnet, uid);
    if bonds.is_empty() {
        state.remove(key);
    } else {
        state.write(key, bonds);
    }
}

pub(super) fn kept(
    state: &dyn StateReader,
    subnet: SubnetId,
    uid: u16,
) -> Result<Option<KeptRow>, StoreError> {
    read(state, &kept_key(subnet, uid))
}

/// Keeps a row, or forgets the one that is kept.
pub(super) fn write_kept(
    state: &mut State<'_>,
    subnet: SubnetId,
    uid: u16,
    kept: Option<&KeptRow>,
) {
    let key = kept_key(subnet, uid);
    match kept {
        Some(kept) => state.write(key, kept),
        None => state.remove(key),
    }
}

pub(super) fn epoch(
    state: &dyn StateReader,
    subnet: SubnetId,
    epoch: SubnetEpoch,
) -> Result<Option<EpochRecord>, StoreError> {
    read(state, &epoch_key(subnet, epoch))
}

/// The seats of a recorded epoch, in the order of their uids.
pub(super) fn recorded_seats(
    state: &dyn StateReader,
    subnet: SubnetId,
    epoch: SubnetEpoch,
) -> Result<Vec<(SeatInput, Payout)>, StoreError> {
    Scan::new(state, &seats_of(subnet, epoch))
        .map(|entry| entry.map(|(_, seat)| seat))
        .collect()
}

pub(super) fn write_epoch(state: &mut State<'_>, record: &EpochRecord) {
    state.write(epoch_key(record.subnet, record.epoch), record);
}

pub(super) fn write_seat(
    state: &mut State<'_>,
    subnet: SubnetId,
    epoch: SubnetEpoch,
    seat: &(SeatInput, Payout),
) {
    state.write(seat_key(subnet, epoch, seat.0.uid), seat);
}

/// Forgets an epoch.
pub(super) fn remove_epoch(state: &mut State<'_>, record: &EpochRecord) {
    for uid in 0..record.uids {
        state.remove(seat_key(record.subnet, record.epoch, uid));
    }
    state.remove(epoch_key(record.subnet, record.epoch));
}

pub(super) fn linked(
    state: &dyn StateReader,
    model: ModelId,
) -> Result<Option<SubnetId>, StoreError> {
    read(state, &model_key(model))
}

pub(super) fn write_link(state: &mut State<'_>, model: ModelId, subnet: SubnetId) {
    state.write(model_key(model), &subnet);
}

fn present<T>(found: Option<T>, key: impl FnOnce() -> String) -> Result<T, StoreError> {
    found.ok_or_else(|| StoreError::Corrupt {
        key: key(),
        reason: "missing".to_owned(),
    })
}
