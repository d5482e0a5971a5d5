//! `lilliput verify`: check a proof with the model's key, without weights or network.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::anyhow;
use lilliput_types::{Address, ChainId, JobId};
use lilliput_verifier::layout::Hidden;
use lilliput_verifier::{Context, Proof, Verified, VerifyingKey, verify};
use serde_json::{Value, json};

use crate::commands::prove::{listed, milliseconds, names};
use crate::failure::{Failure, OrExit, Result};
use crate::opening::Opening;
use crate::outcome::Outcome;
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

    /// The input it should be about.
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,

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
    let known = Known::new(&key, &verified, opening.as_ref())?;
    compare(args, &key, &known, session)?;
    let hidden = proof.statement.hidden();
    let output = known.outputs.as_deref();
    let output = output.map(|integers| numbers::output(key.graph(), integers));
    let facts = facts(&key, &verified, hidden)?;
    let (bits, shown) = (
        verified.security.bits,
        match &output {
            Some(output) => format!("{output:?}"),
            None => "hidden".to_owned(),
        },
    );
    let text = format!(
        "valid: checked in {verify_ms:.1} ms, {bits:.1} bits of security\n\
         model   {}\ninput   {}\noutput  {}\noutput  {shown}\nhidden  {}",
        hex::encode(key.model_id().0),
        hex::encode(verified.input_commitment.0),
        hex::encode(verified.output_digest.0),
        listed(&names(key.openings() > 0, hidden)),
    );
    let mut json = json!({
        "valid": true,
        "verify_ms": verify_ms,
        "output": output,
        "proof_bytes": bytes.len(),
    });
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
        "parameters": account::parameters(key, verified.runs, hidden)?,
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
    fn new(key: &VerifyingKey, verified: &Verified, opening: Option<&Opening>) -> Result<Self> {
        let inputs = match (&verified.inputs, opening) {
            (None, Some(opening)) => opening.inputs(key, &verified.input_commitment)?,
            (public, _) => public.clone(),
        };
        let outputs = match (&verified.outputs, opening) {
            (None, Some(opening)) => opening.outputs(key, &verified.output_digest)?,
            (public, _) => public.clone(),
        };
        Ok(Self { inputs, outputs })
    }
}

/// Compares what was proven with what the user expects.
fn compare(args: &Args, key: &VerifyingKey, known: &Known, session: &Session) -> Result<()> {
    let graph = key.graph();
    if let Some(path) = &args.input {
        let sample = numbers::read_input(path, graph)?;
        let expected = numbers::quantize(graph, &sample, false, session)?;
        let inputs = known.inputs.as_ref();
        let inputs = inputs.ok_or_else(|| unconfirmed("input", path))?;
        let same = expected.iter().zip(inputs).all(|(left, right)| {
            let left = left.iter().map(|&value| i64::from(value));
            left.eq(right.iter().copied())
        });
        if !same {
            return Err(Failure::rejected(anyhow!(
                "the proof is about another input than {}",
                path.display()
            )));
        }
    }
    if let Some(path) = &args.output {
        let expected = numbers::read_output(path)?;
        let outputs = known.outputs.as_ref();
        let outputs = outputs.ok_or_else(|| unconfirmed("output", path))?;
        if let Some(difference) = numbers::output_difference(graph, outputs, &expected) {
            return Err(Failure::rejected(anyhow!(
                "the proof shows another output than {}: {difference}",
                path.display()
            )));
        }
    }
    Ok(())
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
