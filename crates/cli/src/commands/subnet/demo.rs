//! `lilliput subnet demo`: a whole model subnet in one process, with members that cheat.

mod cast;
mod digits;
mod rogue;
mod tally;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use lilliput_types::subnet::Settings;
use lilliput_types::{DurationMs, SubnetEpoch};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::network::explain_start;
use crate::outcome::Outcome;
use crate::session::Session;
use cast::Cast;
use tally::Tally;

/// Pause between two looks at the subnet.
const POLL: Duration = Duration::from_millis(50);
/// On a busy machine an honest validator may miss a phase; such epochs are repeated, at most so many for each.
const TRIES: u64 = 4;
/// What an epoch may take beyond its phases.
const SLACK: Duration = Duration::from_secs(60);

/// Run a model subnet on a fresh network in a temporary folder: four miners, three validators, some of whom cheat.
///
/// Miners: the bundled digits model (good), the smaller mlp (mediocre), a spoiled digits model (bad), and one that relays its
/// questions to the good one (copier). Validators: two honest ones, and a liar that copies published weights and has no
/// evidence. Shows after each epoch who got what, and in the end that every coin is accounted for.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Epochs in which every honest validator kept its times.
    #[arg(long, default_value = "6", value_parser = clap::value_parser!(u64).range(1..=60))]
    epochs: u64,

    /// How long each of an epoch's three phases takes.
    #[arg(long, value_name = "MILLISECONDS", default_value = "2000", value_parser = clap::value_parser!(u64).range(500..=60_000))]
    phase_ms: u64,

    /// Where the node listens; port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// Let the subnet go on after the last epoch, for its page, until interrupted.
    #[arg(long)]
    stay: bool,
}

/// A small subnet that is settled in seconds.
fn settings(phase_ms: u64) -> Settings {
    use lilliput_types::subnet::Scorer;
    Settings {
        // Who is right in 9 of 10 earns 43 % of what is paid for 10 of 10.
        power: 8,
        ..Settings::standard(Scorer::ExactMatch, DurationMs(phase_ms))
    }
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let folder = tempfile::Builder::new()
        .prefix("lilliput-subnet-demo-")
        .tempdir()
        .or_failed("failed to make a temporary folder")?;
    let progress = session.progress("importing the models, starting a network");
    let cast = Cast::start(folder.path(), args.listen, settings(args.phase_ms))?;
    drop(progress);
    session.say(format!("page      {}/subnet/{}", cast.url(), cast.subnet()));
    let mut tally = Tally::new(&cast)?;
    session.say(tally.introduction());
    let first = tally.first_scored();
    let span = Duration::from_millis(args.phase_ms.saturating_mul(3));
    let (mut last, mut whole) = (first, 0);
    for number in 0..args.epochs.saturating_mul(TRIES) {
        last = SubnetEpoch(first.0 + number);
        wait_until_settled(&cast, last, span)?;
        cast.troubles().for_each(|trouble| session.say(trouble));
        let (table, is_whole) = tally.settled(&cast, last)?;
        session.say(table);
        whole += u64::from(is_whole);
        if whole == args.epochs {
            break;
        }
    }
    let (text, json) = tally.end(&cast, last)?;
    if args.stay {
        session.say(&text);
        session.say("the subnet goes on; interrupt to stop");
        cast.wait_for_signal().map_err(explain_start)?;
        return Ok(Outcome::new("stopped", json));
    }
    drop(cast);
    match json["money"]["accounted"] == json!(true) && json["recomputed"] == json!(true) {
        true => Ok(Outcome::new(text, json)),
        false => Err(Failure::failed(anyhow!(
            "the books don't balance: {}",
            json["money"]
        ))),
    }
}

/// Waits until an epoch has settled; whoever misses a phase misses it, the ledger goes on.
fn wait_until_settled(cast: &Cast, epoch: SubnetEpoch, span: Duration) -> Result<()> {
    let until = Instant::now() + span * 2 + SLACK;
    loop {
        if cast.detail()?.subnet.epoch > epoch {
            return Ok(());
        }
        if Instant::now() > until {
            return Err(Failure::failed(anyhow!("epoch {epoch} doesn't settle")));
        }
        std::thread::sleep(POLL);
    }
}
