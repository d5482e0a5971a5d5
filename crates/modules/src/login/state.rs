//! Where issuers, their keys and sessions are kept.

use lilliput_crypto::PublicKey;
use lilliput_ledger::{Scan, State, StateReader, StoreError, read};
use lilliput_types::login::{Issuer, IssuerKeyRecord, LoginSession};
use lilliput_types::{Address, LoginIssuerId};

pub(super) const ISSUERS: &str = "login/issuer/";
pub(super) const KEYS: &str = "login/key/";
pub(super) const SESSIONS: &str = "login/session/";

fn issuer_key(id: LoginIssuerId) -> String {
    format!("{ISSUERS}{id}")
}

pub(super) fn keys_of(issuer: LoginIssuerId) -> String {
    format!("{KEYS}{issuer}/")
}

/// A key's name may hold anything, a state key is ASCII.
pub(super) fn key_place(key_id: &str) -> String {
    let digits = key_id.bytes().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

pub(super) fn sessions_of(account: Address) -> String {
    format!("{SESSIONS}{account}/")
}

fn session_key(account: Address, key: PublicKey) -> String {
    format!("{}{key}", sessions_of(account))
}

pub(super) fn issuer(
    state: &dyn StateReader,
    id: LoginIssuerId,
) -> Result<Option<Issuer>, StoreError> {
    read(state, &issuer_key(id))
}

pub(super) fn write_issuer(state: &mut State<'_>, issuer: &Issuer) {
    state.write(issuer_key(issuer.id), issuer);
}

pub(super) fn key(
    state: &dyn StateReader,
    issuer: LoginIssuerId,
    key_id: &str,
) -> Result<Option<IssuerKeyRecord>, StoreError> {
    read(state, &format!("{}{}", keys_of(issuer), key_place(key_id)))
}

pub(super) fn keys(
    state: &dyn StateReader,
    issuer: LoginIssuerId,
) -> Result<Vec<IssuerKeyRecord>, StoreError> {
    Scan::new(state, &keys_of(issuer))
        .map(|entry| entry.map(|(_, record)| record))
        .collect()
}

pub(super) fn write_key(state: &mut State<'_>, record: &IssuerKeyRecord) {
    let place = key_place(record.key_id.as_str());
    state.write(format!("{}{place}", keys_of(record.issuer)), record);
}

pub(super) fn remove_key(state: &mut State<'_>, record: &IssuerKeyRecord) {
    let place = key_place(record.key_id.as_str());
    state.remove(format!("{}{place}", keys_of(record.issuer)));
}

pub(super) fn session(
    state: &dyn StateReader,
    account: Address,
    key: PublicKey,
) -> Result<Option<LoginSession>, StoreError> {
    read(state, &session_key(account, key))
}

pub(super) fn sessions(
    state: &dyn StateReader,
    account: Address,
) -> Result<Vec<LoginSession>, StoreError> {
    Scan::new(state, &sessions_of(account))
        .map(|entry| entry.map(|(_, session)| session))
        .collect()
}

pub(super) fn write_session(state: &mut State<'_>, session: &LoginSession) {
    state.write(session_key(session.account, session.key), session);
}

pub(super) fn remove_session(state: &mut State<'_>, session: &LoginSession) {
    state.remove(session_key(session.account, session.key));
}
