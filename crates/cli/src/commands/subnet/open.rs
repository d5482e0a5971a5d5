//! `lilliput subnet open`, `set` and `close`: what a subnet's owner does.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_types::subnet::{self, Scorer, Settings, SubnetMessage};
use lilliput_types::{Amount, DurationMs, SubnetId, Text};
use serde_json::{Map, Value};

use super::send;
use crate::commands::case_file;
use crate::failure::{Failure, OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Open a subnet; locks a deposit that comes back when it is closed.
#[derive(clap::Args)]
pub(super) struct Open {
    /// Name, for people.
    #[arg(long)]
    name: String,

    /// What miners are asked, or where to read it.
    #[arg(long, default_value = "")]
    about: String,

    /// How long each of an epoch's three phases takes, if the settings don't say.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    phase_seconds: u64,

    #[command(flatten)]
    settings: SettingsArgs,

    /// The most you lock, in the smallest unit [default: what it costs now].
    #[arg(long, value_name = "AMOUNT")]
    deposit_max: Option<Amount>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Change a subnet's settings from its next epoch on; its owner only.
#[derive(clap::Args)]
pub(super) struct Set {
    /// The subnet.
    subnet: SubnetId,

    #[command(flatten)]
    settings: SettingsArgs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// End a subnet with its present epoch and get the deposit back; its owner only.
#[derive(clap::Args)]
pub(super) struct Close {
    /// The subnet.
    subnet: SubnetId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct SettingsArgs {
    /// Settings as JSON, all or some of those that `lilliput subnet show ID --json` shows.
    #[arg(long, value_name = "FILE.json")]
    settings: Option<PathBuf>,

    /// One setting, its value in JSON; may be given several times: power=4, scorer=similarity,
    /// scorer={"ensemble":{"scale":100}}.
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,
}

impl SettingsArgs {
    /// A base with what the arguments say.
    fn apply(&self, base: &Settings) -> Result<Settings> {
        let mut value = serde_json::to_value(base)?;
        let mut change = |name: String, new: Value| match value.get_mut(&name) {
            Some(place) => {
                *place = new;
                Ok(())
            }
            None => Err(Failure::bad_input(anyhow!("there is no setting {name:?}"))
                .hint("`lilliput subnet show ID --json` lists them")),
        };
        if let Some(path) = &self.settings {
            let file: Map<String, Value> = case_file::read(path)?;
            for (name, new) in file {
                change(name, new)?;
            }
        }
        for text in &self.with {
            let (name, new) = text
                .split_once('=')
                .ok_or_else(|| Failure::bad_input(anyhow!("{text:?} is not NAME=VALUE")))?;
            // A bare word is a text, so that `scorer=votes` needs no quotes.
            let new = serde_json::from_str(new).unwrap_or_else(|_| Value::from(new));
            change(name.to_owned(), new)?;
        }
        serde_json::from_value(value).or_bad_input("the settings")
    }
}

pub(super) fn open(args: &Open, session: &Session) -> Result<Outcome> {
    let phase = DurationMs(args.phase_seconds.saturating_mul(1_000));
    let settings = args
        .settings
        .apply(&Settings::standard(Scorer::ExactMatch, phase))?;
    let name = Text::new(args.name.clone()).or_bad_input("the name")?;
    let about = Text::new(args.about.clone()).or_bad_input("what it is about")?;
    let sender = args.signer.sender(session, &args.node)?;
    let deposit_max = match args.deposit_max {
        Some(most) => most,
        None => sender.client().subnet_market()?.deposit,
    };
    let message = subnet::Open {
        name,
        about,
        settings,
        deposit_max,
    };
    send(&sender, SubnetMessage::Open(message))
}

pub(super) fn set(args: &Set, session: &Session) -> Result<Outcome> {
    let now = args.node.client()?.subnet(args.subnet)?.subnet;
    let base = now.settings_next.as_ref().unwrap_or(&now.settings);
    let settings = args.settings.apply(base)?;
    let sender = args.signer.sender(session, &args.node)?;
    let subnet = args.subnet;
    send(
        &sender,
        SubnetMessage::Set(subnet::Set { subnet, settings }),
    )
}

pub(super) fn close(args: &Close, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let subnet = args.subnet;
    send(&sender, SubnetMessage::Close(subnet::Close { subnet }))
}
