//! `lilliput id keys`: the login providers that the ledger knows, and their keys.

use std::path::PathBuf;

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_oidc::{KEY_SET_LEN_MAX, Key, KeySet, NamedKey};
use lilliput_types::login::{
    EcPoint, IssuerKey, KEY_ID_LEN_MAX, LoginMessage, NAME_LEN_MAX, PublishKey, RegisterIssuer,
    RetireKey, SetAuthority,
};
use lilliput_types::{DurationMs, List, LoginIssuerId, MESSAGES_MAX, Message, Text, TimeMs};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::node::{KeyArgs, NodeArgs, address};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// Login providers whose keys an account keeps on the ledger.
///
/// Whoever registers a provider is its authority: it publishes and retires the keys that tokens are checked with. Two
/// authorities of one provider are two issuers, with different accounts.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Register(Register),
    Publish(Publish),
    Retire(Retire),
    HandOver(HandOver),
    List(Listed),
    Show(Show),
}

/// Register a login provider and become its authority.
#[derive(clap::Args)]
struct Register {
    /// What its tokens say as `iss`, to the letter.
    #[arg(long, value_name = "URL")]
    issuer: Text<NAME_LEN_MAX>,

    /// The longest session that a login opens: a number and s, m, h or d; at most 31d.
    #[arg(long, value_parser = span, default_value = "1d")]
    session_max: DurationMs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Publish the keys of a JWK set that the ledger doesn't have yet.
#[derive(clap::Args)]
struct Publish {
    /// Of which issuer.
    issuer: LoginIssuerId,

    /// File with the provider's JWK set; its configuration names the address as `jwks_uri`.
    #[arg(long, value_name = "FILE")]
    jwks: PathBuf,

    /// For how long they count: a number and s, m, h or d.
    #[arg(long, value_parser = span, default_value = "30d")]
    valid_for: DurationMs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Let a key count no longer.
#[derive(clap::Args)]
struct Retire {
    /// Of which issuer.
    issuer: LoginIssuerId,

    /// What tokens call the key (`kid`).
    #[arg(long)]
    key_id: Text<KEY_ID_LEN_MAX>,

    /// In how long: a number and s, m, h or d.
    #[arg(long, value_parser = span, default_value = "0s")]
    within: DurationMs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Make another account the authority of an issuer.
#[derive(clap::Args)]
struct HandOver {
    /// Which issuer.
    issuer: LoginIssuerId,

