//! Logins whose subject stays hidden: what a zkLogin prover is asked with, and what its answer becomes.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use lilliput_crypto::{Digest, PublicKey};
use lilliput_oidc::Claims;
use lilliput_types::Text;
use lilliput_types::login::{HiddenProof, LoginProof};
use lilliput_zklogin::{JSON_LEN_MAX, Seed, address_seed, nonce};
use serde_json::json;

use super::read_token;
use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::logins::{self, Login};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::wallet::Wallet;

/// The byte of an ed25519 key.
const ED25519: u8 = 0;

/// Write what a zkLogin prover is asked with. Whoever gets it can read token and salt: it is printed, never sent.
#[derive(clap::Args)]
pub(super) struct Request {
    /// The login's name; it was begun with --hidden.
    name: String,

    /// File with the ID token.
    #[arg(long, value_name = "FILE")]
    token: PathBuf,
}

pub(super) fn request(args: &Request, session: &Session) -> Result<Outcome> {
    let data = session.data()?;
    let login = Login::open(&data, &args.name)?;
    if !login.hidden {
        return Err(
            Failure::bad_input(anyhow!("the login {:?} isn't a hidden one", args.name))
                .hint("begin it with --hidden"),
        );
    }
    let (token, claims) = read_token(&args.token)?;
    let key = extended(Wallet::new(&data).public_key(&args.name)?);
    let request = json!({
        "jwt": token,
        "extendedEphemeralPublicKey": decimal(&key),
        "maxEpoch": epoch(&login).to_string(),
        "jwtRandomness": randomness(&login),
        "salt": salt(&data, &login, &claims)?,
        "keyClaimName": "sub",
    });
    Ok(Outcome::new(format!("{request:#}"), request))
}

/// The nonce that the circuit looks for in the token.
pub(super) fn login_nonce(login: &Login, key: PublicKey) -> Result<String> {
    Ok(nonce(&extended(key), epoch(login), &randomness(login))?)
}

/// What the account follows from.
pub(super) fn seed(data: &Path, login: &Login, claims: &Claims) -> Result<Seed> {
    let salt = salt(data, login, claims)?;
    let seed = address_seed(&claims.subject, &login.audience, &salt);
    seed.or_bad_input("this login can't be a hidden one")
}

/// A prover's answer, as the ledger takes it.
pub(super) fn proof(path: &Path, seed: Seed) -> Result<LoginProof> {
    let limit = u64::try_from(JSON_LEN_MAX).unwrap_or(u64::MAX);
    let answer = files::read(path, limit)?;
    let answer = lilliput_zklogin::Login::from_json(&answer, Some(seed));
    let answer = answer.or_rejected(format!("{} is refused", path.display()))?;
    let (issuer_part, index_mod_4) = answer.issuer_part();
    Ok(LoginProof::Hidden(Box::new(HiddenProof {
        points: answer.points().map(Digest),
        issuer_part: Text::new(issuer_part)?,
        index_mod_4,
        header: Text::new(answer.header_base64())?,
        address_seed: Digest(seed.to_bytes()),
    })))
}

fn extended(key: PublicKey) -> [u8; 33] {
    let mut bytes = [ED25519; 33];
    bytes[1..].copy_from_slice(&key.0);
    bytes
}

const fn epoch(login: &Login) -> u64 {
    login.expires_at.0 / 1_000
}

/// Sixteen bytes: the circuit takes no more than the field holds.
fn randomness(login: &Login) -> String {
    half(login.randomness.as_bytes())
}

/// A salt of the account's own: the prover that sees it learns nothing about other accounts.
fn salt(data: &Path, login: &Login, claims: &Claims) -> Result<String> {
    Ok(half(&*logins::salt_seed(data, login, &claims.subject)?))
}

fn half(bytes: &[u8; 32]) -> String {
    let half = bytes.iter().take(16);
    half.fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte))
        .to_string()
}

/// A number of many bytes, the highest first, in decimal digits.
fn decimal(bytes: &[u8]) -> String {
    let mut digits = vec![0_u8];
    for byte in bytes {
        let mut carry = u16::from(*byte);
        for digit in &mut digits {
            let sum = u16::from(*digit) * 256 + carry;
            // Below ten.
            *digit = (sum % 10) as u8;
            carry = sum / 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    let digits = digits.iter().rev();
    digits.map(|digit| char::from(b'0' + digit)).collect()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn bytes_are_written_as_one_number() {
        for (bytes, digits) in [
            (&[0][..], "0"),
            (&[0, 0, 9], "9"),
            (&[1, 0], "256"),
            (&[255; 16], "340282366920938463463374607431768211455"),
        ] {
            assert_eq!(decimal(bytes), digits);
        }
    }
}
