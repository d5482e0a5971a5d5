//! A whole network in one process: node, model, provider, buyer. What `up` and `demo` run.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use lilliput_client::{Client, Sender};
use lilliput_crypto::{Digest, SecretKey, random_bytes};
use lilliput_modules::Genesis;
use lilliput_node::{Config, DevelopmentWallet, Running, StartError};
use lilliput_provider::{ModelFile, Report};
use lilliput_types::{AccountKey, Address, Amount, ModelId};

use crate::bundled::Bundled;
use crate::failure::{Failure, Result};

/// A handwritten digit of the test set.
pub(crate) const DIGIT_IMAGE: &[u8] = include_bytes!("../../../models/digits/images/00-label7.png");

/// What each account of a play network begins with, in the smallest unit of each asset.
const ALLOWANCE: Amount = Amount(1_000_000_000_000);
/// What the provider gets for an answer.
const PROVIDER_PRICE: Amount = Amount(30_000);
/// What the provider deposits.
const STAKE: Amount = Amount(10_000_000);
/// Pause between two looks of the provider at the ledger.
const PROVIDER_POLL: Duration = Duration::from_millis(20);
/// Most reports of the provider that wait to be read.
const REPORTS_MAX: usize = 256;
/// How long the provider may take to get ready.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// The keys of a network of one process.
pub(crate) struct Keys {
    pub(crate) validator: SecretKey,
    pub(crate) owner: SecretKey,
    pub(crate) provider: SecretKey,
    pub(crate) buyer: SecretKey,
}

/// Where and how a network runs.
pub(crate) struct Place {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) hosts: Vec<String>,
    /// The secret in the page's address.
    pub(crate) token: Option<String>,
}

/// A network at work.
pub(crate) struct Network {
    pub(crate) buyer: Sender,
    /// The bundled model, where it is served.
    pub(crate) model: Option<ModelId>,
    pub(crate) events: Receiver<Report>,
    roles: Vec<(Address, &'static str)>,
    stop: Arc<AtomicBool>,
    provider: Option<JoinHandle<()>>,
    // Dropped last: the provider still talks to it.
    running: Option<Running>,
}

impl Keys {
    /// Fresh ones.
    pub(crate) fn generate() -> Result<Self> {
        Ok(Self {
            validator: SecretKey::generate()?,
            owner: SecretKey::generate()?,
            provider: SecretKey::generate()?,
            buyer: SecretKey::generate()?,
        })
    }

    /// A chain of play money on which owner, provider and buyer begin alike.
    pub(crate) fn genesis(&self) -> Result<Genesis> {
        let accounts = [&self.owner, &self.provider, &self.buyer];
        let accounts = accounts.map(|secret| AccountKey::from(secret).address());
        let seed = Digest(random_bytes()?);
        Ok(Genesis::play(
            seed,
            self.validator.public_key(),
            &accounts,
            ALLOWANCE,
        )?)
    }
}

impl Network {
    /// Starts everything, publishes the bundled model where it isn't yet, and waits until it is
    /// served.
    pub(crate) fn start(keys: Keys, genesis: Genesis, place: Place) -> Result<Self> {
        let models = place.data.join("models");
        let (owner, provider) = (keys.owner.clone(), keys.provider.clone());
        let mut network = Self::start_ledger(keys, genesis, place)?;
        let client = network.buyer.client().clone();
        let bundled = Bundled::open(&models)?;
        let owner = Sender::new(client.clone(), owner)?;
        let model = bundled.publish(&owner)?;
        network.roles.push((owner.address(), "model's owner"));
        let address = AccountKey::from(&provider).address();
        network.roles.push((address, "provider"));
        let (thread, events) = start_provider(client, provider, bundled.files(), &network.stop)?;
        network.provider = Some(thread);
        network.events = events;
        network.wait_until_served()?;
        network.model = Some(model);
        Ok(network)
    }

    /// Starts the node alone.
    pub(crate) fn start_ledger(keys: Keys, genesis: Genesis, place: Place) -> Result<Self> {
        let wallet = place.token.map(|token| DevelopmentWallet {
            secret: keys.buyer.clone(),
            token,
        });
        let running = lilliput_node::start(Config {
            data: place.data.join("node"),
            listen: place.listen,
            hosts: place.hosts,
            genesis,
            validator: keys.validator,
            wallet,
        })
        .map_err(explain_start)?;
        let buyer = Sender::new(Client::new(&running.url())?, keys.buyer)?;
        let (_, events) = mpsc::sync_channel(1);
        Ok(Self {
            roles: vec![(buyer.address(), "buyer")],
            buyer,
            model: None,
            events,
            stop: Arc::new(AtomicBool::new(false)),
            provider: None,
            running: Some(running),
        })
    }

    /// The node.
    pub(crate) fn running(&self) -> Option<&Running> {
        self.running.as_ref()
    }

    /// Accounts by what they do here.
    pub(crate) fn roles(&self) -> &[(Address, &'static str)] {
        &self.roles
    }

    /// Waits for interrupt or termination, then stops everything.
    pub(crate) fn wait_for_signal(mut self) -> Result<()> {
        match self.running.take() {
            Some(running) => {
                running
                    .wait_for_signal_then(|| self.stop_provider())
                    .map_err(explain_start)?;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn wait_until_served(&self) -> Result<()> {
        let until = Instant::now() + READY_WITHIN;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Report::Ready { .. }) => return Ok(()),
                Ok(Report::Trouble { reason }) => {
                    return Err(Failure::failed(anyhow!("the provider failed: {reason}")));
                }
                Ok(_) => {}
                Err(_) => return Err(Failure::failed(anyhow!("the provider didn't get ready"))),
            }
        }
    }

    fn stop_provider(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(provider) = self.provider.take() {
            // If it panicked there is nothing left to stop.
            let _ = provider.join();
        }
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.stop_provider();
    }
}

fn start_provider(
    node: Client,
    secret: SecretKey,
    models: Vec<ModelFile>,
    stop: &Arc<AtomicBool>,
) -> Result<(JoinHandle<()>, Receiver<Report>)> {
    let config = lilliput_provider::Config {
        endpoint: node.url().to_owned(),
        node,
        secret,
        models,
        price: PROVIDER_PRICE,
        stake: STAKE,
        poll: PROVIDER_POLL,
    };
    let (tell, reports) = mpsc::sync_channel(REPORTS_MAX);
    let stop = Arc::clone(stop);
    let thread = std::thread::Builder::new()
        .name("provider".to_owned())
        .spawn(move || {
            // Nobody listening is no reason to stop working, or to wait.
            let report = |report| drop(tell.try_send(report));
            if let Err(error) = lilliput_provider::run(&config, &stop, &report) {
                report(Report::Trouble {
                    reason: error.to_string(),
                });
            }
        })
        .context("failed to start the provider's thread")?;
    Ok((thread, reports))
}

/// What to do when a node doesn't start.
pub(crate) fn explain_start(error: StartError) -> Failure {
    let hint = match &error {
        StartError::FolderInUse { .. } => {
            Some("stop the other process, or choose another folder with --data DIR")
        }
        StartError::PortTaken { .. } => {
            Some("stop the other process, or choose another port with --listen 127.0.0.1:PORT")
        }
        StartError::Ledger(_) => {
            Some("choose another folder with --data DIR, or move this one away")
        }
        StartError::Listen { .. }
        | StartError::Folder { .. }
        | StartError::Blobs(_)
        | StartError::Threads(_) => None,
    };
    let failure = Failure::failed(error);
    match hint {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
