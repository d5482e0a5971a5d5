//! `lilliput subnet epoch`: from weights and stake to payouts.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use lilliput_incentives::epoch::{self, EpochRule, Participant};
use lilliput_incentives::subtensor::{self, EpochInput};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::commands::case_file;
use crate::failure::{OrExit, Result};
use crate::outcome::Outcome;

/// Compute the epochs of a file: who earns what as miner and as validator.
///
/// FILE is JSON: {"cases": [{"name": …, "steps": [{"label": …, "input": {…}}]}]}. What `input` holds for each rule is
/// in specs/subnets.md. The result has the same shape, with `output` in place of `input`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The cases, as JSON.
    file: PathBuf,

    /// By which rule.
    #[arg(long, value_enum, default_value_t = Rule::Evidence1)]
    rule: Rule,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Rule {
    /// Ours: consensus on scores, paid for evidence.
    #[value(name = "evidence-1")]
    Evidence1,
    /// The arithmetic of subtensor 14bc6f9f (spec 425), exactly.
    #[value(name = "subtensor-425")]
    Subtensor425,
}

#[derive(Deserialize)]
struct File<Input> {
    cases: Vec<Case<Input>>,
}

#[derive(Deserialize)]
struct Case<Input> {
    name: String,
    steps: Vec<Step<Input>>,
}

#[derive(Deserialize)]
struct Step<Input> {
    #[serde(default)]
    label: String,
    input: Input,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceInput {
    emission: u64,
    #[serde(default)]
    rule: EpochRule,
    participants: Vec<Participant>,
}

/// What the text shows of an outcome.
struct Payouts {
    miners: Vec<u64>,
    validators: Vec<u64>,
    json: Value,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    match args.rule {
        Rule::Evidence1 => compute("evidence-1", args, |input: &EvidenceInput| {
            let outcome = epoch::run_epoch(&input.participants, &input.rule, input.emission)?;
            Ok(Payouts {
                json: serde_json::to_value(&outcome)?,
                miners: outcome.incentives,
                validators: outcome.dividends,
            })
        }),
        Rule::Subtensor425 => compute("subtensor-425", args, |input: &EpochInput| {
            let output = subtensor::run_epoch(input)?;
            Ok(Payouts {
                json: serde_json::to_value(&output)?,
                miners: output.server_emission,
                validators: output.validator_emission,
            })
        }),
    }
}

fn compute<Input: DeserializeOwned>(
    rule: &str,
    args: &Args,
    epoch: impl Fn(&Input) -> anyhow::Result<Payouts>,
) -> Result<Outcome> {
    let file: File<Input> = case_file::read(&args.file)?;
    let mut text = String::new();
    let mut cases = Vec::new();
    for case in &file.cases {
        let mut steps = Vec::new();
        for step in &case.steps {
            let place = format!("{} {}", case.name, step.label);
            let payouts =
                epoch(&step.input).or_bad_input(format!("{}: {place}", args.file.display()))?;
            add_table(&mut text, &place, &payouts);
            steps.push(json!({ "label": step.label, "output": payouts.json }));
        }
        cases.push(json!({ "name": case.name, "steps": steps }));
    }
    Ok(Outcome::new(
        text.trim_end(),
        json!({ "rule": rule, "cases": cases }),
    ))
}

/// Writing to a string doesn't fail.
fn add_table(text: &mut String, place: &str, payouts: &Payouts) {
    let _ = writeln!(
        text,
        "{place}\n{:>6} {:>20} {:>20}",
        "uid", "as miner", "as validator"
    );
    for (uid, (miner, validator)) in payouts.miners.iter().zip(&payouts.validators).enumerate() {
        if *miner > 0 || *validator > 0 {
            let _ = writeln!(text, "{uid:>6} {miner:>20} {validator:>20}");
        }
    }
}
