//! The command `lilliput`: flags, output, exit codes; the work is in the libraries.
//!
//! | module | purpose |
//! |---|---|
//! | `cli` | the flags every command shares, the list of commands |
//! | `commands` | one file a command: an `Args` whose doc comment is the help, and one `run` |
//! | `cost` | what a proof is expected to cost |
//! | `failure` | what went wrong, the exit code, what to do next |
//! | `outcome` | what a command ends with, as text and as JSON |
//! | `session` | where to print, where data lies, progress on long work |
//! | `files`, `numbers`, `samples` | models, keys, inputs, outputs, pictures |
//! | `wallet`, `node` | keys at rest; which node, which key, what a node's refusal means |
//! | `buyer`, `receipt` | buying an answer; what it came to |
//! | `span` | spans of time as people write them |
//! | `network` | node, model, provider and buyer in this process |
//!
//! **Invariant:** with `--json` standard output holds exactly one JSON object, whatever happens
//! (a list where `deploy` prints what Akash prints);
//! exit codes are 0 done, 1 failed, 2 wrong use or bad input, 3 proof or evidence rejected.

mod account;
mod bundled;
mod buyer;
mod cli;
mod commands;
mod cost;
mod failure;
mod files;
mod market;
mod memory;
mod network;
mod node;
mod numbers;
mod opening;
mod outcome;
mod receipt;
mod samples;
mod session;
mod span;
mod wallet;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
