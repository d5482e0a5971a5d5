//! `lilliput up`: a network in one process and one data folder, that stays.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use lilliput_crypto::{SecretKey, private_file, random_bytes};
use lilliput_modules::Genesis;
use serde_json::json;

use crate::commands::purchase;
use crate::failure::{OrExit, Result};
use crate::network::{DIGIT_IMAGE, Keys, Network, Place};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::wallet::{self, Passphrase, Wallet};

/// Largest genesis document.
const GENESIS_BYTES_MAX: usize = 4 << 20;
/// Names of the keys of a development network.
const KEY_NAMES: [&str; 4] = ["dev-validator", "dev-owner", "dev-provider", "default"];

/// Start a network in this process: ledger, model, provider, page. It stays up until interrupted.
///
/// The first start makes a chain of play money, publishes the bundled model and buys one answer
/// about a handwritten digit. Started again, it goes on with the same chain.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where to listen; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7878")]
    listen: SocketAddr,

    /// A name under which browsers may open the page, besides the loopback names; may be given
    /// several times.
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,

    /// Only the ledger and its page: no bundled model, no provider, no first answer.
    #[arg(long)]
    ledger_only: bool,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let data = session.data()?;
    fs::create_dir_all(&data).or_failed(format!("failed to make {}", data.display()))?;
    let progress = session.progress("starting the network");
    let _lock = lilliput_node::lock_folder(&data).map_err(crate::network::explain_start)?;
    let passphrase_path = Wallet::new(&data).development_passphrase();
    let (keys, fresh) = keys(&data, &passphrase_path)?;
    let genesis = genesis(&data, &keys)?;
    let token = hex::encode(random_bytes::<16>()?);
    let place = Place {
        data: data.clone(),
        listen: args.listen,
        hosts: args.hosts.clone(),
        token: Some(token.clone()),
    };
    let network = if args.ledger_only {
        Network::start_ledger(keys, genesis, place)?
    } else {
        Network::start(keys, genesis, place)?
    };
    drop(progress);
    let client = network.buyer.client().clone();
    let status = client.status()?;
    session.say(format!(
        "chain     {} at height {}",
        status.chain, status.height
    ));
    session.say(format!("data      {}", data.display()));
    if fresh {
        session.say(format!(
            "keys      made for development; their random passphrase lies in {}, readable by you alone",
            passphrase_path.display()
        ));
    }
    let url = network
        .running()
        .map(lilliput_node::Running::url)
        .unwrap_or_default();
    let job = match network.model {
        None => None,
        Some(model) => {
            let bought = purchase::buy(&network, model, DIGIT_IMAGE, "a handwritten 7", session)?;
            let job = bought.job;
            session.say(format!("explain   lilliput explain {job} --node {url}"));
            Some(job)
        }
    };
    session.say(format!("page      {url}/?key={token}"));
    session.say("up; interrupt to stop");
    network.wait_for_signal()?;
    Ok(Outcome::new(
        "stopped",
        json!({ "chain": status.chain, "job": job }),
    ))
}

/// The network's keys, made at the first start; and whether they were made just now.
fn keys(data: &Path, passphrase_path: &Path) -> Result<(Keys, bool)> {
    let wallet = Wallet::new(data);
    let fresh = !passphrase_path.exists();
    if fresh {
        if let Some(folder) = passphrase_path.parent() {
            fs::create_dir_all(folder).or_failed("failed to make the folder of keys")?;
        }
        let passphrase = hex::encode(random_bytes::<16>()?);
        private_file::create(passphrase_path, passphrase.as_bytes())?;
    }
    let passphrase = wallet::read_passphrase(passphrase_path)?;
    let [validator, owner, provider, buyer] =
        KEY_NAMES.map(|name| open_or_make(&wallet, name, &passphrase));
    let keys = Keys {
        validator: validator?,
        owner: owner?,
        provider: provider?,
        buyer: buyer?,
    };
    Ok((keys, fresh))
}

/// A start that was cut off may have made some of the keys.
fn open_or_make(wallet: &Wallet, name: &str, passphrase: &Passphrase) -> Result<SecretKey> {
    if wallet.contains(name)? {
        return wallet.open(name, passphrase);
    }
    let secret = SecretKey::generate()?;
    wallet.add(name, &secret, passphrase)?;
    Ok(secret)
}

/// The chain's genesis, written at the first start.
fn genesis(data: &Path, keys: &Keys) -> Result<Genesis> {
    let path = data.join("genesis.json");
    if path.exists() {
        let bytes = private_file::read(&path, GENESIS_BYTES_MAX)?;
        return serde_json::from_slice(&bytes).or_failed(format!(
            "{} is damaged or of another version of lilliput; begin a new chain in another folder (--data), or use that version",
            path.display()
        ));
    }
    let genesis = keys.genesis()?;
    let text = serde_json::to_string_pretty(&genesis)?;
    private_file::create(&path, text.as_bytes())?;
    Ok(genesis)
}
