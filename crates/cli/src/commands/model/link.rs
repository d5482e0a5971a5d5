//! `lilliput model link`: check that a key follows another one.

use std::path::PathBuf;
use std::time::Instant;

use lilliput_verifier::link::{LINK_BYTES_MAX, verify};
use serde_json::json;

use crate::account;
use crate::commands::prove::milliseconds;
use crate::failure::{OrExit, Result};
use crate::files;
use crate::outcome::Outcome;

/// Check that a successor's key commits to the same weights as the key before; needs no weights and no
/// network.
///
/// Exit code 3: a key or the link doesn't hold.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The key that is followed.
    #[arg(long, value_name = "FILE.lvk")]
    key: PathBuf,

    /// The successor's key.
    #[arg(long, value_name = "FILE.lvk")]
    successor: PathBuf,

    /// The link, as `lilliput model rotate` wrote it.
    #[arg(long, value_name = "FILE.llink")]
    link: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let bytes = files::read(&args.link, LINK_BYTES_MAX as u64)?;
    let (old, new) = (files::key(&args.key)?, files::key(&args.successor)?);
    let started = Instant::now();
    let security = verify(&old, &new, &bytes)
        .or_rejected(format!("the link {} is refused", args.link.display()))
        .map_err(|failure| failure.fact("valid", false))?;
    let verify_ms = milliseconds(started);
    let (old, new) = (hex::encode(old.model_id().0), hex::encode(new.model_id().0));
    Ok(Outcome::new(
        format!(
            "valid: checked in {verify_ms:.1} ms, {:.1} bits of security\n\
             both keys commit to the same weights\nkey        {old}\nsuccessor  {new}",
            security.bits
        ),
        json!({
            "valid": true,
            "verify_ms": verify_ms,
            "security_bits": security.bits,
            "security": account::terms(&security),
            "key": old,
            "successor": new,
        }),
    ))
}
