//! `lilliput verify`: check a proof with the model's key, without weights or network.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::anyhow;
use lilliput_graph::{Checked, Graph};
use lilliput_types::{Address, ChainId, JobId};
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::{Context, Proof, Subject, Task, Verified, VerifyingKey, verify};
use serde_json::{Value, json};

use crate::commands::prove::{listed, milliseconds, names};
use crate::failure::{Failure, OrExit, Result};
use crate::opening::Opening;
use crate::outcome::Outcome;
use crate::samples::{self, Samples};
use crate::session::Session;
use crate::{account, files, numbers};

/// Check a proof; needs the model's key, no weights and no network.
///
/// With --input and --output it also compares them with what was proven; where the proof hides them, this
/// needs the --opening that `prove` wrote. Exit code 3: the key, the proof or the comparison doesn't hold,
/// or can't be made. A proof that was made for a job holds for that job alone: name it with --chain, --job
/// and --provider.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model's verifying key.
    #[arg(long, value_name = "FILE.lvk")]
    key: PathBuf,

    /// The proof.
    #[arg(long, value_name = "FILE.lproof")]
    proof: PathBuf,

    /// The input it should be about: all samples of it.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,

    /// The labels that its score should be about.
    #[arg(long, value_name = "FILE", requires = "input")]
    labels: Option<PathBuf>,

    /// The output it should show: [numbers], or what `prove --json` printed.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Seeds and values of what the proof hides, as `prove` wrote them.
    #[arg(long, value_name = "FILE")]
    opening: Option<PathBuf>,

    /// The chain of the job it was made for.
    #[arg(long, requires = "job", requires = "provider")]
    chain: Option<ChainId>,

    /// The job it was made for.
    #[arg(long, requires = "chain")]
    job: Option<JobId>,

    /// The provider that made it.
    #[arg(long, requires = "chain", value_name = "ADDRESS")]
    provider: Option<Address>,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let bytes = files::read(&args.proof, files::PROOF_BYTES_MAX)?;
    check(args, &bytes, session).map_err(|failure| failure.fact("valid", false))
}

fn check(args: &Args, bytes: &[u8], session: &Session) -> Result<Outcome> {
    let key = files::key(&args.key)?;
    let opening = args.opening.as_deref().map(Opening::read).transpose()?;
    let started = Instant::now();
    let context = format!("the proof {} is refused", args.proof.display());
    let proof = Proof::decode(bytes).or_rejected(&context)?;
    let verified = verify(&key, &args.context(), &proof).or_rejected(&context)?;
    let verify_ms = milliseconds(started);
    let hidden = proof.statement.hidden();
    let subject = Subject::new(&key, verified.task, hidden).or_rejected(&context)?;
    let known = Known::new(subject.checked(), &verified, opening.as_ref())?;
    args.compare(&key, verified.task, &known, session)?;
    let said = samples::say(key.graph(), verified.task, known.outputs.as_deref());
    let facts = facts(&key, &verified, hidden)?;
    let text = format!(
        "valid: checked in {verify_ms:.1} ms, {:.1} bits of security\n\
         model   {}\ninput   {}\noutput  {}\n{}\nhidden  {}",
        verified.security.bits,
        hex::encode(key.model_id().0),
        hex::encode(verified.input_commitment.0),
        hex::encode(verified.output_digest.0),
        said.text,
        listed(&names(key.openings() > 0, hidden)),
    );
    let mut json = json!({
        "valid": true,
        "verify_ms": verify_ms,
        "proof_bytes": bytes.len(),
    });
    if let Value::Object(object) = &mut json {
        object.extend(said.fields);
    }
    if let (Value::Object(object), Value::Object(more)) = (&mut json, facts) {
        object.extend(more);
    }
    Ok(Outcome::new(text, json))
}

/// What follows from key and proof alone.
pub(crate) fn facts(key: &VerifyingKey, verified: &Verified, hidden: Hidden) -> Result<Value> {
    Ok(json!({
        "security_bits": verified.security.bits,
        "security": account::terms(&verified.security),
        "parameters": account::parameters(key, verified.task, hidden)?,
        "opening": verified.opening,
        "openings": key.openings(),
        "hidden": names(key.openings() > 0, hidden),
        "model": hex::encode(key.model_id().0),
        "input_commitment": hex::encode(verified.input_commitment.0),
        "output_digest": hex::encode(verified.output_digest.0),
    }))
}

