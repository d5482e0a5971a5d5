//! `lilliput verify`: check a proof with the model's key, without weights or network.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::anyhow;
use lilliput_types::{Address, ChainId, JobId};
use lilliput_verifier::{Context, Proof, Verified, VerifyingKey, verify};
use serde_json::json;

use crate::commands::prove::milliseconds;
use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;
use crate::{files, numbers};

/// Check a proof; needs the model's key, no weights and no network.
///
/// With --input and --output it also compares them with what was proven. Exit code 3: the key, the
/// proof or the comparison doesn't hold. A proof that was made for a job holds for that job alone:
/// name it with --chain, --job and --provider.
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

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let bytes = files::read(&args.proof, files::PROOF_BYTES_MAX)?;
    check(args, &bytes).map_err(|failure| failure.fact("valid", false))
}

fn check(args: &Args, bytes: &[u8]) -> Result<Outcome> {
    let key = files::key(&args.key)?;
    let started = Instant::now();
    let context = format!("the proof {} is refused", args.proof.display());
    let proof = Proof::decode(bytes).or_rejected(&context)?;
    let verified = verify(&key, &args.context(), &proof).or_rejected(&context)?;
    let verify_ms = milliseconds(started);
    compare(args, &key, &verified)?;
    let output = numbers::output(key.graph(), &verified.outputs);
    let (model, input_commitment, output_digest) = (
        hex::encode(key.model_id().0),
        hex::encode(verified.input_commitment.0),
        hex::encode(verified.output_digest.0),
    );
    let bits = verified.security.bits;
    let text = format!(
        "valid: checked in {verify_ms:.1} ms, {bits:.1} bits of security\n\
         model   {model}\ninput   {input_commitment}\noutput  {output_digest}\n\
         output  {output:?}"
    );
    Ok(Outcome::new(
        text,
        json!({
            "valid": true,
            "verify_ms": verify_ms,
            "security_bits": bits,
            "output": output,
            "model": model,
            "input_commitment": input_commitment,
            "output_digest": output_digest,
            "proof_bytes": bytes.len(),
        }),
    ))
}

/// Compares what was proven with what the user expects.
fn compare(args: &Args, key: &VerifyingKey, verified: &Verified) -> Result<()> {
    let graph = key.graph();
    if let Some(path) = &args.input {
        let sample = numbers::read_input(path, graph)?;
        let integers = numbers::quantize(graph, &sample)?;
        let same = integers.iter().zip(&verified.inputs).all(|(left, right)| {
            left.iter()
                .map(|&value| i64::from(value))
                .eq(right.iter().copied())
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
        if let Some(difference) = numbers::output_difference(graph, &verified.outputs, &expected) {
            return Err(Failure::rejected(anyhow!(
                "the proof shows another output than {}: {difference}",
                path.display()
            )));
        }
    }
    Ok(())
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
