//! `lilliput provider register|describe|show|audit|revoke|pool|beat`: a provider as the market knows it.

use std::fmt::Write as _;

use lilliput_types::market::{Attribute, Describe, MarketMessage, Revoke, SetPool, SignAttributes};
use lilliput_types::provider::{Deposit, ProviderMessage, Register};
use lilliput_types::{Address, Amount, Message, Text};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::market::{self, attributes, pair};
use crate::node::{KeyArgs, NodeArgs, address};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Become a provider with a stake, from which bonds are drawn.
#[derive(clap::Args)]
pub(super) struct RegisterArgs {
    /// Where buyers find you: an http:// or https:// URL.
    #[arg(long, value_name = "URL")]
    endpoint: String,

    /// What is added to the stake, in the smallest unit.
    #[arg(long, default_value = "10000000")]
    stake: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// State what you have: region=eu-west, latency-ms/PLACE=20 and whatever orders may demand. Replaces what was stated.
#[derive(clap::Args)]
pub(super) struct DescribeArgs {
    /// An attribute.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    attribute: Vec<Attribute>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show a provider: attributes and who signed them, clock, pools.
#[derive(clap::Args)]
pub(super) struct ShowArgs {
    /// An address, or the name of one of your keys.
    #[arg(default_value = "default")]
    provider: String,

    #[command(flatten)]
    node: NodeArgs,
}

/// As an auditor: sign attributes of a provider that you checked. Replaces what you signed.
#[derive(clap::Args)]
pub(super) struct AuditArgs {
    /// Whose: an address.
    provider: Address,

    /// An attribute that holds.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair, required = true)]
    attribute: Vec<Attribute>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// As an auditor: take your signature back.
#[derive(clap::Args)]
pub(super) struct RevokeArgs {
    /// Whose attributes: an address.
    provider: Address,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Open a pool for spot leases, or change how many of them run at once.
#[derive(clap::Args)]
pub(super) struct PoolArgs {
    /// Its number.
    pool: u16,

    /// How many leases run at once: the others wait.
    #[arg(long)]
    slots: u16,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Say that your leases run; at least every three minutes, or they are suspended.
#[derive(clap::Args)]
pub(super) struct BeatArgs {
    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn register(args: &RegisterArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let asset = sender.client().status()?.settlement_asset;
    let endpoint = Text::new(args.endpoint.clone()).or_bad_input("--endpoint")?;
    let mut messages = vec![Message::Provider(ProviderMessage::Register(Register {
        endpoint,
    }))];
    if !args.stake.is_zero() {
        let amount = args.stake;
        messages.push(Message::Provider(ProviderMessage::Deposit(Deposit {
            amount,
        })));
    }
    let sent = sender.send(messages, Vec::new())?;
    Ok(Outcome::new(
        format!(
            "{} is a provider, {} added to its stake, in block {}",
            sender.address(),
            money(args.stake, asset),
            sent.height
        ),
        json!({ "provider": sender.address(), "transaction": sent.id, "height": sent.height }),
    ))
}

pub(super) fn describe(args: &DescribeArgs, session: &Session) -> Result<Outcome> {
    let attributes = attributes(&args.attribute)?;
    let sender = args.signer.sender(session, &args.node)?;
    market::send(&sender, MarketMessage::Describe(Describe { attributes }))
}

pub(super) fn audit(args: &AuditArgs, session: &Session) -> Result<Outcome> {
    let attributes = attributes(&args.attribute)?;
    let sender = args.signer.sender(session, &args.node)?;
    let provider = args.provider;
    let sign = SignAttributes {
        provider,
        attributes,
    };
    market::send(&sender, MarketMessage::Audit(sign))
}

pub(super) fn revoke(args: &RevokeArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let provider = args.provider;
    market::send(&sender, MarketMessage::Revoke(Revoke { provider }))
}

pub(super) fn pool(args: &PoolArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let (pool, slots) = (args.pool, args.slots);
    market::send(&sender, MarketMessage::Pool(SetPool { pool, slots }))
}

pub(super) fn beat(args: &BeatArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    market::send(&sender, MarketMessage::Beat)
}

pub(super) fn show(args: &ShowArgs, session: &Session) -> Result<Outcome> {
    let provider = address(session, &args.provider)?;
    let profile = args.node.client()?.market_provider(provider)?;
    let known = &profile.provider;
    let mut text = format!("{} serves {} leases", known.address, known.leases);
    // Writing to a String can't fail.
    if known.lost {
        text.push_str(", isn't heard of: its leases are suspended");
    }
    let _ = write!(
        text,
        "\n  was lost {} times, lost {} bonds, {} leases ended well",
        known.losses, known.bonds_lost, known.leases_ended
    );
    for attribute in known.attributes.iter() {
        let signed = profile
            .audits
            .iter()
            .filter(|audit| audit.attributes.contains(attribute));
        let by: Vec<String> = signed.map(|audit| audit.auditor.to_string()).collect();
        let _ = write!(text, "\n  {} = {}", attribute.key, attribute.value);
        if !by.is_empty() {
            let _ = write!(text, ", signed by {}", by.join(", "));
        }
    }
    for pool in &profile.pools {
        let _ = write!(
            text,
            "\n  pool {}: {} of {} slots run, {} leases wait",
            pool.pool, pool.running, pool.slots, pool.waiting
        );
    }
    Ok(Outcome::new(text, json!(profile)))
}
