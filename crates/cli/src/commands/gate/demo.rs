//! `lilliput gate demo`: a gate to look at.

use std::net::SocketAddr;

use lilliput_gate::Config;
use lilliput_gate::config::{Addresses, Limits, Upstream};
use lilliput_gate::demo::Scene;
use lilliput_gate::policy::Policy;

use crate::failure::{OrExit, Result};
use crate::outcome::Outcome;
use crate::session::Session;

/// Start a small site with a gate before it, and visitors of all kinds.
///
/// Everything is on this machine. Open the gate's address in a browser to be asked once, and the page's to see who came.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where visitors come in.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8420")]
    listen: SocketAddr,

    /// Where the owner's page is.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8421")]
    admin: SocketAddr,
}

/// Requests that the demo's site can work on at once.
const SITE_BEARS: u32 = 4;

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let mut scene = Scene::start().or_failed("failed to start the demo's site")?;
    // Nothing of a demo is kept.
    let folder = tempfile::tempdir().or_failed("failed to make a folder for the demo")?;
    let config = Config {
        data: folder.path().join("gate"),
        listen: args.listen,
        admin: Some(args.admin),
        upstream: Upstream {
            authority: scene.site.to_string(),
        },
        policy: Policy::built_in(),
        policy_text: Policy::built_in_text().to_owned(),
        trusted: Vec::new(),
        observe: false,
        addresses: Addresses::Network,
        secure: false,
        site: "the demo".to_owned(),
        store: None,
        secret: None,
        ledger: None,
        humans: None,
        agents: Vec::new(),
        local_agents: false,
        site_bears: SITE_BEARS,
        target_permille: 700,
        threads: 2,
        limits: Limits::default(),
    };
    super::serve::run_with(config, session, |running| scene.visit(running.address()))
}
