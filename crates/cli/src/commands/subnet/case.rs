//! `lilliput subnet case`: an epoch of the ledger as a file that `lilliput subnet epoch` computes again.

use anyhow::anyhow;
use lilliput_modules::subnet::replay;
use lilliput_types::subnet::{EpochInput, Rule};
use lilliput_types::{Amount, SubnetEpoch, SubnetId};
use serde_json::{Value, json};

use crate::failure::{Failure, OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// Print what an epoch of the ledger was computed from, as a file for `lilliput subnet epoch`.
///
/// `lilliput subnet epoch FILE --rule RULE` then computes who got what; under `evidence-1` that is all, under
/// `subtensor-425` what the owner kept went off before, and what the uid that burns got was burned.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The subnet.
    subnet: SubnetId,

    /// An epoch that has settled.
    epoch: SubnetEpoch,

    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let detail = args.node.client()?.subnet_epoch(args.subnet, args.epoch)?;
    if detail.input.digest() != detail.record.input {
        return Err(Failure::rejected(anyhow!(
            "the epoch's input has another hash than its record"
        )));
    }
    let input = input_of_rule(&detail.input)?;
    let case = json!({
        "rule": detail.input.rule.name(),
        "cases": [{
            "name": format!("subnet {}", args.subnet),
            "steps": [{ "label": format!("epoch {}", args.epoch), "input": input }],
        }],
    });
    Ok(Outcome::new(serde_json::to_string_pretty(&case)?, case))
}

fn input_of_rule(input: &EpochInput) -> Result<Value> {
    Ok(match &input.rule {
        Rule::Evidence1 => json!({
            "emission": whole(input.emission)?,
            "rule": replay::rule(&input.settings),
            "participants": replay::participants(&input.seats),
        }),
        Rule::Subtensor425(rule) => {
            let input = replay::subtensor_input(input, rule);
            serde_json::to_value(input.or_rejected("the epoch can't be replayed")?)?
        }
    })
}

fn whole(amount: Amount) -> Result<u64> {
    u64::try_from(amount.0).or_rejected("the emission is above 2^64")
}
