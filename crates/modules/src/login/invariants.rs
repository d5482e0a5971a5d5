//! Counts agree, and nothing outlives what opened it.

use std::collections::BTreeMap;

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::login::{Issuer, IssuerKeyRecord, LoginSession};
use lilliput_types::{Address, LoginIssuerId};

use super::{KEYS_MAX, SESSIONS_MAX, state};

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut issuers: BTreeMap<LoginIssuerId, Issuer> = BTreeMap::new();
    for entry in Scan::<Issuer>::new(reader, state::ISSUERS) {
        let (_, issuer) = entry?;
        issuers.insert(issuer.id, issuer);
    }
    let mut keys: BTreeMap<LoginIssuerId, u32> = BTreeMap::new();
    for entry in Scan::<IssuerKeyRecord>::new(reader, state::KEYS) {
        let (_, record) = entry?;
        let count = keys.entry(record.issuer).or_default();
        *count = count.saturating_add(1);
    }
    for (id, issuer) in &issuers {
        let kept = keys.remove(id).unwrap_or_default();
        if kept != issuer.keys || kept > KEYS_MAX {
            found.push(format!("issuer {id} miscounts its keys"));
        }
    }
    found.extend(keys.keys().map(|id| format!("keys of no issuer {id}")));
    let mut sessions: BTreeMap<Address, usize> = BTreeMap::new();
    for entry in Scan::<LoginSession>::new(reader, state::SESSIONS) {
        let (_, session) = entry?;
        let (account, key) = (session.account, session.key);
        *sessions.entry(account).or_default() += 1;
        let longest = issuers.get(&session.issuer).map(|one| one.session_max_ms);
        let fits = longest.is_some_and(|longest| {
            session.opened_at < session.expires_at
                && session.expires_at <= session.opened_at.after(longest)
        });
        if !fits {
            found.push(format!(
                "session {key} of {account} is longer than its issuer allows"
            ));
        }
    }
    for (account, count) in sessions {
        if count > SESSIONS_MAX {
            found.push(format!("{account} has {count} sessions"));
        }
    }
    Ok(found)
}
