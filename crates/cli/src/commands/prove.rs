//! `lilliput prove`: run a model and prove the run, without any network.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::anyhow;
use clap::ValueEnum;
use lilliput_crypto::random_bytes;
use lilliput_graph::Checked;
use lilliput_graph::exec::execute;
use lilliput_prover::{ProvingKey, Request, prove_batch, prove_score};
use lilliput_provider::ModelFile;
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::{Context, Subject, Task};
use serde_json::{Value, json};

use crate::cost::Cost;
use crate::failure::{Failure, OrExit, Result};
use crate::opening::{Opening, Part};
use crate::outcome::Outcome;
use crate::samples::{self, Samples};
use crate::session::Session;
use crate::{files, memory, numbers};

/// Run a model on an input and prove the output; needs no network.
///
/// The proof hides the input unless told otherwise, and the weights if the model was imported so. Seeds
/// and values of what it hides go to a second file, the opening: whoever has it can be convinced of the
/// input. Whoever has the model's key checks the proof with `lilliput verify`.
///
/// An input of several samples is proven as a whole, at a fraction of the cost each. With --labels the
/// proof states only how many of them a classifier labels right, not the answers.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model, as `lilliput model import` wrote it.
    #[arg(long, value_name = "FILE.lmodel")]
    model: PathBuf,

    /// The input, one or more samples: {"input_data": [[numbers], …]} or a list of these, .npy or .npz.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,

    /// Prove a score: how many samples get the label that stands here, [numbers] or .npy, classes counted from 0.
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,

    /// Commit to the input with the seed of this opening, so that proofs of several models are about one
    /// commitment; it hides the input in at most 4 proofs.
    #[arg(long, value_name = "FILE.opening")]
    input_seed: Option<PathBuf>,

    /// Where to write the proof.
    #[arg(long, value_name = "FILE.lproof")]
    out: PathBuf,

    /// What the proof hides; whether weights are hidden was decided by `model import`.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "input",
        value_name = "LIST"
    )]
    hide: Vec<Hide>,

    /// Where to write seeds and values of what is hidden [default: OUT.opening].
    #[arg(long, value_name = "FILE")]
    opening: Option<PathBuf>,

    /// Refuse an input with numbers outside of the range that the model was calibrated for, rather
    /// than move them to its edge.
    #[arg(long)]
    strict: bool,

    /// Refuse to begin if the proof needs more memory than this [default: what is available].
    #[arg(long, value_name = "MIB")]
    memory_mib: Option<u64>,
}

/// What can be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Hide {
    /// The model's weights.
    Weights,
    /// The input.
    Input,
    /// The output.
    Output,
    /// Nothing.
    None,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let progress = session.progress("reading the model");
    let file = files::model(&args.model)?;
    let hidden = hidden(&args.hide, &file, session)?;
    let beside = files::key_beside(&file)?;
    let graph = file.model.graph.graph();
    let labels = args.labels.as_deref();
    let samples = Samples::read(&args.input, labels, graph, args.strict, session)?;
    let task = samples.task();
    if let Some(key) = &beside {
        memory::check(key, file.is_encoded(), task, hidden, args.memory_mib)?;
    }
    let seed = args.seed()?;
    let key = files::proving_key(&file, beside)?;
    let subject = Subject::new(key.verifying_key(), task, hidden)
        .or_bad_input("there is no such proof of this model")?;
    let tensors = samples.tensors(graph);
    progress.now(expected(subject.checked()));
    let started = Instant::now();
    let opening = file.take_opening().map_err(files::model_error)?;
    let mut request = Request::new(Context::OFFLINE, opening, &random_bytes()?);
    request.hidden = hidden;
    request.input_seed = seed.unwrap_or(request.input_seed);
    let proof = match samples.labels() {
        Some(labels) => prove_score(&key, &request, &tensors, labels),
        None => prove_batch(&key, &request, &tensors),
    };
    let proof = proof.or_failed("failed to prove")?;
    let prove_ms = milliseconds(started);
    drop(progress);
    let inputs = samples.ports();
    let output = match proof.statement.outputs.public() {
        Some(output) => output.to_vec(),
        None => outputs(subject.checked(), &file, &inputs)?,
    };
    let opened = args.opening(&key, &request, (&inputs, &output))?;
    let bytes = proof.encode();
    files::write(&args.out, &bytes)?;
    report(
        &Made {
            key: &key,
            task,
            file: &file,
            request: &request,
            prove_ms,
            bytes: bytes.len(),
            output: &output,
        },
        &args.out,
        opened.as_deref(),
    )
}

/// What goes on, and how long it is expected to take.
fn expected(checked: &Checked) -> String {
    match Cost::of(checked) {
        Ok(cost) => format!("proving, about {:.1} CPU seconds", cost.seconds),
        Err(_) => "proving".to_owned(),
    }
}

