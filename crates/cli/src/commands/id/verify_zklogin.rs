//! `lilliput id verify-zklogin`: check a zkLogin proof.

use std::path::PathBuf;

use anyhow::bail;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lilliput_oidc::{KEY_SET_LEN_MAX, Key, KeySet};
use lilliput_zklogin::{Login, Seed, Statement, VerifyingKey, verify};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::files;
use crate::outcome::Outcome;

/// Check a zkLogin proof of circuit version 1, as Sui's main network does; exit code 3 if it doesn't hold.
///
/// It shows that someone holds an ID token of the issuer for this ephemeral key until this epoch, whose subject, audience and salt
/// hash to the address seed.
#[derive(clap::Args)]
pub(super) struct Args {
    /// File with the prover's answer: `proofPoints`, `issBase64Details`, `headerBase64`, and `addressSeed` if it is in there.
    file: PathBuf,

    /// The address seed in decimal digits, where the file has none.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<String>,

    /// The last epoch in which the ephemeral key counts.
    #[arg(long, value_name = "NUMBER")]
    max_epoch: u64,

    /// The ephemeral public key in base64, behind the byte of its kind.
    #[arg(long, value_name = "BASE64")]
    ephemeral_key: String,

    /// Who made the token, to the letter.
    #[arg(long, value_name = "URL")]
    issuer: String,

    /// File with the issuer's JWK set.
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let limit = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let answer = files::read(&args.file, limit(lilliput_zklogin::JSON_LEN_MAX))?;
    let set = files::read(&args.jwks, limit(KEY_SET_LEN_MAX))?;
    let set = KeySet::from_json(&set).or_bad_input(args.jwks.display())?;
    let ephemeral_key = STANDARD.decode(&args.ephemeral_key);
    let ephemeral_key = ephemeral_key.or_bad_input("failed to read the ephemeral key")?;
    let seed = args.seed.as_deref().map(Seed::from_decimal).transpose();
    let seed = seed.or_bad_input("failed to read the seed")?;
    let login = check(args, &answer, &set, seed, &ephemeral_key)
        .or_rejected(format!("{} is refused", args.file.display()))
        .map_err(|failure| failure.fact("valid", false))?;
    Ok(Outcome::new(
        format!(
            "holds: a login at {} until epoch {}",
            args.issuer, args.max_epoch
        ),
        json!({
            "valid": true,
            "issuer": login.issuer(),
            "key_id": login.key_id(),
            "address_seed": login.seed().to_string(),
            "max_epoch": args.max_epoch,
        }),
    ))
}

fn check(
    args: &Args,
    answer: &[u8],
    set: &KeySet,
    seed: Option<Seed>,
    ephemeral_key: &[u8],
) -> anyhow::Result<Login> {
    let login = Login::from_json(answer, seed)?;
    let modulus = match set.find(login.key_id()) {
        Some(Key::Rs256 { modulus }) => modulus,
        Some(Key::Es256 { .. }) => bail!("the token's key isn't one of RS256"),
        None => bail!("the key set doesn't hold the token's key"),
    };
    let statement = Statement {
        ephemeral_key,
        max_epoch: args.max_epoch,
        issuer: &args.issuer,
        modulus,
    };
    verify(VerifyingKey::ceremony(), &login, &statement)?;
    Ok(login)
}
