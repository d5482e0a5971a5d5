//! `lilliput storage`: have blobs kept for money, keep them, and ask for proof.

mod keep;
mod told;

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_client::Sender;
use lilliput_crypto::{Digest, Label};
use lilliput_types::storage::{
    AcceptDeal, Challenge, ClaimDeal, CloseDeal, Deal, DealId, StorageMessage, StorageTerms,
    StoreOrder, beacon, link_before, tree,
};
use lilliput_types::{Amount, DurationMs};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// Have blobs stored for money, store them, and ask for proof that they are there.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Ask for a file to be stored, and lock what that costs.
    Order(OrderArgs),
    /// As a provider: store a file; it must be the whole blob, and locks the bond.
    Accept(FileArgs),
    /// As the buyer: ask for a random chunk, once a period; the provider has the window to show it.
    Challenge(Signed),
    /// As the provider: show the chunk that was asked for.
    Prove(FileArgs),
    /// As the provider: take what has been earned.
    Claim(Signed),
    /// As the buyer: end a deal; the period that runs is paid in full.
    Close(Signed),
    /// List deals.
    List(ListArgs),
    /// Show a deal.
    Show(One),
    /// As a provider: answer all challenges from a folder, until interrupted.
    Keep(keep::KeepArgs),
}

#[derive(clap::Args)]
struct OrderArgs {
    /// The file.
    file: PathBuf,

    /// What a period costs, in the smallest unit.
    #[arg(long)]
    price: Amount,

    /// What a provider locks, and loses with the blob.
    #[arg(long)]
    bond: Amount,

    /// For how many periods.
    #[arg(long, default_value = "30")]
    periods: u32,

    /// How long one is; there may be a challenge in each.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "1d")]
    period: DurationMs,

    /// How long an answer may take, at most half a period.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "1h")]
    window: DurationMs,

    /// How long to wait for a provider, now and when one fails.
    #[arg(long, value_name = "SPAN", value_parser = span, default_value = "1d")]
    wait: DurationMs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct FileArgs {
    /// The deal, like 1.
    deal: DealId,

    /// The file.
    file: PathBuf,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct Signed {
    /// The deal, like 1.
    deal: DealId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct One {
    /// The deal, like 1.
    deal: DealId,

    #[command(flatten)]
    node: NodeArgs,
}

#[derive(clap::Args)]
struct ListArgs {
    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let signed = |args: &Signed, message: StorageMessage| {
        let sender = args.signer.sender(session, &args.node)?;
        told::send(&sender, message)
    };
    match &args.command {
        Command::Order(args) => order(args, session),
        Command::Accept(args) => accept(args, session),
        Command::Challenge(args) => challenge(args, session),
        Command::Prove(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let deal = sender.client().deal(args.deal)?;
            let proof = keep::proof(&deal, &read(&args.file)?)?;
            told::send(&sender, StorageMessage::Prove(proof))
        }
        Command::Claim(args) => {
            let deal = args.deal;
            signed(args, StorageMessage::Claim(ClaimDeal { deal }))
        }
        Command::Close(args) => {
            let deal = args.deal;
            signed(args, StorageMessage::Close(CloseDeal { deal }))
        }
        Command::List(args) => {
            let deals = keep::all(&args.node.client()?)?;
            let lines: Vec<String> = deals.iter().map(told::line).collect();
            Ok(Outcome::new(lines.join("\n"), json!({ "deals": deals })))
        }
        Command::Show(args) => {
            let deal = args.node.client()?.deal(args.deal)?;
            Ok(Outcome::new(told::line(&deal), json!(deal)))
        }
        Command::Keep(args) => keep::keep(args, session),
    }
}

fn order(args: &OrderArgs, session: &Session) -> Result<Outcome> {
    let blob = read(&args.file)?;
    let sender = args.signer.sender(session, &args.node)?;
    let root = tree(&blob).root();
    let order = StoreOrder {
        root,
        bytes: blob.len() as u64,
        beacon: beacon(&secret(&sender, root, args.periods), args.periods),
        terms: StorageTerms {
            periods: args.periods,
            period_ms: args.period,
            window_ms: args.window,
            open_ms: args.wait,
            price: args.price,
            bond: args.bond,
        },
    };
    told::send(&sender, StorageMessage::Order(order))
}

/// Whoever accepts has the blob: otherwise the bond is as good as lost.
fn accept(args: &FileArgs, session: &Session) -> Result<Outcome> {
    let blob = read(&args.file)?;
    let sender = args.signer.sender(session, &args.node)?;
    let deal = sender.client().deal(args.deal)?;
    if tree(&blob).root() != deal.root || blob.len() as u64 != deal.bytes {
        let reason = anyhow!("{} isn't the blob of deal {}", args.file.display(), deal.id);
        return Err(Failure::bad_input(reason).hint("get the blob from the buyer first"));
    }
    let deal = args.deal;
    told::send(&sender, StorageMessage::Accept(AcceptDeal { deal }))
}

fn challenge(args: &Signed, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let deal = sender.client().deal(args.deal)?;
    let link = next_link(&sender, &deal).ok_or_else(|| {
        let reason = anyhow!(
            "this key didn't make the chain of deal {}, or it is used up",
            deal.id
        );
        Failure::bad_input(reason).hint("challenge with the key that ordered")
    })?;
    let deal = args.deal;
    told::send(&sender, StorageMessage::Challenge(Challenge { deal, link }))
}

/// The link before the one shown last.
fn next_link(sender: &Sender, deal: &Deal) -> Option<Digest> {
    let mut link = secret(sender, deal.root, deal.terms.periods);
    for _ in 0..deal.terms.periods {
        let after = link_before(&link);
        if after == deal.beacon {
            return Some(link);
        }
        link = after;
    }
    None
}

/// The secret of a deal's chain: the same signature every time, so that nothing has to be kept.
fn secret(sender: &Sender, root: Digest, periods: u32) -> Digest {
    let chain = sender.chain();
    let subject = Digest::of_value(Label::StorageLink, &(chain, root, periods));
    let message = [b"lilliput storage chain".as_slice(), subject.as_bytes()].concat();
    Digest::of(Label::StorageLink, &sender.secret().sign(&message).0)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).or_bad_input(format!("failed to read {}", path.display()))
}
