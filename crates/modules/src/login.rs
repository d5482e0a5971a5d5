//! Login: accounts that belong to a login at an OpenID provider, and the sessions in which a key signs for them.
//!
//! ```text
//! authority: register issuer ── publish key ── retire key
//! account:   open (token, salt key's signature) ──► the session's key signs transactions ──► end, or expiry
//! ```
//!
//! The rules are in `specs/login.md`.
//!
//! Invariants: a session is opened by a token that a key signed which counts at that time, whose nonce binds the session's
//! key and expiry, and by the account's salt key; one login opens one session, once; nothing happens at a block's end;
//! an issuer has at most [`KEYS_MAX`] keys, an account at most [`SESSIONS_MAX`] sessions.

mod execute;
pub mod invariants;
mod proof;
pub mod query;
pub(crate) mod state;

pub(crate) use execute::{check, check_session, execute};
pub(crate) use proof::token_claims;

/// The most keys that an issuer has at a time.
pub const KEYS_MAX: u32 = 32;
/// The most sessions of an account that aren't expired.
pub const SESSIONS_MAX: usize = 16;
/// The longest session that an issuer may allow.
pub const SESSION_MAX_MS: u64 = 31 * 24 * 60 * 60 * 1_000;
/// The shortest longest session.
pub const SESSION_MIN_MS: u64 = 1_000;