/// Inputs and outputs, as far as they are public or opened.
struct Known {
    inputs: Option<Vec<Vec<i64>>>,
    outputs: Option<Vec<Vec<i64>>>,
}

impl Known {
    fn new(checked: &Checked, verified: &Verified, opening: Option<&Opening>) -> Result<Self> {
        let inputs = match (&verified.inputs, opening) {
            (None, Some(opening)) => opening.inputs(checked, &verified.input_commitment)?,
            (public, _) => public.clone(),
        };
        let outputs = match (&verified.outputs, opening) {
            (None, Some(opening)) => opening.outputs(checked, &verified.output_digest)?,
            (public, _) => public.clone(),
        };
        Ok(Self { inputs, outputs })
    }
}

fn compare_output(path: &Path, graph: &Graph, task: Task, known: &Known) -> Result<()> {
    let Task::Answers(samples) = task else {
        return Err(Failure::bad_input(anyhow!(
            "the proof states a score, which is no output to compare with {}",
            path.display()
        )));
    };
    let expected = numbers::read_output(path)?;
    let outputs = known.outputs.as_ref();
    let outputs = outputs.ok_or_else(|| unconfirmed("output", path))?;
    let answers = samples::by_sample(samples, outputs);
    let each = expected.len() / answers.len().max(1);
    let whole = expected.len() == each * answers.len();
    let mut pairs = answers.iter().zip(expected.chunks(each.max(1)));
    let difference = pairs.find_map(|(answer, expected)| {
        let difference = numbers::output_difference(graph, answer, expected);
        difference.filter(|_| whole)
    });
    let count = (!whole).then(|| format!("{} numbers for {samples} answers", expected.len()));
    match count.or(difference) {
        None => Ok(()),
        Some(difference) => Err(Failure::rejected(anyhow!(
            "the proof shows another output than {}: {difference}",
            path.display()
        ))),
    }
}

/// The proof holds, and says nothing about what was to be compared.
fn unconfirmed(what: &str, path: &Path) -> Failure {
    Failure::rejected(anyhow!(
        "unconfirmed: the proof holds, but hides its {what}, so nobody can tell from it whether {} is it",
        path.display()
    ))
    .fact("unconfirmed", what)
    .hint("give the file that `prove` wrote beside the proof with --opening FILE")
}

impl Args {
    /// Compares what was proven with what the user expects.
    fn compare(
        &self,
        key: &VerifyingKey,
        task: Task,
        known: &Known,
        session: &Session,
    ) -> Result<()> {
        if let Some(path) = &self.input {
            self.compare_input(path, key.graph(), task, known, session)?;
        }
        match &self.output {
            Some(path) => compare_output(path, key.graph(), task, known),
            None => Ok(()),
        }
    }

    fn compare_input(
        &self,
        path: &Path,
        graph: &Graph,
        task: Task,
        known: &Known,
        session: &Session,
    ) -> Result<()> {
        let expected = Samples::read(path, self.labels.as_deref(), graph, false, session)?;
        let inputs = known.inputs.as_ref();
        let inputs = inputs.ok_or_else(|| unconfirmed("input", path))?;
        let ports = expected.ports();
        let same = |(left, right): (&Vec<i32>, &Vec<i64>)| {
            let left = left.iter().map(|&value| i64::from(value));
            left.eq(right.iter().copied())
        };
        if expected.task() != task || !ports.iter().zip(inputs).all(same) {
            return Err(Failure::rejected(anyhow!(
                "the proof is about another input than {}",
                path.display()
            )));
        }
        Ok(())
    }

    fn context(&self) -> Context {
        match (self.chain, self.job, self.provider) {
            (Some(chain), Some(job), Some(provider)) => Context {
                chain: *chain.as_bytes(),
                job: *job.as_bytes(),
                provider: *provider.as_bytes(),
            },
            _ => Context::OFFLINE,
        }
    }
}
