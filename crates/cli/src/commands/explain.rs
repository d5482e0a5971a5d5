//! `lilliput explain`: what happened to a job, or what a proof states and doesn't.

mod job;
mod proof;

use std::path::{Path, PathBuf};

use lilliput_types::JobId;

use crate::failure::{OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// Explain a job (what happened, who got what, what its proof shows and reveals), or a proof in a file
/// (what it states, what it doesn't show, how sure it is).
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A job's id, or a proof's file.
    #[arg(value_name = "JOB|FILE.lproof")]
    what: String,

    /// The verifying key of the proof's model: with it the proof is checked, and its parameters are shown.
    #[arg(long, value_name = "FILE.lvk")]
    key: Option<PathBuf>,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let path = Path::new(&args.what);
    if path.is_file() {
        return proof::explain(path, args.key.as_deref());
    }
    let job: JobId = args
        .what
        .parse()
        .or_bad_input(format!("{} is neither a file nor a job's id", args.what))?;
    job::explain(job, &args.node)
}
