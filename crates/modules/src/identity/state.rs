//! Where issuers, groups, seats, trees, apps and nullifiers are kept.

use lilliput_crypto::Digest;
use lilliput_ledger::{Scan, State, StateReader, StoreError, read};
use lilliput_types::identity::{App, AppId, CheckedIn, Group, GroupId, Issuer, IssuerId, Seat};
use lilliput_types::{Address, Commitment, Nullifier, TimeMs};

use crate::keyed::next;

const ISSUER_COUNT: &str = "identity/count/issuer";
const GROUP_COUNT: &str = "identity/count/group";
const APP_COUNT: &str = "identity/count/app";
pub(super) const ISSUERS: &str = "identity/issuer/";
pub(super) const GROUPS: &str = "identity/group/";
pub(super) const APPS: &str = "identity/app/";
pub(super) const DUE: &str = "identity/due/";

pub(super) fn seats_of(group: GroupId) -> String {
    format!("identity/seat/{:020}/", group.0)
}

pub(super) fn waiting_of(group: GroupId) -> String {
    format!("identity/waiting/{:020}/", group.0)
}

pub(super) fn nullifiers_of(app: AppId) -> String {
    format!("identity/nullifier/{:020}/", app.0)
}

pub(super) fn nullifier_place(period: u64, nullifier: Nullifier) -> String {
    format!("{period:020}/{nullifier}")
}

fn due_key(due: TimeMs, group: GroupId) -> String {
    format!("{DUE}{:020}/{:020}", due.0, group.0)
}

pub(super) fn next_issuer(state: &mut State<'_>) -> Result<IssuerId, StoreError> {
    next(state, ISSUER_COUNT).map(IssuerId)
}

pub(super) fn next_group(state: &mut State<'_>) -> Result<GroupId, StoreError> {
    next(state, GROUP_COUNT).map(GroupId)
}

pub(super) fn next_app(state: &mut State<'_>) -> Result<AppId, StoreError> {
    next(state, APP_COUNT).map(AppId)
}

pub(super) fn issuer(state: &dyn StateReader, id: IssuerId) -> Result<Option<Issuer>, StoreError> {
    read(state, &format!("{ISSUERS}{:020}", id.0))
}

pub(super) fn write_issuer(state: &mut State<'_>, issuer: &Issuer) {
    state.write(format!("{ISSUERS}{:020}", issuer.id.0), issuer);
}

pub(super) fn group(state: &dyn StateReader, id: GroupId) -> Result<Option<Group>, StoreError> {
    read(state, &format!("{GROUPS}{:020}", id.0))
}

pub(super) fn write_group(state: &mut State<'_>, group: &Group) {
    state.write(format!("{GROUPS}{:020}", group.id.0), group);
}

/// Writes a group that waits for another time than before, or for none.
pub(super) fn write_due(state: &mut State<'_>, group: &mut Group, due: Option<TimeMs>) {
    if let Some(old) = group.due.filter(|_| group.due != due) {
        state.remove(due_key(old, group.id));
    }
    if let Some(new) = due {
        state.write(due_key(new, group.id), &group.id);
    }
    group.due = due;
    write_group(state, group);
}

pub(super) fn app(state: &dyn StateReader, id: AppId) -> Result<Option<App>, StoreError> {
    read(state, &format!("{APPS}{:020}", id.0))
}

pub(super) fn write_app(state: &mut State<'_>, app: &App) {
    state.write(format!("{APPS}{:020}", app.id.0), app);
}

pub(super) fn seat(
    state: &dyn StateReader,
    group: GroupId,
    index: u64,
) -> Result<Option<Seat>, StoreError> {
    read(state, &format!("{}{index:020}", seats_of(group)))
}

pub(super) fn write_seat(state: &mut State<'_>, seat: &Seat) {
    let key = format!("{}{:020}", seats_of(seat.group), seat.index);
    state.write(key, seat);
}

fn account_key(group: GroupId, account: Address) -> String {
    format!("identity/account/{:020}/{account}", group.0)
}

pub(super) fn seat_of_account(
    state: &dyn StateReader,
    group: GroupId,
    account: Address,
) -> Result<Option<u64>, StoreError> {
    read(state, &account_key(group, account))
}

