//! `lilliput subnet mine`: answer the hidden questions of validators with a model.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use lilliput_subnet::{Classifier, Miner, MinerConfig, join};
use lilliput_types::{Amount, SubnetId};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::files;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// How often the counters are looked at.
const TELL_EVERY: Duration = Duration::from_secs(2);

/// Serve a classifier as a miner: answer the hidden questions of validators, sign the answers.
///
/// Answers nobody but members with a permit, and only what they ask of this very registration; specs/subnet-miners.md
/// has the protocol. Runs until interrupted.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The subnet.
    subnet: SubnetId,

    /// The model: takes one grey picture, gives a score for each class.
    #[arg(long, value_name = "FILE.lmodel")]
    model: PathBuf,

    /// Where to listen; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7900")]
    listen: SocketAddr,

    /// Where others are told to find you [default: where it listens].
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,

    /// Become a member first, if you aren't one.
    #[arg(long)]
    register: bool,

    /// The most you pay for that, in the smallest unit [default: the price now].
    #[arg(long, value_name = "AMOUNT", requires = "register")]
    price_max: Option<Amount>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let model = files::model(&args.model)?.model;
    let classifier = Classifier::new(model).or_bad_input("the model can't be served")?;
    let sender = args.signer.sender(session, &args.node)?;
    let price = match (args.register, args.price_max) {
        (false, _) => None,
        (true, Some(most)) => Some(most),
        (true, None) => Some(sender.client().subnet(args.subnet)?.price),
    };
    let miner = Miner::start(MinerConfig {
        node: sender.client().clone(),
        subnet: args.subnet,
        secret: sender.secret().clone(),
        answerer: Arc::new(classifier),
        listen: args.listen,
    })?;
    let endpoint = args.endpoint.clone();
    let endpoint = endpoint.unwrap_or_else(|| format!("http://{}", miner.address()));
    let seat = join(&sender, args.subnet, Some(&endpoint), price)?;
    session.say(format!(
        "ready: uid {} of subnet {} answers on {}; interrupt to stop",
        seat.member.uid,
        args.subnet,
        miner.address()
    ));
    let (tell, interrupted) = mpsc::channel();
    // The receiver lives as long as this function.
    lilliput_node::on_signal(move || {
        let _ = tell.send(());
    })
    .or_failed("failed to wait for signals")?;
    let mut told = (0, 0);
    while interrupted.recv_timeout(TELL_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
        let now = (miner.answered(), miner.refused());
        if now != told {
            session.say(format!("answered {}, refused {} requests", now.0, now.1));
            told = now;
        }
    }
    Ok(Outcome::new(
        "stopped",
        json!({
            "uid": seat.member.uid,
            "answered": miner.answered(),
            "refused": miner.refused(),
        }),
    ))
}
