//! `lilliput eval import`: from a harness' files to a registered attempt.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use clap::ValueEnum;
use lilliput_types::registry::{Attempt, RegistryEvent, RegistryMessage};
use lilliput_types::{Event, Message, ModelId};
use serde_json::json;

use super::list::lines;
use super::{helm, lm_eval, samples};
use crate::failure::{Failure, OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::receipt::units;
use crate::session::Session;

/// The largest file of results, of instances and of a model's weights.
const RESULTS_BYTES_MAX: u64 = 16 << 20;
const INSTANCES_BYTES_MAX: u64 = 256 << 20;

/// Register what a harness found, for good.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Of lm-evaluation-harness: its results_….json. Of HELM: the folder of a run, or its run_spec.json.
    file: PathBuf,

    /// What wrote it.
    #[arg(long, value_enum)]
    harness: HarnessName,

    /// The hash of the model that was evaluated: its id on the ledger, or another hash of its files (64 hexadecimal digits).
    #[arg(long, value_name = "HASH")]
    model: ModelId,

    /// Files of what was asked and answered [default: for HELM the run's scenario_state.json, if it is there].
    #[arg(long, value_name = "FILE", num_args = 1..)]
    samples: Vec<PathBuf>,

    /// The version of HELM, which its files don't tell.
    #[arg(long, value_name = "VERSION", default_value = "")]
    harness_version: String,

    /// Show what would be registered, and send nothing.
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum HarnessName {
    /// EleutherAI's lm-evaluation-harness.
    LmEval,
    /// Stanford CRFM's HELM.
    Helm,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let attempt = read(args)?;
    let mut text = lines(&attempt);
    if args.dry_run {
        return Ok(Outcome::new(text.join("\n"), json!({ "attempt": attempt })));
    }
    let sender = args.signer.sender(session, &args.node)?;
    let message = RegistryMessage::RegisterAttempt(Box::new(attempt.clone()));
    let sent = sender.send(vec![Message::Registry(message)], Vec::new())?;
    let number = sent.receipt.events.iter().find_map(|event| match event {
        Event::Registry(RegistryEvent::AttemptRegistered { number, .. }) => Some(*number),
        _ => None,
    });
    text.push(format!(
        "registered as attempt {} in block {} for a fee of {}",
        number.unwrap_or(0),
        sent.height,
        units(sent.receipt.fee)
    ));
    Ok(Outcome::new(
        text.join("\n"),
        json!({ "number": number, "height": sent.height, "attempt": attempt }),
    ))
}

fn read(args: &Args) -> Result<Attempt> {
    let mut kept = args.samples.clone();
    let mut attempt = match args.harness {
        HarnessName::LmEval => {
            let bytes = bounded(&args.file, RESULTS_BYTES_MAX)?;
            lm_eval::parse(&bytes, args.model)
        }
        HarnessName::Helm => {
            let folder = match args.file.is_dir() {
                true => args.file.as_path(),
                false => args.file.parent().unwrap_or(Path::new(".")),
            };
            let state = folder.join("scenario_state.json");
            if kept.is_empty() && state.is_file() {
                kept.push(state);
            }
            let instances = folder.join("instances.json");
            let run = helm::Run {
                spec: bounded(&folder.join("run_spec.json"), RESULTS_BYTES_MAX)?,
                stats: bounded(&folder.join("stats.json"), RESULTS_BYTES_MAX)?,
                instances: match instances.is_file() {
                    true => Some(bounded(&instances, INSTANCES_BYTES_MAX)?),
                    false => None,
                },
            };
            helm::parse(&run, &args.harness_version, args.model)
        }
    }
    .or_bad_input(format!("failed to read {}", args.file.display()))?;
    attempt.transcript = samples::transcript(&kept)?;
    Ok(attempt)
}

fn bounded(path: &Path, most: u64) -> Result<Vec<u8>> {
    let name = path.display();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .or_bad_input(format!("failed to read {name}"))?;
    if bytes.len() as u64 > most {
        return Err(Failure::bad_input(anyhow!(
            "{name} is larger than {most} bytes"
        )));
    }
    Ok(bytes)
}
