//! `lilliput lease`: what runs, what it costs, how it ends.

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_client::market::LeaseStanding;
use lilliput_crypto::Digest;
use lilliput_types::Amount;
use lilliput_types::market::{
    CommitResult, Lease, LeaseId, LeaseState, Leave, MarketMessage, Rate, Rebid, Reclaim, Settle,
    ShowResult, TopUp, seal_result,
};
use serde_json::json;

use crate::failure::{Failure, Result};
use crate::market::{self, lasting, rate};
use crate::node::{KeyArgs, NodeArgs, address};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Leases: look at them, fill their escrow, pay what is owed, leave.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List leases, of an account or all.
    List(ListArgs),
    /// Show a lease: what it costs, what is owed, for how long its escrow lasts.
    Show(One),
    /// Put more into a lease's escrow; anyone may.
    TopUp(TopUpArgs),
    /// Pay the provider what is owed by now; anyone may.
    Settle(Signed),
    /// End a lease: the provider gets what it is owed, the rest goes back. A provider that leaves loses its bond.
    Leave(Signed),
    /// As the provider: give notice; the lease ends when it has run out.
    Reclaim(Signed),
    /// Change what a spot lease pays while it runs.
    Rebid(RebidArgs),
    /// As a provider of a replicated order: commit to a result's hash.
    Commit(ResultArgs),
    /// As a provider of a replicated order: show the result that was committed to.
    Reveal(ResultArgs),
}

#[derive(clap::Args)]
struct ListArgs {
    /// Only leases of this owner or provider: an address, or the name of one of your keys.
    #[arg(long)]
    account: Option<String>,

    /// Also those that are over.
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    node: NodeArgs,
}

#[derive(clap::Args)]
struct One {
    /// The lease, like 1.
    lease: LeaseId,

    #[command(flatten)]
    node: NodeArgs,
}

#[derive(clap::Args)]
struct Signed {
    /// The lease, like 1.
    lease: LeaseId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct TopUpArgs {
    /// The lease, like 1.
    lease: LeaseId,

    /// How much, in the smallest unit.
    #[arg(long)]
    amount: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct RebidArgs {
    /// The lease, like 1.
    lease: LeaseId,

    /// What it pays, in smallest units per hour.
    #[arg(long)]
    bid: Rate,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct ResultArgs {
    /// The lease, like 1.
    lease: LeaseId,

    /// The result's hash: 64 hexadecimal digits.
    #[arg(long)]
    result: Digest,

    /// The salt: 64 hexadecimal digits, the same for both steps; nobody else may know it in between.
    #[arg(long)]
    salt: Digest,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// The most pages of leases that are fetched.
const PAGES_MAX: usize = 1_000;

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let send = |args: &Signed, message: MarketMessage| {
        let sender = args.signer.sender(session, &args.node)?;
        market::send(&sender, message)
    };
    match &args.command {
        Command::List(args) => list(args, session),
        Command::Show(args) => show(args),
        Command::TopUp(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let (lease, amount) = (args.lease, args.amount);
            market::send(&sender, MarketMessage::TopUp(TopUp { lease, amount }))
        }
        Command::Settle(args) => {
            let lease = args.lease;
            send(args, MarketMessage::Settle(Settle { lease }))
        }
        Command::Leave(args) => {
            let lease = args.lease;
            send(args, MarketMessage::Leave(Leave { lease }))
        }
        Command::Reclaim(args) => {
            let lease = args.lease;
            send(args, MarketMessage::Reclaim(Reclaim { lease }))
        }
        Command::Rebid(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let (lease, bid) = (args.lease, args.bid);
            market::send(&sender, MarketMessage::Rebid(Rebid { lease, bid }))
        }
        Command::Commit(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let (lease, chain, account) = (args.lease, sender.chain(), sender.address());
            let sealed = seal_result(chain, lease, account, args.result, args.salt);
            let commit = CommitResult { lease, sealed };
            market::send(&sender, MarketMessage::Commit(commit))
        }
        Command::Reveal(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let show = ShowResult {
                lease: args.lease,
                result: args.result,
                salt: args.salt,
            };
            market::send(&sender, MarketMessage::Show(show))
        }
    }
}

fn list(args: &ListArgs, session: &Session) -> Result<Outcome> {
    let account = args.account.as_deref();
    let account = account.map(|text| address(session, text)).transpose()?;
    let client = args.node.client()?;
    let mut leases: Vec<Lease> = Vec::new();
    let mut from: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = client.leases(from.as_deref())?;
        let wanted = page.items.into_iter().filter(|lease| {
            let own = account.is_none_or(|own| lease.owner == own || lease.provider == own);
            own && (args.all || !lease.is_closed())
        });
        leases.extend(wanted);
        match page.next {
            Some(next) => from = Some(next),
            None => {
                let lines: Vec<String> = leases.iter().map(summary).collect();
                let text = if lines.is_empty() {
                    "no leases".to_owned()
                } else {
                    lines.join("\n")
                };
                return Ok(Outcome::new(text, json!({ "leases": leases })));
            }
        }
    }
    Err(Failure::failed(anyhow!("the node's list doesn't end")))
}

fn show(args: &One) -> Result<Outcome> {
    let standing = args.node.client()?.lease(args.lease)?;
    Ok(Outcome::new(line(&standing), json!(standing)))
}

fn summary(lease: &Lease) -> String {
    format!(
        "lease {} of order {} at {}: {}, {} in escrow, {} paid",
        lease.id,
        lease.order,
        rate(lease.rate, lease.asset),
        state(lease),
        money(lease.escrow, lease.asset),
        money(lease.paid, lease.asset)
    )
}

fn state(lease: &Lease) -> String {
    match (lease.state, lease.spot) {
        (LeaseState::Reserved { .. }, _) => "reserved".to_owned(),
        (LeaseState::Active, Some(spot)) if !spot.running => "waits in its pool".to_owned(),
        (LeaseState::Active, _) if lease.noticed => "runs, notice was given".to_owned(),
        (LeaseState::Active, _) => "runs".to_owned(),
        (LeaseState::Paused { .. }, _) => "paused: its escrow is empty".to_owned(),
        (LeaseState::Closed { cause, .. }, _) => format!("over: {cause:?}").to_lowercase(),
    }
}

/// A lease and how it stands by now.
pub(crate) fn line(standing: &LeaseStanding) -> String {
    let lease = &standing.lease;
    let mut text = format!("{} by {}", summary(lease), lease.provider);
    if lease.is_closed() {
        return text;
    }
    if standing.suspended {
        text.push_str(
            "; suspended: its provider isn't heard of, nothing accrues, you may leave free",
        );
    } else {
        text.push_str(&format!(", {} owed", money(standing.owed, lease.asset)));
        if let Some(lasts_ms) = standing.lasts_ms {
            text.push_str(&format!(", lasts {}", lasting(lasts_ms)));
        }
    }
    text
}
