//! Who plays: a node, an owner, miners, validators.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::Context;
use lilliput_client::subnet::SubnetDetail;
use lilliput_client::{Client, Sender};
use lilliput_crypto::{Digest, SecretKey, random_bytes};
use lilliput_graph::Model;
use lilliput_import::{Calibration, Options, import};
use lilliput_modules::Genesis;
use lilliput_node::{Config, Running, StartError};
use lilliput_subnet::{
    Answerer, Classifier, Images, Miner, MinerConfig, Report, ValidatorConfig, join, stake_up,
};
use lilliput_types::subnet::{Open, Settings, SubnetMessage};
use lilliput_types::{AccountKey, Address, Amount, DurationMs, Message, SubnetId, Text};

use super::super::validate::line;
use super::{digits, rogue};
use crate::failure::Result;
use crate::network::explain_start;

const DIGITS: &[u8] = include_bytes!("../../../../../../models/digits/digits.onnx");
const MLP: &[u8] = include_bytes!("../../../../../../models/mlp/mlp.onnx");
const CALIBRATION: &[u8] = include_bytes!("../../../../../../models/digits/calibration.json");

const COIN: u128 = 1_000_000;
/// What each account begins with.
pub(super) const ALLOWANCE: Amount = Amount(10_000 * COIN);
/// What each validator stakes.
pub(super) const STAKE: Amount = Amount(1_000 * COIN);
/// One coin a second, so that epochs of seconds show something.
const EMISSION_PER_DAY: Amount = Amount(86_400 * COIN);
/// The most that a member pays for its registration.
const PRICE_MAX: Amount = Amount(10 * COIN);
/// Questions for each miner and epoch.
const PROBES: u8 = 16;
/// How far questions depart from the pictures: so much that a weaker model errs now and then.
const SHIFT: u8 = 4;
const NOISE: u8 = 64;
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(50);

/// What a member is up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Good,
    Mediocre,
    Bad,
    Copier,
    Honest,
    Liar,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::Good,
        Self::Mediocre,
        Self::Bad,
        Self::Copier,
        Self::Honest,
        Self::Honest,
        Self::Liar,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Good => "good miner",
            Self::Mediocre => "mediocre miner",
            Self::Bad => "bad miner",
            Self::Copier => "copying miner",
            Self::Honest => "honest validator",
            Self::Liar => "lying validator",
        }
    }

    pub(super) const fn mines(self) -> bool {
        matches!(self, Self::Good | Self::Mediocre | Self::Bad | Self::Copier)
    }
}

/// All of them at work.
pub(super) struct Cast {
    pub(super) client: Client,
    pub(super) kinds: Vec<Kind>,
    subnet: SubnetId,
    copier: Arc<rogue::Relay>,
    stop: Arc<AtomicBool>,
    /// What went wrong for a validator, as it goes wrong.
    troubles: (mpsc::Sender<String>, mpsc::Receiver<String>),
    validators: Vec<JoinHandle<()>>,
    miners: Vec<Miner>,
    // Dropped last: the others still talk to it.
    running: Option<Running>,
}

impl Cast {
    /// Starts the network, opens the subnet, and lets everyone join and begin.
    pub(super) fn start(folder: &Path, listen: SocketAddr, settings: Settings) -> Result<Self> {
        let mut images = digits::images()?;
        (images.shift_max, images.noise_max) = (SHIFT, NOISE);
        let good = model("digits", DIGITS)?;
        let bad = rogue::spoiled(good.clone());
        let mediocre = model("mlp", MLP)?;
        let (owner, block) = (SecretKey::generate()?, SecretKey::generate()?);
        let mut secrets = Vec::new();
        for _ in Kind::ALL {
            secrets.push(SecretKey::generate()?);
        }
        let genesis = genesis(&block, secrets.iter().chain([&owner]), &settings)?;
        let running = lilliput_node::start(Config {
            data: folder.join("node"),
            listen,
            hosts: Vec::new(),
            genesis,
            validator: block,
            wallet: None,
        })
        .map_err(explain_start)?;
        let client = Client::new(&running.url())?;
        let mut senders = Vec::new();
        for secret in secrets {
            senders.push(Sender::new(client.clone(), secret)?);
        }
        let chain = client.status()?.chain;
        let subnet = open(&Sender::new(client.clone(), owner)?, settings)?;
        let copier = senders.get(3).map(|sender| sender.secret().clone());
        let copier = copier.context("the cast has a copier")?;
        let mut cast = Self {
            kinds: Vec::new(),
            client,
            subnet,
            copier: Arc::new(rogue::Relay::new(copier, chain)),
            stop: Arc::default(),
            troubles: mpsc::channel(),
            validators: Vec::new(),
            miners: Vec::new(),
            running: Some(running),
        };
        let answerers: [Arc<dyn Answerer>; 4] = [
            Arc::new(Classifier::new(good)?),
            Arc::new(Classifier::new(mediocre)?),
            Arc::new(Classifier::new(bad)?),
            Arc::clone(&cast.copier) as Arc<dyn Answerer>,
        ];
        let mut answerers = answerers.into_iter();
        for (kind, sender) in Kind::ALL.into_iter().zip(&senders) {
            let answerer = answerers.next();
            cast.admit(kind, sender, answerer)?;
        }
        for (kind, sender) in Kind::ALL.into_iter().zip(senders) {
            if !kind.mines() {
                cast.begin(kind, sender, &images, folder)?;
            }
        }
        Ok(cast)
    }

