//! `lilliput id app`: apps that let each human in once a period.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_crypto::Digest;
use lilliput_semaphore::{JSON_LEN_MAX, Proof};
use lilliput_types::identity::{AppId, CheckIn, GroupId, IdentityMessage, OpenApp, scope};
use lilliput_types::{GroupRoot, Nullifier, Text};
use serde_json::json;

use super::told;
use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::node::{self, KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Apps that let each member of a group in once a period.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Open(OpenArgs),
    Show(ShowArgs),
    CheckIn(CheckInArgs),
}

/// Open an app of a group.
#[derive(clap::Args)]
struct OpenArgs {
    /// Whose members it lets in.
    group: GroupId,

    /// Name, for people.
    #[arg(long)]
    name: String,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show an app with the scope that proofs are for now.
#[derive(clap::Args)]
struct ShowArgs {
    /// The app, like 1.
    app: AppId,

    /// The scope of another period than the one that runs.
    #[arg(long)]
    period: Option<u64>,

    #[command(flatten)]
    node: NodeArgs,
}

/// Record that a member came, by a proof of the Semaphore client. Any account may send it.
#[derive(clap::Args)]
struct CheckInArgs {
    /// The app, like 1.
    app: AppId,

    /// The proof, as `@semaphore-protocol/proof` writes it.
    #[arg(value_name = "PROOF.json")]
    proof: PathBuf,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Open(args) => {
            let message = OpenApp {
                group: args.group,
                name: Text::new(args.name.clone()).or_bad_input("the name")?,
            };
            let sender = args.signer.sender(session, &args.node)?;
            told::send(&sender, IdentityMessage::OpenApp(message))
        }
        Command::Show(args) => show(args),
        Command::CheckIn(args) => check_in(args, session),
    }
}

fn show(args: &ShowArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let app = client.app(args.app)?;
    let group = client.group(app.group)?;
    let runs = group.period(node::now(&client)?);
    let period = args.period.unwrap_or(runs);
    let chain = client.status()?.chain;
    let scope = told::decimal(scope(chain, app.id, period));
    let came = if app.period == period { app.came } else { 0 };
    Ok(Outcome::new(
        format!(
            "app {}: {}\n  group   {}\n  period  {period}\n  scope   {scope}\n  came    {came} in this period, {} in all",
            app.id, app.name, app.group, app.came_in_all
        ),
        json!({ "app": app, "period": period, "scope": scope, "root": told::decimal(group.root.0) }),
    ))
}

fn check_in(args: &CheckInArgs, session: &Session) -> Result<Outcome> {
    let bytes = files::read(&args.proof, JSON_LEN_MAX as u64)?;
    let context = format!("the proof {} is refused", args.proof.display());
    let proof = Proof::from_json(&bytes).or_rejected(context)?;
    let parts = proof.parts();
    let sender = args.signer.sender(session, &args.node)?;
    let client = sender.client();
    let app = client.app(args.app)?;
    let period = client.group(app.group)?.period(node::now(client)?);
    let expected = scope(sender.chain(), app.id, period);
    if parts.scope != expected.0 {
        return Err(Failure::rejected(anyhow!(
            "the proof is for scope {}, that of app {} in period {period} is {}",
            proof.scope(),
            app.id,
            told::decimal(expected)
        )));
    }
    let message = CheckIn {
        app: app.id,
        period,
        depth: parts.depth,
        root: GroupRoot(Digest(parts.root)),
        nullifier: Nullifier(Digest(parts.nullifier)),
        message: Digest(parts.message),
        points: parts.points.map(Digest),
    };
    told::send(&sender, IdentityMessage::CheckIn(Box::new(message)))
}
