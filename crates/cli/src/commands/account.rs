//! `lilliput account`: keys on this machine, balances on the ledger.

use clap::Subcommand;
use lilliput_crypto::SecretKey;
use lilliput_types::{AccountKey, Address};
use serde_json::json;

use crate::failure::Result;
use crate::node::{NodeArgs, address};
use crate::outcome::Outcome;
use crate::receipt::{money, units};
use crate::session::Session;
use crate::wallet::{self, Wallet};

/// Make keys, list them, look at balances.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key and seal it with a passphrase.
    New(New),
    /// List the keys of this data folder; no passphrase needed.
    List,
    /// Show what an account holds.
    Show(Show),
}

#[derive(clap::Args)]
struct New {
    /// What to call it: a-z, 0-9 and -.
    #[arg(default_value = "default")]
    name: String,
}

#[derive(clap::Args)]
struct Show {
    /// An address (lil1…), or the name of one of your keys.
    #[arg(default_value = "default")]
    account: String,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::New(args) => new(args, session),
        Command::List => list(session),
        Command::Show(args) => show(args, session),
    }
}

fn new(args: &New, session: &Session) -> Result<Outcome> {
    let wallet = Wallet::new(&session.data()?);
    wallet.contains(&args.name)?;
    let passphrase = wallet::new_passphrase(session)?;
    let secret = SecretKey::generate()?;
    let path = wallet.add(&args.name, &secret, &passphrase)?;
    let address = AccountKey::from(&secret).address();
    Ok(Outcome::new(
        format!("{}: {address}\nsealed in {}", args.name, path.display()),
        json!({ "name": args.name, "address": address, "file": path }),
    ))
}

fn list(session: &Session) -> Result<Outcome> {
    let keys = Wallet::new(&session.data()?).list()?;
    let keys: Vec<(String, Address)> = keys
        .into_iter()
        .map(|(name, key)| (name, AccountKey::Ed25519(key).address()))
        .collect();
    let lines: Vec<String> = keys
        .iter()
        .map(|(name, address)| format!("{name}: {address}"))
        .collect();
    let text = if lines.is_empty() {
        "no keys yet; make one with `lilliput account new`".to_owned()
    } else {
        lines.join("\n")
    };
    let rows: Vec<_> = keys
        .iter()
        .map(|(name, address)| json!({ "name": name, "address": address }))
        .collect();
    Ok(Outcome::new(text, json!({ "keys": rows })))
}

fn show(args: &Show, session: &Session) -> Result<Outcome> {
    let account = args
        .node
        .client()?
        .account(address(session, &args.account)?)?;
    let mut text = format!("{}\n  nonce  {}", account.address, account.nonce);
    for balance in &account.balances {
        text.push_str(&format!(
            "\n  holds  {}",
            money(balance.amount, balance.asset)
        ));
    }
    if !account.stake.is_zero() {
        text.push_str(&format!("\n  stake  {}", units(account.stake)));
    }
    Ok(Outcome::new(text, serde_json::to_value(account)?))
}
