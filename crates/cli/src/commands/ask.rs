//! `lilliput ask`: buy an answer.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::anyhow;
use lilliput_graph::Graph;
use lilliput_types::job::JobState;
use lilliput_types::{Address, Amount, DurationMs, ModelId};

use crate::buyer::{self, Terms};
use crate::commands::prove::milliseconds;
use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::{files, numbers, receipt};

/// Buy an answer: order it, wait, check its proof, show who was paid.
///
/// The input goes to the provider; the ledger keeps a hiding commitment to it, and after the answer the
/// proof, which shows the output and hides the input.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What the question is about: a PNG picture of the size that the model takes, or numbers
    /// ({"input_data": [[numbers], …]}, .npy or .npz).
    file: PathBuf,

    /// The model's id [default: the only model on the ledger].
    #[arg(long, value_name = "ID")]
    model: Option<ModelId>,

    /// Only this provider [default: the cheapest].
    #[arg(long, value_name = "ADDRESS")]
    provider: Option<Address>,

    /// The most to pay in all, in the smallest unit [default: the price asked].
    #[arg(long, value_name = "AMOUNT")]
    price_max: Option<Amount>,

    /// How long providers may take to accept, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    accept_within_ms: u64,

    /// How long the provider may take to answer, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 60_000)]
    answer_within_ms: u64,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// The numbers of a file: a picture, unless its name says otherwise.
fn sample(path: &Path, graph: &Graph) -> Result<Vec<Vec<f64>>> {
    let end = path.extension().unwrap_or_default().to_string_lossy();
    if matches!(&*end, "json" | "npy" | "npz") {
        return numbers::read_input(path, graph);
    }
    let bytes = files::read(path, files::IMAGE_BYTES_MAX)?;
    numbers::read_image(&bytes, &path.display().to_string(), graph)
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let terms = Terms {
        provider: args.provider,
        price_max: args.price_max,
        accept_within_ms: DurationMs(args.accept_within_ms),
        answer_within_ms: DurationMs(args.answer_within_ms),
    };
    let sender = args.signer.sender(session, &args.node)?;
    let client = sender.client();
    let started = Instant::now();
    let model = match args.model {
        Some(model) => model,
        None => only_model(client)?,
    };
    let progress = session.progress("looking up the price");
    let quote = buyer::quote(client, model, &terms)?;
    let sample = sample(&args.file, quote.key.graph())?;
    progress.now("ordering");
    let ordered = buyer::order(&sender, &quote, &terms, &sample, session)?;
    progress.now("waiting for the answer and its proof");
    let job = buyer::wait(client, ordered.job, &terms)?;
    if job.state == JobState::Refunded {
        let reason = job.refund_reason.map(|reason| format!("{reason:?}"));
        let failure = Failure::failed(anyhow!(
            "no answer: {}; {} came back",
            reason.unwrap_or_default(),
            receipt::money(job.escrow, job.asset)
        ));
        return Err(failure
            .fact("job", serde_json::to_value(&job)?)
            .hint(format!("see `lilliput explain {}`", job.id)));
    }
    progress.now("checking the proof");
    let checked = buyer::check(client, &quote.key, &job)?;
    let total_ms = milliseconds(started);
    drop(progress);
    let mut json = receipt::to_json(&job, Some(&checked));
    json["total_ms"] = total_ms.into();
    let mut text = vec![
        format!(
            "answer    {} {:?}",
            numbers::label(&checked.output),
            checked.output
        ),
        format!("job       {} ({})", job.id, receipt::state(&job)),
        format!(
            "proof     {} bytes, checked here in {:.1} ms, {:.1} bits of security",
            checked.proof_bytes, checked.verify_ms, checked.security.bits
        ),
        format!("time      {total_ms:.0} ms from question to receipt"),
    ];
    text.extend(receipt::lines(&job, &[(sender.address(), "buyer")]));
    Ok(Outcome::new(text.join("\n"), json))
}

fn only_model(client: &lilliput_client::Client) -> Result<ModelId> {
    let models = client.models(None)?.items;
    match &models[..] {
        [model] => Ok(model.id),
        [] => Err(Failure::failed(anyhow!("no models are published"))),
        _ => Err(
            Failure::bad_input(anyhow!("{} models are published", models.len()))
                .hint("choose one with --model ID; `lilliput model list` shows them"),
        ),
    }
}