/// What is asked to be hidden, where the model can do it.
fn hidden(asked: &[Hide], file: &ModelFile, session: &Session) -> Result<Hidden> {
    let has = |what| asked.contains(&what);
    if has(Hide::None) && asked.len() > 1 {
        return Err(Failure::bad_input(anyhow!(
            "--hide none goes with nothing else"
        )));
    }
    let weights = file.model.hiding.is_some();
    if has(Hide::Weights) && !weights {
        return Err(Failure::bad_input(anyhow!(
            "nothing hides the weights of {}: that is decided when a model is imported",
            file.path().display()
        ))
        .hint("import it again with `lilliput model import --hide weights`"));
    }
    if has(Hide::None) && weights {
        session.say("note: the weights stay hidden: that was decided when the model was imported");
    }
    Ok(Hidden {
        inputs: has(Hide::Input),
        outputs: has(Hide::Output),
    })
}

/// The outputs, which a proof that hides them doesn't state.
fn outputs(checked: &Checked, file: &ModelFile, inputs: &[Vec<i32>]) -> Result<Vec<Vec<i32>>> {
    let tensors = numbers::tensors(checked.graph(), inputs);
    let trace = execute(checked, &file.model.weights, &tensors).or_failed("failed to run")?;
    let outputs = trace.outputs();
    outputs
        .map(|tensor| {
            let values = tensor.values.iter();
            values
                .map(|&value| i32::try_from(value).or_failed("an output has more than 32 bits"))
                .collect()
        })
        .collect()
}

impl Args {
    /// The seed of the opening that is named.
    fn seed(&self) -> Result<Option<[u8; 32]>> {
        let Some(path) = &self.input_seed else {
            return Ok(None);
        };
        let part = Opening::read(path)?
            .input
            .ok_or_else(|| Failure::bad_input(anyhow!("{} opens no input", path.display())))?;
        part.seed().map(Some)
    }

    /// Writes the opening, if anything is to be opened.
    fn opening(
        &self,
        key: &ProvingKey,
        request: &Request,
        (inputs, outputs): (&[Vec<i32>], &[Vec<i32>]),
    ) -> Result<Option<PathBuf>> {
        let part = |hidden: bool, seed, values: &[Vec<i32>]| {
            hidden.then(|| Part::new(seed, values.to_vec()))
        };
        let opening = Opening {
            model: hex::encode(key.verifying_key().model_id().0),
            input: part(request.hidden.inputs, &request.input_seed, inputs),
            output: part(request.hidden.outputs, &request.output_seed, outputs),
        };
        if opening.input.is_none() && opening.output.is_none() {
            return Ok(None);
        }
        let path = self.opening.clone().unwrap_or_else(|| {
            let mut name = self.out.clone().into_os_string();
            name.push(".opening");
            name.into()
        });
        opening.write(&path)?;
        Ok(Some(path))
    }
}

/// A proof that was written.
struct Made<'a> {
    key: &'a ProvingKey,
    task: Task,
    file: &'a ModelFile,
    request: &'a Request,
    prove_ms: f64,
    bytes: usize,
    output: &'a [Vec<i32>],
}

fn report(made: &Made<'_>, out: &Path, opening: Option<&Path>) -> Result<Outcome> {
    let verifying = made.key.verifying_key();
    let model = hex::encode(verifying.model_id().0);
    let said = samples::say(verifying.graph(), made.task, Some(&widen(made.output)));
    let hidden = names(made.file.model.hiding.is_some(), made.request.hidden);
    let left = made.file.openings_left().map_err(files::model_error)?;
    let left = left.map(|left| left.end - left.start);
    let mut text = format!(
        "proved in {:.0} ms: {} ({} bytes)\nmodel   {model}\n{}\nhidden  {}",
        made.prove_ms,
        out.display(),
        made.bytes,
        said.text,
        listed(&hidden),
    );
    if let Some(left) = left {
        let (number, openings) = (made.request.opening, verifying.openings());
        text.push_str(&format!(
            "\nopening {number} of {openings}, {left} left in this copy"
        ));
    }
    if let Some(path) = opening {
        text.push_str(&format!(
            "\nsecret  {}: seeds and values of what is hidden",
            path.display()
        ));
    }
    let mut json = json!({
            "prove_ms": made.prove_ms,
            "proof_bytes": made.bytes,
            "model": model,
            "proof": out,
            "hidden": hidden,
            "opening": made.request.opening,
            "openings": verifying.openings(),
            "openings_left": left,
            "opening_file": opening,
    });
    if let Value::Object(object) = &mut json {
        object.extend(said.fields);
    }
    Ok(Outcome::new(text, json))
}

/// What is hidden, by name.
pub(crate) fn names(weights: bool, hidden: Hidden) -> Vec<&'static str> {
    let all = [
        (weights, "weights"),
        (hidden.inputs, "input"),
        (hidden.outputs, "output"),
    ];
    all.into_iter()
        .filter_map(|(hidden, name)| hidden.then_some(name))
        .collect()
}

/// Names for people.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        names => names.join(", "),
    }
}

/// Milliseconds since a moment, to a thousandth.
pub(crate) fn milliseconds(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

fn widen(ports: &[Vec<i32>]) -> Vec<Vec<i64>> {
    let ports = ports.iter();
    ports
        .map(|values| values.iter().map(|&value| i64::from(value)).collect())
        .collect()
}
