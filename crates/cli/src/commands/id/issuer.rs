//! `lilliput id issuer`: who tells humans apart.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_crypto::Digest;
use lilliput_types::identity::{
    AddIssuer, GroupId, IdentityMessage, Issuer, IssuerId, IssuerKind, Revoke, Voucher,
    voucher_bytes,
};
use lilliput_types::{AccountKey, AccountSignature, Amount, DurationMs, LoginIssuerId, Text};
use serde_json::json;

use super::told;
use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::node::{self, KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// Issuers: who tells humans apart, each in its own way.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Add(AddArgs),
    List(ListArgs),
    Vouch(VouchArgs),
    Revoke(RevokeArgs),
}

/// Add an issuer: your key vouches for people, or a login provider's tokens do.
#[derive(clap::Args)]
struct AddArgs {
    /// Name, for people.
    #[arg(long)]
    name: String,

    /// How it tells humans apart, or where that is written.
    #[arg(long)]
    terms: String,

    /// What a piece of evidence costs, in the smallest unit.
    #[arg(long, default_value = "0")]
    fee: Amount,

    /// A login provider whose keys the ledger keeps, instead of your key; see `lilliput id keys`.
    #[arg(long, value_name = "ID", requires = "audience")]
    provider: Option<LoginIssuerId>,

    /// Whom the provider's tokens are made for.
    #[arg(long, value_name = "CLIENT", requires = "provider")]
    audience: Option<String>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// List the issuers of the ledger.
#[derive(clap::Args)]
struct ListArgs {
    #[command(flatten)]
    node: NodeArgs,
}

/// Vouch that a human is behind an account; writes a file to join with.
#[derive(clap::Args)]
struct VouchArgs {
    /// Your issuer, like 1.
    #[arg(long)]
    issuer: IssuerId,

    /// For which group.
    #[arg(long)]
    group: GroupId,

    /// The account, or the name of one of your keys.
    #[arg(long)]
    account: String,

    /// Your name for the human, always the same: 64 hexadecimal digits that nobody can guess.
    #[arg(long)]
    subject: Digest,

    /// For how long it counts.
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = span)]
    within: DurationMs,

    /// Where to write it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Take your word for a subject back: at once its member is out.
#[derive(clap::Args)]
struct RevokeArgs {
    /// Your issuer, like 1.
    #[arg(long)]
    issuer: IssuerId,

    /// In which group.
    #[arg(long)]
    group: GroupId,

    /// Your name for the human.
    #[arg(long)]
    subject: Digest,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Add(args) => add(args, session),
        Command::List(args) => list(args),
        Command::Vouch(args) => vouch(args, session),
        Command::Revoke(args) => revoke(args, session),
    }
}

fn add(args: &AddArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let kind = match (args.provider, &args.audience) {
        (Some(provider), Some(audience)) => IssuerKind::Login {
            provider,
            audience: Text::new(audience.clone()).or_bad_input("--audience")?,
        },
        _ => IssuerKind::Vouching {
            key: AccountKey::from(sender.secret()),
        },
    };
    let message = AddIssuer {
        name: Text::new(args.name.clone()).or_bad_input("the name")?,
        terms: Text::new(args.terms.clone()).or_bad_input("--terms")?,
        kind,
        fee: args.fee,
    };
    told::send(&sender, IdentityMessage::AddIssuer(message))
}

fn list(args: &ListArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let issuers: Vec<Issuer> = node::all(|from| client.issuers(from))?;
    let lines: Vec<String> = issuers
        .iter()
        .map(|issuer| {
            format!(
                "{:<4} {:<20} used {}, revoked {}  {}",
                issuer.id, issuer.name, issuer.used, issuer.revoked, issuer.terms
            )
        })
        .collect();
    Ok(Outcome::new(
        lines.join("\n"),
        json!({ "issuers": issuers }),
    ))
}

fn vouch(args: &VouchArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let account = node::address(session, &args.account)?;
    let issuer = sender.client().issuer(args.issuer)?;
    let own = AccountKey::from(sender.secret());
    if issuer.kind != (IssuerKind::Vouching { key: own }) {
        return Err(Failure::bad_input(anyhow!(
            "issuer {} doesn't vouch with this key",
            args.issuer
        )));
    }
    let now = node::now(sender.client())?;
    let mut voucher = Voucher {
        issuer: args.issuer,
        subject: args.subject,
        issued_at: now,
        expires_at: now.after(args.within),
        signature: AccountSignature::Ed25519(sender.secret().sign(&[])),
    };
    let bytes = voucher_bytes(sender.chain(), args.group, account, &voucher);
    voucher.signature = AccountSignature::Ed25519(sender.secret().sign(&bytes));
    files::write(
        &args.out,
        serde_json::to_string_pretty(&voucher)?.as_bytes(),
    )?;
    Ok(Outcome::new(
        format!("vouched for {account}: {}", args.out.display()),
        json!({ "account": account, "voucher": voucher }),
    ))
}

fn revoke(args: &RevokeArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = Revoke {
        group: args.group,
        issuer: args.issuer,
        subject: args.subject,
    };
    told::send(&sender, IdentityMessage::Revoke(message))
}
