//! `lilliput tournament data`: a round's rows, targets and meta model as CSV.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_client::Client;
use lilliput_modules::tournament::score::{self, RoundResult};
use lilliput_types::BlobId;
use lilliput_types::tournament::blob::{Data, TARGET_ONE};
use lilliput_types::tournament::{Entry, Round, RoundId};
use serde_json::json;

use super::{check, node, table};
use crate::failure::{Failure, OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// Fetch a round's data and, once it is settled, its targets and meta model.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The round, like 1/3.
    round: RoundId,

    /// Where to write ids and features, as CSV.
    #[arg(long, value_name = "FILE.csv")]
    out: PathBuf,

    /// Where to write the targets.
    #[arg(long, value_name = "FILE.csv")]
    targets_out: Option<PathBuf>,

    /// Where to write the meta model: the stake-weighted mean of all predictions, as a rank between 0 and 1. It is computed
    /// here from the predictions.
    #[arg(long, value_name = "FILE.csv")]
    meta_out: Option<PathBuf>,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let round = client.round(args.round)?;
    let data = node::data(&client, &round)?;
    let names: Vec<String> = (0..round.features)
        .map(|feature| format!(",feature_{feature}"))
        .collect();
    let level = |level: &u16| f64::from(*level) / f64::from(u16::MAX);
    let features = data.features().iter();
    let features: Vec<Vec<f64>> = features
        .map(|feature| feature.iter().map(level).collect())
        .collect();
    table::write(
        &format!("id{}", names.concat()),
        data.ids(),
        &features,
        &args.out,
    )?;
    let mut text = format!(
        "{} rows, {} features in {}",
        round.rows,
        round.features,
        args.out.display()
    );
    if let Some(path) = &args.targets_out {
        let targets = node::targets(&client, &round, shown(&round)?)?;
        let part = |value: &u32| f64::from(*value) / f64::from(TARGET_ONE);
        let column = targets.values().iter().map(part).collect();
        table::write("id,target", data.ids(), &[column], path)?;
        text.push_str(&format!("\ntargets in {}", path.display()));
    }
    if let Some(path) = &args.meta_out {
        let result = meta_model(&client, &round, &data)?;
        let whole = 2.0 * f64::from(round.rows);
        let column = result
            .meta_ranks
            .iter()
            .map(|rank| f64::from(*rank) / whole);
        table::write("id,meta_model", data.ids(), &[column.collect()], path)?;
        text.push_str(&format!("\nmeta model in {}", path.display()));
    }
    Ok(Outcome::new(
        text,
        json!({
            "round": round,
            "data_file": args.out,
            "targets_file": args.targets_out,
            "meta_file": args.meta_out,
        }),
    ))
}

fn shown(round: &Round) -> Result<BlobId> {
    round.targets.ok_or_else(|| {
        Failure::bad_input(anyhow!("the targets of round {} aren't shown", round.id))
            .hint("they are once the round is settled")
    })
}

fn meta_model(client: &Client, round: &Round, data: &Data) -> Result<RoundResult> {
    let targets = node::targets(client, round, shown(round)?)?;
    let entries: Vec<Entry> = node::entries(client, round.id)?;
    let candidates = check::candidates(client, round, &entries)?;
    score::score(&round.terms, data, &targets, &candidates).or_failed("failed to score the round")
}
