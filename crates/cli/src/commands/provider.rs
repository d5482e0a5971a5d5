//! `lilliput provider`: serve models for money; sell compute in the market.

mod economics;
mod profile;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_provider::{Config, Report, load_models};
use lilliput_types::Amount;
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Pause between two looks at the ledger.
const POLL: Duration = Duration::from_millis(50);

/// Serve models for money: take jobs, run them, prove, answer.
///
/// Needs a key with money for the stake and for fees. Runs until interrupted; started again, it goes
/// on with what it had accepted.
///
/// The subcommands are about the market for compute.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,

    /// A .lmodel file, or a folder with such files; may be given several times. Of a model's keys the newest
    /// that has an opening left is used.
    #[arg(long, value_name = "PATH", required = true)]
    models: Vec<PathBuf>,

    /// What you get for an answer, in the smallest unit.
    #[arg(long, default_value = "30000")]
    price: Amount,

    /// What you keep deposited; bonds are drawn from it.
    #[arg(long, default_value = "10000000")]
    stake: Amount,

    /// Where others are told to find you [default: the node].
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(Subcommand)]
enum Command {
    Register(profile::RegisterArgs),
    Describe(profile::DescribeArgs),
    Show(profile::ShowArgs),
    Audit(profile::AuditArgs),
    Revoke(profile::RevokeArgs),
    Pool(profile::PoolArgs),
    Beat(profile::BeatArgs),
    Economics(economics::Args),
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        None => serve(args, session),
        Some(Command::Register(args)) => profile::register(args, session),
        Some(Command::Describe(args)) => profile::describe(args, session),
        Some(Command::Show(args)) => profile::show(args, session),
        Some(Command::Audit(args)) => profile::audit(args, session),
        Some(Command::Revoke(args)) => profile::revoke(args, session),
        Some(Command::Pool(args)) => profile::pool(args, session),
        Some(Command::Beat(args)) => profile::beat(args, session),
        Some(Command::Economics(args)) => economics::run(args),
    }
}

fn serve(args: &Args, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let mut models = Vec::new();
    for path in &args.models {
        let found = load_models(path).map_err(files::model_error)?;
        if found.is_empty() {
            return Err(Failure::bad_input(anyhow!(
                "there is no .lmodel file in {}",
                path.display()
            ))
            .hint("make one with `lilliput model import`"));
        }
        models.extend(found);
    }
    session.say(format!(
        "provider {} serves {} models on {}; interrupt to stop",
        sender.address(),
        models.len(),
        args.node.url()
    ));
    let config = Config {
        node: sender.client().clone(),
        secret: sender.secret().clone(),
        endpoint: args
            .endpoint
            .clone()
            .unwrap_or_else(|| args.node.url().to_owned()),
        models,
        price: args.price,
        stake: args.stake,
        poll: POLL,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    lilliput_node::on_signal(move || stopping.store(true, Ordering::Relaxed))
        .or_failed("failed to wait for signals")?;
    lilliput_provider::run(&config, &stop, &|report| session.say(line(&report)))?;
    Ok(Outcome::new("stopped", json!({ "stopped": true })))
}

/// What a report says to people.
pub(crate) fn line(report: &Report) -> String {
    match report {
        Report::Ready { address, models } => {
            let names: Vec<&str> = models.iter().map(|(_, name)| name.as_str()).collect();
            format!("ready: {address} serves {}", names.join(", "))
        }
        Report::Accepted { job } => format!("accepted {job}"),
        Report::Answered {
            job,
            proof_bytes,
            prove,
            state,
        } => format!(
            "answered {job} in {} ms with {proof_bytes} bytes of proof: {state:?}",
            prove.as_millis()
        ),
        Report::Passed { job, reason } => format!("leaves {job} alone: {reason}"),
        Report::Trouble { reason } => format!("trouble: {reason}"),
    }
}
