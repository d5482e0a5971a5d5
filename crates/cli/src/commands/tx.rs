//! `lilliput tx`: look at transactions, send money, try before sending.

use clap::Subcommand;
use lilliput_types::bank::{BankMessage, Transfer};
use lilliput_types::{Amount, AssetId, Message, Outcome as TransactionOutcome, TransactionId};

use crate::failure::Result;
use crate::node::{KeyArgs, NodeArgs, address};
use crate::outcome::Outcome;
use crate::receipt::{money, units};
use crate::session::Session;

/// Look at transactions, send money.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show a transaction and what it caused.
    Show(Show),
    /// Send money to an account.
    Send(Send),
    /// Show what sending money would change, without sending it.
    DryRun(Send),
}

#[derive(clap::Args)]
struct Show {
    /// The transaction's id.
    transaction: TransactionId,

    #[command(flatten)]
    node: NodeArgs,
}

#[derive(clap::Args)]
struct Send {
    /// To whom: an address (lil1…), or the name of one of your keys.
    #[arg(long)]
    to: String,

    /// How much, in the asset's smallest unit.
    #[arg(long)]
    amount: Amount,

    /// Of which asset.
    #[arg(long, default_value = "LIL")]
    asset: AssetId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Show(args) => show(args),
        Command::Send(args) => send(args, session),
        Command::DryRun(args) => dry_run(args, session),
    }
}

fn show(args: &Show) -> Result<Outcome> {
    let found = args.node.client()?.transaction(args.transaction)?;
    let outcome = match &found.receipt.outcome {
        TransactionOutcome::Applied => "applied".to_owned(),
        TransactionOutcome::Failed { reason, .. } => format!("failed: {reason}"),
    };
    let signer = found.transaction.transaction.signer.address();
    let text = format!(
        "{}\n  block    {} (place {})\n  signer   {signer}\n  fee      {}\n  outcome  {outcome}\n  events   {}",
        found.id,
        found.height,
        found.index,
        units(found.receipt.fee),
        found.receipt.events.len(),
    );
    Ok(Outcome::new(text, serde_json::to_value(found)?))
}

impl Send {
    fn message(&self, session: &Session) -> Result<Message> {
        Ok(Message::Bank(BankMessage::Transfer(Transfer {
            asset: self.asset,
            to: address(session, &self.to)?,
            amount: self.amount,
        })))
    }
}

fn send(args: &Send, session: &Session) -> Result<Outcome> {
    let message = args.message(session)?;
    let sender = args.signer.sender(session, &args.node)?;
    let sent = sender.send(vec![message], Vec::new())?;
    let text = format!(
        "sent {} in block {} for a fee of {}\n{}",
        money(args.amount, args.asset),
        sent.height,
        units(sent.receipt.fee),
        sent.id
    );
    Ok(Outcome::new(text, serde_json::to_value(sent)?))
}

fn dry_run(args: &Send, session: &Session) -> Result<Outcome> {
    let message = args.message(session)?;
    let sender = args.signer.sender(session, &args.node)?;
    let tried = sender.dry_run(vec![message], Vec::new())?;
    let outcome = match &tried.receipt.outcome {
        TransactionOutcome::Applied => "would be applied".to_owned(),
        TransactionOutcome::Failed { reason, .. } => format!("would fail: {reason}"),
    };
    let mut text = format!("{outcome}, fee {}", units(tried.receipt.fee));
    for change in &tried.changes {
        let none = "nothing".to_owned();
        text.push_str(&format!(
            "\n  {}: {} -> {}",
            change.key,
            change.before.as_ref().unwrap_or(&none),
            change.after.as_ref().unwrap_or(&none)
        ));
    }
    Ok(Outcome::new(text, serde_json::to_value(tried)?))
}
