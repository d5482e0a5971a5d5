//! `lilliput gate import-anubis`: a policy of Anubis as one of ours.

use std::path::PathBuf;

use lilliput_gate::policy::Policy;
use lilliput_gate::policy::anubis::Missing;
use lilliput_gate::policy_file;
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::outcome::Outcome;
use crate::session::Session;

/// Translate a policy of Anubis.
///
/// What can't be said here is refused, with file and line; `--leave-out` goes on without it and says so in the result.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The policy, with its `bots`.
    file: PathBuf,

    /// Anubis' folder of snippets, for its `(data)/…` imports.
    #[arg(long, value_name = "DIR")]
    anubis_data: Option<PathBuf>,

    /// Go on without rules that can't be translated.
    #[arg(long)]
    leave_out: bool,

    /// Where to write the policy [default: print it].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let missing = if args.leave_out {
        Missing::LeaveOut
    } else {
        Missing::Refuse
    };
    let imported = policy_file::import(&args.file, args.anubis_data.as_deref(), missing)
        .or_bad_input("failed to translate the policy")?;
    Policy::read(&imported.text).or_failed("failed to read what was translated")?;
    for problem in imported.left_out.iter().chain(&imported.notes) {
        session.say(format!("left out: {problem}"));
    }
    let left_out: Vec<String> = imported.left_out.iter().map(ToString::to_string).collect();
    let value = json!({ "policy": imported.text, "left_out": left_out });
    match &args.out {
        None => Ok(Outcome::new(imported.text, value)),
        Some(out) => {
            std::fs::write(out, &imported.text)
                .or_failed(format!("failed to write {}", out.display()))?;
            Ok(Outcome::new(format!("wrote {}", out.display()), value))
        }
    }
}
