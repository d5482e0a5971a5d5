//! `lilliput explain`: what happened to a job, what a proof states and doesn't, why an account earned what it did.

mod job;
mod proof;
mod subnet;

use std::path::{Path, PathBuf};

use lilliput_types::JobId;

use crate::failure::{OrExit, Result};
use crate::node::{NodeArgs, address};
use crate::outcome::Outcome;
use crate::session::Session;

/// Explain a job (what happened, who got what, what its proof shows and reveals), a proof in a file
/// (what it states, what it doesn't show, how sure it is), or what an account earned in an epoch of a subnet
/// (recomputed line by line from what the ledger keeps).
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A job's id, a proof's file, or an epoch of a subnet.
    #[arg(value_name = "JOB|FILE.lproof|subnet:ID:EPOCH")]
    what: String,

    /// Of an epoch: whose payout, by address (lil1…) or the name of one of your keys.
    account: Option<String>,

    /// The verifying key of the proof's model: with it the proof is checked, and its parameters are shown.
    #[arg(long, value_name = "FILE.lvk")]
    key: Option<PathBuf>,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    if let Some(epoch) = args.what.strip_prefix("subnet:") {
        let account = args.account.as_deref().unwrap_or("default");
        let account = address(session, account)?;
        return subnet::explain(epoch, account, &args.node);
    }
    let path = Path::new(&args.what);
    if path.is_file() {
        return proof::explain(path, args.key.as_deref());
    }
    let job: JobId = args.what.parse().or_bad_input(format!(
        "{} is no file, no job's id and no subnet:ID:EPOCH",
        args.what
    ))?;
    job::explain(job, &args.node)
}