pub(super) fn write_account(state: &mut State<'_>, group: GroupId, account: Address, seat: u64) {
    state.write(account_key(group, account), &seat);
}

pub(super) fn remove_account(state: &mut State<'_>, group: GroupId, account: Address) {
    state.remove(account_key(group, account));
}

fn subject_key(group: GroupId, issuer: IssuerId, subject: Digest) -> String {
    let (group, issuer) = (group.0, issuer.0);
    format!("identity/subject/{group:020}/{issuer:020}/{subject}")
}

pub(super) fn seat_of_subject(
    state: &dyn StateReader,
    group: GroupId,
    issuer: IssuerId,
    subject: Digest,
) -> Result<Option<u64>, StoreError> {
    read(state, &subject_key(group, issuer, subject))
}

pub(super) fn write_subject(
    state: &mut State<'_>,
    group: GroupId,
    issuer: IssuerId,
    subject: Digest,
    seat: u64,
) {
    state.write(subject_key(group, issuer, subject), &seat);
}

fn commitment_key(group: GroupId, commitment: Commitment) -> String {
    format!("identity/commitment/{:020}/{commitment}", group.0)
}

/// Which seat used a commitment, now, before, or next.
pub(super) fn seat_of_commitment(
    state: &dyn StateReader,
    group: GroupId,
    commitment: Commitment,
) -> Result<Option<u64>, StoreError> {
    read(state, &commitment_key(group, commitment))
}

pub(super) fn write_commitment(
    state: &mut State<'_>,
    group: GroupId,
    commitment: Commitment,
    seat: u64,
) {
    state.write(commitment_key(group, commitment), &seat);
}

pub(super) fn write_waiting(state: &mut State<'_>, group: GroupId, seat: u64) {
    state.write(format!("{}{seat:020}", waiting_of(group)), &seat);
}

pub(super) fn remove_waiting(state: &mut State<'_>, group: GroupId, seat: u64) {
    state.remove(format!("{}{seat:020}", waiting_of(group)));
}

/// At most so many seats that wait, by number.
pub(super) fn waiting(
    state: &dyn StateReader,
    group: GroupId,
    limit: usize,
) -> Result<Vec<u64>, StoreError> {
    let seats = Scan::<u64>::new(state, &waiting_of(group)).take(limit);
    seats.map(|entry| entry.map(|(_, seat)| seat)).collect()
}

fn node_key(group: GroupId, level: u8, index: u64) -> String {
    format!("identity/node/{:020}/{level:02}/{index:020}", group.0)
}

pub(super) fn node(
    state: &dyn StateReader,
    group: GroupId,
    level: u8,
    index: u64,
) -> Result<[u8; 32], StoreError> {
    let key = node_key(group, level, index);
    read(state, &key)?.ok_or(StoreError::Corrupt {
        key,
        reason: "missing".to_owned(),
    })
}

pub(super) fn write_node(
    state: &mut State<'_>,
    group: GroupId,
    level: u8,
    index: u64,
    node: [u8; 32],
) {
    state.write(node_key(group, level, index), &node);
}

fn nullifier_key(app: AppId, period: u64, nullifier: Nullifier) -> String {
    format!(
        "{}{}",
        nullifiers_of(app),
        nullifier_place(period, nullifier)
    )
}

pub(super) fn checked_in(
    state: &dyn StateReader,
    app: AppId,
    period: u64,
    nullifier: Nullifier,
) -> Result<Option<CheckedIn>, StoreError> {
    read(state, &nullifier_key(app, period, nullifier))
}

pub(super) fn write_checked_in(state: &mut State<'_>, record: &CheckedIn) {
    let key = nullifier_key(record.app, record.period, record.nullifier);
    state.write(key, record);
}

/// Forgets at most so many nullifiers of an app from before a period.
pub(super) fn forget(
    state: &mut State<'_>,
    app: AppId,
    before: u64,
    limit: usize,
) -> Result<(), StoreError> {
    let mut old = Vec::new();
    for entry in Scan::<CheckedIn>::new(state, &nullifiers_of(app)).take(limit) {
        let (key, record) = entry?;
        if record.period >= before {
            break;
        }
        old.push(key);
    }
    for key in old {
        state.remove(key);
    }
    Ok(())
}
