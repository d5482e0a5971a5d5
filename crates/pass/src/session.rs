//! Sessions: a cookie that says how its holder came in, until when, and nothing about who it is.
//!
//! Checking one is one authentication code: no store, no disk. Requests that carry the same cookie can
//! be linked to each other, by the gate and by nobody else.

use lilliput_crypto::random_bytes;

use crate::error::{PassError, Thing};
use crate::fields::Fields;
use crate::secrets::{Purpose, Secrets};
use crate::work::Class;

const BODY_LEN: usize = 39;
/// Longest life of a session.
pub const SESSION_LIFE_MAX_S: u64 = 30 * 24 * 3600;
/// How far the clocks of two gates may differ.
pub const CLOCK_SKEW_S: u64 = 300;
/// Most bytes of a cookie header that are searched.
const COOKIE_HEADER_LEN_MAX: usize = 16 * 1024;
/// Most of our own cookies in one header that are tried: a sub-domain may have set more.
const COOKIES_TRIED_MAX: usize = 4;

/// How a session was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// A token of a human.
    Human,
    /// Proof of work.
    Work,
    /// A wait.
    Wait,
    /// A payment.
    Paid,
}

impl Way {
    /// The way's name in logs and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Work => "work",
            Self::Wait => "wait",
            Self::Paid => "paid",
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Human => 1,
            Self::Work => 2,
            Self::Wait => 3,
            Self::Paid => 4,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Human, Self::Work, Self::Wait, Self::Paid]
            .into_iter()
            .find(|way| way.code() == code)
    }
}

/// An open session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Random: for counters and limits of one session.
    pub id: [u8; 16],
    /// How it was earned.
    pub way: Way,
    /// For which requests.
    pub class: Class,
    /// When it was opened.
    pub issued_s: u64,
    /// When it ends.
    pub expires_s: u64,
}

/// Opens a session. What was shown for it must have been spent before.
///
/// # Errors
/// When there is no randomness, or the life is too long.
pub fn open(
    secrets: &Secrets,
    way: Way,
    class: Class,
    now_s: u64,
    life_s: u64,
) -> Result<(Session, String), PassError> {
    if life_s == 0 || life_s > SESSION_LIFE_MAX_S {
        return Err(PassError::Setting {
            name: "life of a session in seconds",
            got: life_s,
            expected: "1 to 2592000",
        });
    }
    let session = Session {
        id: random_bytes()?,
        way,
        class,
        issued_s: now_s,
        expires_s: now_s.saturating_add(life_s),
    };
    let mut body = Vec::with_capacity(BODY_LEN);
    body.extend_from_slice(&secrets.head(Purpose::Session));
    body.push(way.code());
    body.extend_from_slice(&class.0.to_be_bytes());
    body.extend_from_slice(&session.issued_s.to_be_bytes());
    body.extend_from_slice(&session.expires_s.to_be_bytes());
    body.extend_from_slice(&session.id);
    Ok((session, secrets.seal(Purpose::Session, &body)))
}

/// The session that a cookie's value stands for.
///
/// # Errors
/// The first thing that is wrong.
pub fn check(secrets: &Secrets, value: &str, now_s: u64) -> Result<Session, PassError> {
    let thing = Thing::Session;
    let opened = secrets.open::<BODY_LEN>(Purpose::Session, value)?;
    let mut fields = Fields(&opened.body[2..]);
    let way = Way::from_code(fields.u8()).ok_or(PassError::Malformed {
        thing,
        why: "its way is unknown",
    })?;
    let session = Session {
        way,
        class: Class(fields.u32()),
        issued_s: fields.u64(),
        expires_s: fields.u64(),
        id: fields.take(),
    };
    if now_s >= session.expires_s {
        return Err(PassError::Expired { thing });
    }
    // Opened by a gate whose clock runs far ahead: its end is as wrong as its beginning.
    if session.issued_s > now_s.saturating_add(CLOCK_SKEW_S) {
        return Err(PassError::Early {
            thing,
            in_s: session.issued_s - now_s,
        });
    }
    Ok(session)
}

/// The cookie's name: with `__Host-` browsers refuse one that another host or plain HTTP set.
#[must_use]
pub fn cookie_name(secure: bool) -> &'static str {
    if secure {
        "__Host-lilliput-pass"
    } else {
        "lilliput-pass"
    }
}

/// The value of a `Set-Cookie` header.
#[must_use]
pub fn set_cookie(value: &str, life_s: u64, secure: bool) -> String {
    format!(
        "{}={value}; Path=/; Max-Age={life_s}; HttpOnly; SameSite=Lax{}",
        cookie_name(secure),
        if secure { "; Secure" } else { "" }
    )
}

/// The first good session in a `Cookie` header.
#[must_use]
pub fn from_cookies(secrets: &Secrets, header: &str, secure: bool, now_s: u64) -> Option<Session> {
    if header.len() > COOKIE_HEADER_LEN_MAX {
        return None;
    }
    let name = cookie_name(secure);
    header
        .split(';')
        .filter_map(|cookie| cookie.trim_ascii().strip_prefix(name)?.strip_prefix('='))
        .take(COOKIES_TRIED_MAX)
        .find_map(|value| check(secrets, value, now_s).ok())
}
