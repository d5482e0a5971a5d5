//! `lilliput subnet validate`: ask miners hidden questions, score, and show the evidence.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lilliput_subnet::{Heard, Images, Report, Side, ValidatorConfig, join, stake_up};
use lilliput_types::{Amount, SubnetId};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::files;
use crate::network::explain_start;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Pause between two looks at the ledger.
const POLL: Duration = Duration::from_millis(100);

/// Validate in a subnet that scores labels: ask all miners hidden questions, commit, reveal, answer audits.
///
/// Each question is a picture of your private set, moved and with noise by a secret seed, so that none ever comes twice.
/// Salts and transcripts lie in the data folder, readable by you alone: stopped at any point and started again, it goes on.
/// Runs until interrupted.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The subnet.
    subnet: SubnetId,

    /// Your private pictures: an array of grey values, 0 to 255 or 0 to 1.
    #[arg(long, value_name = "FILE.npy")]
    images: PathBuf,

    /// What each is of: an array of whole numbers.
    #[arg(long, value_name = "FILE.npy")]
    labels: PathBuf,

    /// Height of a picture.
    #[arg(long, default_value = "28")]
    height: u32,

    /// Width of a picture.
    #[arg(long, default_value = "28")]
    width: u32,

    /// Questions for each miner and epoch; never fewer than the subnet demands.
    #[arg(long, default_value = "16", value_parser = clap::value_parser!(u8).range(1..=64))]
    probes: u8,

    /// How far a picture is moved at most, in pixels.
    #[arg(long, default_value = "2")]
    shift: u8,

    /// How much a grey value changes at most, of 255.
    #[arg(long, default_value = "32")]
    noise: u8,

    /// How long a miner may take.
    #[arg(long, value_name = "MILLISECONDS", default_value = "5000")]
    answer_within: u64,

    /// Keep at least so much staked behind yourself, in the smallest unit.
    #[arg(long, value_name = "AMOUNT")]
    stake: Option<Amount>,

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
    let images = images(args)?;
    let sender = args.signer.sender(session, &args.node)?;
    let folder = format!("subnet-{}-{}", args.subnet, sender.address());
    let data = session.data()?.join("validators").join(folder);
    // Two that share a journal would commit to each other's rounds.
    let _lock = lilliput_node::lock_folder(&data).map_err(explain_start)?;
    let price = match (args.register, args.price_max) {
        (false, _) => None,
        (true, Some(most)) => Some(most),
        (true, None) => Some(sender.client().subnet(args.subnet)?.price),
    };
    let seat = join(&sender, args.subnet, None, price)?;
    if let Some(stake) = args.stake {
        stake_up(&sender, args.subnet, &seat, stake)?;
    }
    let config = ValidatorConfig {
        node: sender.client().clone(),
        subnet: args.subnet,
        secret: sender.secret().clone(),
        images,
        data,
        probes: args.probes,
        answer_within: Duration::from_millis(args.answer_within),
        poll: POLL,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    lilliput_node::on_signal(move || stopping.store(true, Ordering::Release))
        .or_failed("failed to wait for signals")?;
    lilliput_subnet::run(&config, &stop, &|report| session.say(line(&report)))?;
    Ok(Outcome::new("stopped", json!({ "stopped": true })))
}

fn images(args: &Args) -> Result<Images> {
    let pictures = files::read(&args.images, files::NUMBERS_BYTES_MAX)?;
    let labels = files::read(&args.labels, files::NUMBERS_BYTES_MAX)?;
    let side = Side {
        height: args.height,
        width: args.width,
    };
    let context = format!(
        "{} and {} are no labelled pictures",
        args.images.display(),
        args.labels.display()
    );
    let mut images = Images::from_files(side, &pictures, &labels).or_bad_input(context)?;
    images.shift_max = args.shift;
    images.noise_max = args.noise;
    Ok(images)
}

/// What a report says to people.
pub(super) fn line(report: &Report) -> String {
    match report {
        Report::Ready { account, uid } => {
            format!("ready: {account} validates as uid {uid}; interrupt to stop")
        }
        Report::Asked { epoch, heard } => {
            let heard: Vec<String> = heard.iter().map(one).collect();
            format!("epoch {epoch}: asked {}", heard.join("; "))
        }
        Report::Committed { epoch } => format!("epoch {epoch}: committed"),
        Report::Revealed { epoch } => format!("epoch {epoch}: revealed"),
        Report::Audited { epoch, uid } => format!("epoch {epoch}: the audit of uid {uid} holds"),
        Report::Skipped { epoch, reason } => format!("epoch {epoch}: skipped: {reason}"),
        Report::Trouble { reason } => format!("trouble: {reason}"),
    }
}

fn one(heard: &Heard) -> String {
    match &heard.answers {
        Ok((right, asked)) => format!("uid {}: {right} of {asked} right", heard.uid),
        Err(reason) => format!("uid {}: {reason}", heard.uid),
    }
}
