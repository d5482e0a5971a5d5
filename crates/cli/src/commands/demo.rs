//! `lilliput demo`: a whole network for one answer.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_types::DurationMs;
use serde_json::json;

use crate::buyer::Terms;
use crate::commands::purchase;
use crate::failure::{OrExit, Result};
use crate::files;
use crate::network::{DIGIT_IMAGE, Keys, Network, Place};
use crate::outcome::Outcome;
use crate::session::Session;

/// Run a fresh network in a temporary folder, buy one answer, shut everything down.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A PNG picture of a digit, 28 x 28, white on black [default: one of the test set].
    #[arg(long, value_name = "FILE")]
    image: Option<PathBuf>,
}

/// How long the one provider may take for each step.
pub(crate) const TERMS: Terms = Terms {
    provider: None,
    price_max: None,
    accept_within_ms: DurationMs(30_000),
    answer_within_ms: DurationMs(60_000),
};

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let (image, name) = match &args.image {
        Some(path) => (
            files::read(path, files::IMAGE_BYTES_MAX)?,
            path.display().to_string(),
        ),
        None => (DIGIT_IMAGE.to_vec(), "the bundled digit".to_owned()),
    };
    let folder = tempfile::Builder::new()
        .prefix("lilliput-demo-")
        .tempdir()
        .or_failed("failed to make a temporary folder")?;
    let progress = session.progress("starting a network");
    let keys = Keys::generate()?;
    let genesis = keys.genesis()?;
    let place = Place {
        data: folder.path().to_owned(),
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        hosts: Vec::new(),
        token: None,
    };
    let network = Network::start(keys, genesis, place)?;
    drop(progress);
    let model = network
        .model
        .ok_or_else(|| anyhow!("the bundled model isn't served"))?;
    let bought = purchase::buy(&network, model, &image, &name, session)?;
    let client = network.buyer.client();
    let (status, supply) = (client.status()?, client.supply()?);
    let mut json = bought.json;
    json["ledger"] = json!({
        "chain": status.chain,
        "height": status.height,
        "state_root": status.state_root,
        "supply_conserved": supply.conserved,
    });
    drop(network);
    Ok(Outcome::new(
        format!(
            "ledger    height {}, state {}, supply {}",
            status.height,
            status.state_root,
            if supply.conserved {
                "conserved"
            } else {
                "NOT CONSERVED"
            }
        ),
        json,
    ))
}