    /// Registers a member; a miner answers from now on, a validator stakes.
    fn admit(
        &mut self,
        kind: Kind,
        sender: &Sender,
        answerer: Option<Arc<dyn Answerer>>,
    ) -> Result<()> {
        self.kinds.push(kind);
        let Some(answerer) = answerer else {
            let seat = join(sender, self.subnet, None, Some(PRICE_MAX))?;
            return Ok(stake_up(sender, self.subnet, &seat, STAKE)?);
        };
        let miner = Miner::start(MinerConfig {
            node: self.client.clone(),
            subnet: self.subnet,
            secret: sender.secret().clone(),
            answerer,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        })?;
        let endpoint = format!("http://{}", miner.address());
        join(sender, self.subnet, Some(&endpoint), Some(PRICE_MAX))?;
        if kind == Kind::Good {
            self.copier.aim(&endpoint);
        }
        self.miners.push(miner);
        Ok(())
    }

    /// Starts a validator's thread.
    fn begin(&mut self, kind: Kind, sender: Sender, images: &Images, folder: &Path) -> Result<()> {
        let (stop, subnet) = (Arc::clone(&self.stop), self.subnet);
        let config = ValidatorConfig {
            node: self.client.clone(),
            subnet,
            secret: sender.secret().clone(),
            images: images.clone(),
            data: folder.join(format!("validator-{}", sender.address())),
            probes: PROBES,
            answer_within: ANSWER_WITHIN,
            poll: POLL,
        };
        let tell = self.troubles.0.clone();
        let name = format!("{} {}", kind.name(), sender.address());
        let work = move || match kind {
            Kind::Liar => rogue::lie(&sender, subnet, &stop),
            // A validator that can't go on earns nothing, which the table shows; this says why.
            _ => {
                // Nobody listens any more when the demo ends.
                let trouble = |text: String| drop(tell.send(format!("{name}: {text}")));
                let ended = lilliput_subnet::run(&config, &stop, &|report| match report {
                    Report::Skipped { .. } | Report::Trouble { .. } => trouble(line(&report)),
                    _ => {}
                });
                if let Err(error) = ended {
                    trouble(error.to_string());
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("validator".to_owned())
            .spawn(work)
            .context("failed to start a validator's thread")?;
        self.validators.push(thread);
        Ok(())
    }

    pub(super) const fn subnet(&self) -> SubnetId {
        self.subnet
    }

    /// What went wrong for validators since the last call.
    pub(super) fn troubles(&self) -> impl Iterator<Item = String> {
        self.troubles.1.try_iter()
    }

    pub(super) fn url(&self) -> &str {
        self.client.url()
    }

    pub(super) fn detail(&self) -> Result<SubnetDetail> {
        Ok(self.client.subnet(self.subnet)?)
    }

    /// How many requests the copier relayed, and how many of them were refused.
    pub(super) fn relayed(&self) -> (u64, u64) {
        self.copier.counts()
    }

    /// Waits for interrupt or termination, then stops everything.
    pub(super) fn wait_for_signal(mut self) -> std::result::Result<(), StartError> {
        match self.running.take() {
            Some(running) => running.wait_for_signal_then(|| self.stop_validators()),
            None => Ok(()),
        }
    }

    fn stop_validators(&mut self) {
        self.stop.store(true, Ordering::Release);
        for thread in self.validators.drain(..) {
            // If it panicked there is nothing left to stop.
            let _ = thread.join();
        }
    }
}

impl Drop for Cast {
    fn drop(&mut self) {
        self.stop_validators();
    }
}

/// A chain of play money with phases of this length.
fn genesis<'a>(
    block: &SecretKey,
    secrets: impl Iterator<Item = &'a SecretKey>,
    settings: &Settings,
) -> Result<Genesis> {
    let accounts: Vec<Address> = secrets
        .map(|secret| AccountKey::from(secret).address())
        .collect();
    let seed = Digest(random_bytes()?);
    let mut genesis = Genesis::play(seed, block.public_key(), &accounts, ALLOWANCE)?;
    let terms = &mut genesis.params.subnets;
    terms.phase_min_ms = DurationMs(settings.commit_ms.0.min(terms.phase_min_ms.0));
    terms.emission_per_day = EMISSION_PER_DAY;
    Ok(genesis)
}

fn open(owner: &Sender, settings: Settings) -> Result<SubnetId> {
    let message = SubnetMessage::Open(Open {
        name: Text::new("digits")?,
        about: Text::new("which digit is in a picture of 28 x 28 grey values")?,
        settings,
        deposit_max: ALLOWANCE,
    });
    owner.send(vec![Message::Subnet(message)], Vec::new())?;
    Ok(owner.client().subnet_market()?.totals.opened)
}

fn model(name: &str, onnx: &[u8]) -> Result<Model> {
    let calibration = Calibration::parse(CALIBRATION)?;
    let imported = import(onnx, &calibration, &Options::default())?;
    Ok(Model {
        name: name.to_owned(),
        hiding: None,
        graph: imported.graph,
        weights: imported.weights,
    })
}
