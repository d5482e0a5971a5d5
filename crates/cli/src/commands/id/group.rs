//! `lilliput id group`: groups of humans, and one's seat in them.

use std::path::PathBuf;

use clap::Subcommand;
use lilliput_crypto::Digest;
use lilliput_types::identity::{
    EVIDENCE_MAX, Evidence, Group, GroupId, GroupTerms, IdentityMessage, IssuerId, IssuerWeight,
    Join, OpenGroup, Recover, Rotate, Seat,
};
use lilliput_types::{DurationMs, List, Text};
use serde_json::json;

use super::told;
use crate::failure::{OrExit, Result};
use crate::files;
use crate::node::{self, KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// The longest voucher file.
const VOUCHER_BYTES_MAX: u64 = 16 << 10;

/// Groups of humans that issuers told apart, and your seat in one.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Open(OpenArgs),
    Show(ShowArgs),
    Join(JoinArgs),
    Rotate(RotateArgs),
    Recover(JoinArgs),
}

/// Open a group; its terms never change.
#[derive(clap::Args)]
struct OpenArgs {
    /// Name, for people.
    #[arg(long)]
    name: String,

    /// For how long a member shows an app the same nullifier.
    #[arg(long, value_name = "SPAN", default_value = "7d", value_parser = span)]
    period: DurationMs,

    /// For how long a root is taken that was replaced.
    #[arg(long, value_name = "SPAN", default_value = "15m", value_parser = span)]
    root_window: DurationMs,

    /// The weight of evidence that makes a member.
    #[arg(long, default_value = "100")]
    threshold: u32,

    /// An issuer and its weight, like 1=100; may be given several times.
    #[arg(long = "issuer", value_name = "ISSUER=WEIGHT", value_parser = weight)]
    issuers: Vec<IssuerWeight>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show a group with its root and members, as the Semaphore client's Group takes them.
#[derive(clap::Args)]
struct ShowArgs {
    /// The group, like 1.
    group: GroupId,

    #[command(flatten)]
    node: NodeArgs,
}

/// Show evidence and the commitment of a Semaphore identity: to join, or to recover your seat with another account.
#[derive(clap::Args)]
struct JoinArgs {
    /// The group, like 1.
    group: GroupId,

    /// The identity's commitment, as the client prints it.
    #[arg(long)]
    commitment: String,

    /// A voucher for this account, as `id issuer vouch` writes it; may be given several times.
    #[arg(long = "voucher", value_name = "FILE")]
    vouchers: Vec<PathBuf>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Use another commitment from the next period on.
#[derive(clap::Args)]
struct RotateArgs {
    /// The group, like 1.
    group: GroupId,

    /// The new identity's commitment, as the client prints it.
    #[arg(long)]
    commitment: String,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

fn weight(text: &str) -> std::result::Result<IssuerWeight, String> {
    let expected = || format!("{text:?} isn't ISSUER=WEIGHT, like 1=100");
    let (issuer, weight) = text.split_once('=').ok_or_else(expected)?;
    let issuer: IssuerId = issuer.parse().map_err(|_| expected())?;
    let weight = weight.parse().map_err(|_| expected())?;
    Ok(IssuerWeight { issuer, weight })
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Open(args) => open(args, session),
        Command::Show(args) => show(args),
        Command::Join(args) => {
            let message = IdentityMessage::Join(Join {
                group: args.group,
                commitment: told::commitment(&args.commitment)?,
                evidence: evidence(&args.vouchers)?,
            });
            told::send(&args.signer.sender(session, &args.node)?, message)
        }
        Command::Recover(args) => {
            let message = IdentityMessage::Recover(Recover {
                group: args.group,
                commitment: told::commitment(&args.commitment)?,
                evidence: evidence(&args.vouchers)?,
            });
            told::send(&args.signer.sender(session, &args.node)?, message)
        }
        Command::Rotate(args) => {
            let message = IdentityMessage::Rotate(Rotate {
                group: args.group,
                commitment: told::commitment(&args.commitment)?,
            });
            told::send(&args.signer.sender(session, &args.node)?, message)
        }
    }
}

fn evidence(vouchers: &[PathBuf]) -> Result<List<Evidence, EVIDENCE_MAX>> {
    let mut pieces = Vec::new();
    for path in vouchers {
        let bytes = files::read(path, VOUCHER_BYTES_MAX)?;
        let context = format!("{} is no voucher", path.display());
        let voucher = serde_json::from_slice(&bytes).or_bad_input(context)?;
        pieces.push(Evidence::Voucher(voucher));
    }
    List::new(pieces).or_bad_input("--voucher")
}

fn open(args: &OpenArgs, session: &Session) -> Result<Outcome> {
    let message = OpenGroup {
        name: Text::new(args.name.clone()).or_bad_input("the name")?,
        terms: GroupTerms {
            period_ms: args.period,
            root_window_ms: args.root_window,
            threshold: args.threshold,
        },
        weights: List::new(args.issuers.clone()).or_bad_input("--issuer")?,
    };
    let sender = args.signer.sender(session, &args.node)?;
    told::send(&sender, IdentityMessage::OpenGroup(message))
}

fn show(args: &ShowArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let group: Group = client.group(args.group)?;
    let seats: Vec<Seat> = node::all(|from| client.seats(args.group, from))?;
    let zero = Digest([0; 32]);
    let members: Vec<String> = seats
        .iter()
        .map(|seat| told::decimal(seat.commitment.map_or(zero, |commitment| commitment.0)))
        .collect();
    let (period, root) = (
        group.period(node::now(&client)?),
        told::decimal(group.root.0),
    );
    Ok(Outcome::new(
        format!(
            "group {}: {}\n  members  {} of {} seats\n  root     {root}\n  period   {period}, each {} ms\n  \
             needs    weight {}\n  waiting  {} changes",
            group.id,
            group.name,
            group.members,
            group.size,
            group.terms.period_ms,
            group.terms.threshold,
            group.waiting
        ),
        json!({ "group": group, "period": period, "root": root, "members": members, "seats": seats }),
    ))
}
