//! What a token says (OpenID Connect Core 1.0, sections 2 and 3.1.3.7), and what it has to say.

use serde_json::{Map, Value};

use crate::error::OidcError;
use crate::json;

/// How far the issuer's clock may be off, in seconds: `exp`, `iat` and `nbf` are held against the time given, this much in
/// the token's favour.
pub const SKEW_S: u64 = 60;
/// The longest time from `iat` to `exp`, in seconds.
pub const AGE_MAX_S: u64 = 31 * 24 * 60 * 60;
/// The longest issuer, audience, subject or nonce.
pub const TEXT_LEN_MAX: usize = 255;
/// The most audiences of a token.
pub const AUDIENCES_MAX: usize = 8;
const WHAT: &str = "payload";

/// What a token has to say to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expectations<'a> {
    /// `iss`, to the letter.
    pub issuer: &'a str,
    /// Who asks: `aud`, or one of them if `azp` says so too.
    pub audience: &'a str,
    /// `nonce`; none if it may be anything.
    pub nonce: Option<&'a str>,
}

/// What a token says, as far as it is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `iss`: who made it.
    pub issuer: String,
    /// `aud`: for whom.
    pub audiences: Vec<String>,
    /// `azp`: who asked for it.
    pub authorized_party: Option<String>,
    /// `sub`: about whom, by the issuer's name for it.
    pub subject: String,
    /// `nonce`: what it is bound to.
    pub nonce: Option<String>,
    /// `exp`, in seconds since 1970.
    pub expires_s: u64,
    /// `iat`, in seconds since 1970.
    pub issued_s: u64,
    /// `nbf`, in seconds since 1970.
    pub not_before_s: Option<u64>,
}

impl Claims {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, OidcError> {
        let map = json::object(WHAT, bytes)?;
        let needed = |name| {
            let text = json::text(WHAT, &map, name, TEXT_LEN_MAX)?;
            let text = text.filter(|text| !text.is_empty());
            text.ok_or_else(|| field(name, "a string that isn't empty"))
        };
        let subject = needed("sub")?;
        if !subject.is_ascii() {
            return Err(field("sub", "ASCII"));
        }
        let seconds = "whole seconds since 1970";
        Ok(Self {
            issuer: needed("iss")?,
            audiences: audiences(&map)?,
            authorized_party: json::text(WHAT, &map, "azp", TEXT_LEN_MAX)?,
            subject,
            nonce: json::text(WHAT, &map, "nonce", TEXT_LEN_MAX)?,
            expires_s: time(&map, "exp")?.ok_or_else(|| field("exp", seconds))?,
            issued_s: time(&map, "iat")?.ok_or_else(|| field("iat", seconds))?,
            not_before_s: time(&map, "nbf")?,
        })
    }

    pub(crate) fn check(&self, expected: &Expectations<'_>, now_s: u64) -> Result<(), OidcError> {
        if self.issuer != expected.issuer {
            return Err(OidcError::Issuer {
                expected: expected.issuer.to_owned(),
                got: self.issuer.clone(),
            });
        }
        let named = self.audiences.iter().any(|one| one == expected.audience);
        let asked = match &self.authorized_party {
            Some(party) => party == expected.audience,
            None => self.audiences.len() == 1,
        };
        if !named || !asked {
            let expected = expected.audience.to_owned();
            return Err(OidcError::Audience { expected });
        }
        if expected.nonce.is_some() && self.nonce.as_deref() != expected.nonce {
            return Err(OidcError::Nonce);
        }
        self.check_times(now_s)
    }

    fn check_times(&self, now_s: u64) -> Result<(), OidcError> {
        let got_s = self.expires_s.saturating_sub(self.issued_s);
        if got_s > AGE_MAX_S {
            let max_s = AGE_MAX_S;
            return Err(OidcError::LivesTooLong { max_s, got_s });
        }
        if now_s >= self.expires_s.saturating_add(SKEW_S) {
            let expired_s = self.expires_s;
            return Err(OidcError::Expired { expired_s, now_s });
        }
        let from_s = self.issued_s.max(self.not_before_s.unwrap_or_default());
        if from_s > now_s.saturating_add(SKEW_S) {
            return Err(OidcError::Early { from_s, now_s });
        }
        Ok(())
    }
}

fn audiences(map: &Map<String, Value>) -> Result<Vec<String>, OidcError> {
    let wrong = || field("aud", "a string, or a list of 1 to 8 strings");
    let texts: Vec<&Value> = match map.get("aud") {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    if texts.is_empty() || texts.len() > AUDIENCES_MAX {
        return Err(wrong());
    }
    let texts = texts.into_iter().map(|text| {
        let text = text.as_str().ok_or_else(wrong)?;
        json::bounded("aud", text, TEXT_LEN_MAX)?;
        Ok(text.to_owned())
    });
    texts.collect()
}

fn time(map: &Map<String, Value>, name: &'static str) -> Result<Option<u64>, OidcError> {
    match map.get(name) {
        None => Ok(None),
        Some(value) => match value.as_u64() {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(field(name, "whole seconds since 1970")),
        },
    }
}

const fn field(name: &'static str, expected: &'static str) -> OidcError {
    OidcError::Field {
        what: WHAT,
        name,
        expected,
    }
}
