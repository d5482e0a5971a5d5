//! `lilliput subnet open`, `set` and `close`: what a subnet's owner does.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_types::subnet::{self, Scorer, Settings, SubnetMessage, SubtensorRule};
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
        if let Some(path) = &self.settings {
            let file: Map<String, Value> = case_file::read(path)?;
            for (name, new) in file {
                place(&mut value, &name, new)?;
            }
        }
        change(&mut value, &self.with)?;
        serde_json::from_value(value).or_bad_input("the settings")
    }
}

/// Choose by which arithmetic a subnet pays from its next epoch on; its owner only.
#[derive(clap::Args)]
pub(super) struct Rule {
    /// The subnet.
    subnet: SubnetId,

    /// `evidence-1` or `subtensor-425`.
    rule: String,

    /// One parameter of rule `subtensor-425`, its value in JSON; may be given several times: kappa=32767, yuma3=false.
    #[arg(long = "with", value_name = "NAME=VALUE")]
    with: Vec<String>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn rule(args: &Rule, session: &Session) -> Result<Outcome> {
    let rule = match args.rule.as_str() {
        "evidence-1" if args.with.is_empty() => subnet::Rule::Evidence1,
        "evidence-1" => {
            return Err(Failure::bad_input(anyhow!(
                "rule evidence-1 has no parameters of its own"
            ))
            .hint("`lilliput subnet set` changes the settings that it goes by"));
        }
        "subtensor-425" => {
            let now = args.node.client()?.subnet(args.subnet)?.subnet;
            let base = match now.rule_next.unwrap_or(now.rule) {
                subnet::Rule::Subtensor425(rule) => rule,
                subnet::Rule::Evidence1 => SubtensorRule::standard(),
            };
            let mut value = serde_json::to_value(base)?;
            change(&mut value, &args.with)?;
            let rule = serde_json::from_value(value).or_bad_input("the rule's parameters")?;
            subnet::Rule::Subtensor425(rule)
        }
        other => {
            return Err(Failure::bad_input(anyhow!("there is no rule {other:?}"))
                .hint("rules are evidence-1 and subtensor-425"));
        }
    };
    let sender = args.signer.sender(session, &args.node)?;
    let subnet = args.subnet;
    send(
        &sender,
        SubnetMessage::SetRule(subnet::SetRule { subnet, rule }),
    )
}

/// Sets one named value of those that there are.
fn place(value: &mut Value, name: &str, new: Value) -> Result<()> {
    match value.get_mut(name) {
        Some(place) => {
            *place = new;
            Ok(())
        }
        None => Err(Failure::bad_input(anyhow!("there is no setting {name:?}"))
            .hint("`lilliput subnet show ID --json` lists them")),
    }
}

/// Sets what arguments of the form NAME=VALUE say.
fn change(value: &mut Value, with: &[String]) -> Result<()> {
    for text in with {
        let (name, new) = text
            .split_once('=')
            .ok_or_else(|| Failure::bad_input(anyhow!("{text:?} is not NAME=VALUE")))?;
        // A bare word is a text, so that `scorer=votes` needs no quotes.
        let new = serde_json::from_str(new).unwrap_or_else(|_| Value::from(new));
        place(value, name, new)?;
    }
    Ok(())
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
