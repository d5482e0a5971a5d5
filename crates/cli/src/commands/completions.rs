//! `lilliput completions`: tab completion for shells.

use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use crate::cli::Cli;
use crate::failure::Result;
use crate::outcome::Outcome;

/// Print the completion script of a shell.
///
/// For bash: `lilliput completions bash > ~/.local/share/bash-completion/completions/lilliput`
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Which shell.
    shell: Shell,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "lilliput", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Ok(Outcome::new(
        script.trim_end(),
        json!({ "shell": args.shell.to_string(), "script": script }),
    ))
}
