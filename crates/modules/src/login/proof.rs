//! From a login to the account it belongs to.

mod hidden;

use lilliput_ledger::{BlockContext, Failure, StateReader};
use lilliput_oidc::{Claims, Expectations, Key, Token};
use lilliput_types::login::{
    Issuer, IssuerKey, LoginProof, OpenSession, TokenProof, account, open_bytes,
};
use lilliput_types::{Address, TimeMs};

use super::state as keys;
use crate::refuse::{refusal, refuse};

/// The issuer of a login that may open this session now, and the account it is of.
pub(super) fn check(
    state: &dyn StateReader,
    block: &BlockContext,
    message: &OpenSession,
) -> Result<(Issuer, Address), Failure> {
    let Some(issuer) = keys::issuer(state, message.issuer)? else {
        return refuse(
            "login.unknown_issuer",
            format!("there is no issuer {}", message.issuer),
        );
    };
    let (now, until) = (block.wall(), message.expires_at);
    if until <= now {
        return refuse(
            "login.expired",
            format!("the session expired at {until}, it is {now}; log in again"),
        );
    }
    if until > now.after(issuer.session_max_ms) {
        return refuse(
            "login.too_long",
            format!(
                "the session would last until {until}, at most {} ms from {now}",
                issuer.session_max_ms
            ),
        );
    }
    let account = match &message.proof {
        LoginProof::Token(proof) => check_token(state, block, &issuer, message, proof)?,
        LoginProof::Hidden(proof) => hidden::check(state, block, &issuer, message, proof)?,
    };
    Ok((issuer, account))
}

fn check_token(
    state: &dyn StateReader,
    block: &BlockContext,
    issuer: &Issuer,
    message: &OpenSession,
    proof: &TokenProof,
) -> Result<Address, Failure> {
    let text = proof.token.as_str();
    let signed = open_bytes(
        block.chain,
        issuer.id,
        message.key,
        message.expires_at,
        text,
    );
    if proof
        .salt_key
        .verify(&signed, &proof.salt_signature)
        .is_err()
    {
        return refuse(
            "login.salt",
            "the salt key's signature doesn't match this session",
        );
    }
    let nonce = lilliput_oidc::nonce(
        block.chain.as_bytes(),
        &message.key.0,
        message.expires_at.0,
        proof.randomness.as_bytes(),
    );
    let audience = proof.audience.as_str();
    let claims = token_claims(state, block, issuer, audience, text, &nonce)?;
    Ok(account(
        issuer.id,
        audience,
        &claims.subject,
        proof.salt_key,
    ))
}

/// What a token of the issuer says that is for an audience and bound by a nonce, signed with a key that counts now.
pub(crate) fn token_claims(
    state: &dyn StateReader,
    block: &BlockContext,
    issuer: &Issuer,
    audience: &str,
    token: &str,
    nonce: &str,
) -> Result<Claims, Failure> {
    let bad = |error: lilliput_oidc::OidcError| refusal("login.token", error.to_string());
    let token = Token::parse(token).map_err(bad)?;
    let key = counting_key(state, issuer, token.key_id(), block.wall())?;
    let expected = Expectations {
        issuer: issuer.issuer.as_str(),
        audience,
        nonce: Some(nonce),
    };
    let claims = token.verify(&key, &expected, block.wall().0 / 1_000);
    claims.map_err(|error| bad(error).into())
}

/// The issuer's key of a name, if it counts at this time.
fn counting_key(
    state: &dyn StateReader,
    issuer: &Issuer,
    key_id: &str,
    now: TimeMs,
) -> Result<Key, Failure> {
    let Some(record) = keys::key(state, issuer.id, key_id)? else {
        return refuse(
            "login.unknown_key",
            format!("issuer {} has no key named {key_id:?}", issuer.id),
        );
    };
    if !record.counts(now) {
        return refuse(
            "login.key_time",
            format!(
                "key {key_id:?} counts from {} until {}, it is {now}",
                record.valid_from, record.valid_until
            ),
        );
    }
    Ok(oidc_key(&record.key))
}

/// The key as the checker of tokens has it.
pub(super) fn oidc_key(key: &IssuerKey) -> Key {
    match key {
        IssuerKey::Rs256(modulus) => Key::Rs256 {
            modulus: modulus.to_vec(),
        },
        IssuerKey::Es256(point) => Key::Es256 {
            x: point.x.0,
            y: point.y.0,
        },
    }
}