    /// To whom: an address (lil1…), or the name of one of your keys.
    #[arg(long)]
    to: String,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// List the issuers.
#[derive(clap::Args)]
struct Listed {
    #[command(flatten)]
    node: NodeArgs,
}

/// Show an issuer and its keys.
#[derive(clap::Args)]
struct Show {
    /// Which.
    issuer: LoginIssuerId,

    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Register(args) => register(args, session),
        Command::Publish(args) => publish(args, session),
        Command::Retire(args) => retire(args, session),
        Command::HandOver(args) => hand_over(args, session),
        Command::List(args) => list(args),
        Command::Show(args) => show(args),
    }
}

fn register(args: &Register, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = LoginMessage::RegisterIssuer(RegisterIssuer {
        issuer: args.issuer.clone(),
        session_max_ms: args.session_max,
    });
    let sent = sender.send(vec![Message::Login(message)], Vec::new())?;
    let issuer = LoginIssuerId::of(sender.address(), &args.issuer);
    Ok(Outcome::new(
        format!("registered {} as issuer {issuer}", args.issuer),
        json!({ "issuer": issuer, "transaction": sent.id, "height": sent.height }),
    ))
}

fn publish(args: &Publish, session: &Session) -> Result<Outcome> {
    let limit = u64::try_from(KEY_SET_LEN_MAX).unwrap_or(u64::MAX);
    let bytes = files::read(&args.jwks, limit)?;
    let set = KeySet::from_json(&bytes).or_bad_input(args.jwks.display())?;
    let sender = args.signer.sender(session, &args.node)?;
    let known = sender.client().login_keys(args.issuer)?;
    let valid_from = super::login::wall();
    let valid_until = valid_from.after(args.valid_for);
    let mut messages = Vec::new();
    let mut published = Vec::new();
    for named in set.iter() {
        let still_there = known.iter().any(|record| {
            record.key_id.as_str() == named.key_id && record.valid_until > valid_from
        });
        if still_there {
            continue;
        }
        published.push(named.key_id.clone());
        messages.push(Message::Login(LoginMessage::PublishKey(PublishKey {
            issuer: args.issuer,
            key_id: Text::new(named.key_id.clone())?,
            key: wire(named)?,
            valid_from,
            valid_until,
        })));
    }
    for some in messages.chunks(usize::try_from(MESSAGES_MAX)?) {
        sender.send(some.to_vec(), Vec::new())?;
    }
    let text = match published.as_slice() {
        [] => "nothing new: the ledger has all of these keys".to_owned(),
        names => format!("published {}, until {valid_until}", names.join(", ")),
    };
    Ok(Outcome::new(
        text,
        json!({ "published": published, "valid_from": valid_from, "valid_until": valid_until }),
    ))
}

fn wire(named: &NamedKey) -> Result<IssuerKey> {
    Ok(match &named.key {
        Key::Rs256 { modulus } => IssuerKey::Rs256(List::new(modulus.clone())?),
        Key::Es256 { x, y } => IssuerKey::Es256(EcPoint {
            x: lilliput_crypto::Digest(*x),
            y: lilliput_crypto::Digest(*y),
        }),
    })
}

fn retire(args: &Retire, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let at = match args.within {
        DurationMs(0) => TimeMs(0),
        within => super::login::wall().after(within),
    };
    let message = LoginMessage::RetireKey(RetireKey {
        issuer: args.issuer,
        key_id: args.key_id.clone(),
        at,
    });
    let sent = sender.send(vec![Message::Login(message)], Vec::new())?;
    Ok(Outcome::new(
        format!("retired {} in block {}", args.key_id, sent.height),
        json!({ "key_id": args.key_id, "transaction": sent.id, "height": sent.height }),
    ))
}

fn hand_over(args: &HandOver, session: &Session) -> Result<Outcome> {
    let authority = address(session, &args.to)?;
    let sender = args.signer.sender(session, &args.node)?;
    let message = LoginMessage::SetAuthority(SetAuthority {
        issuer: args.issuer,
        authority,
    });
    let sent = sender.send(vec![Message::Login(message)], Vec::new())?;
    Ok(Outcome::new(
        format!("{authority} keeps the keys of issuer {}", args.issuer),
        json!({ "authority": authority, "transaction": sent.id, "height": sent.height }),
    ))
}

fn list(args: &Listed) -> Result<Outcome> {
    /// More pages than any chain of ours fills.
    const PAGES_MAX: usize = 100;
    let client = args.node.client()?;
    let mut issuers = Vec::new();
    let mut from: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = client.login_issuers(from.as_deref())?;
        issuers.extend(page.items);
        from = page.next;
        if from.is_none() {
            let lines: Vec<String> = issuers
                .iter()
                .map(|one| format!("{}  {} ({} keys)", one.id, one.issuer, one.keys))
                .collect();
            let text = match lines.as_slice() {
                [] => "no issuers yet; register one with `lilliput id keys register`".to_owned(),
                lines => lines.join("\n"),
            };
            return Ok(Outcome::new(text, json!({ "issuers": issuers })));
        }
    }
    Err(Failure::failed(anyhow!("the node's list doesn't end")))
}

fn show(args: &Show) -> Result<Outcome> {
    let client = args.node.client()?;
    let issuer = client.login_issuer(args.issuer)?;
    let keys = client.login_keys(args.issuer)?;
    let now = super::login::wall();
    let mut text = format!(
        "{}\n  issuer     {}\n  authority  {}",
        issuer.id, issuer.issuer, issuer.authority
    );
    for key in &keys {
        let algorithm = match key.key {
            IssuerKey::Rs256(_) => "RS256",
            IssuerKey::Es256(_) => "ES256",
        };
        let counts = if key.counts(now) {
            "counts"
        } else {
            "doesn't count"
        };
        text.push_str(&format!(
            "\n  key        {} ({algorithm}) {counts}, until {}",
            key.key_id, key.valid_until
        ));
    }
    Ok(Outcome::new(
        text,
        json!({ "issuer": issuer, "keys": keys }),
    ))
}
