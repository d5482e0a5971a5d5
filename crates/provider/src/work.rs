//! One job, from order to answer.

use std::time::{Duration, Instant};

use lilliput_client::{JobInput, Sender};
use lilliput_crypto::random_bytes;
use lilliput_graph::{Graph, Tensor};
use lilliput_prover::{Request, prove};
use lilliput_types::job::{Accept, Answer, Job, JobMessage};
use lilliput_types::{Blob, BlobId, Message};
use lilliput_verifier::{Context, InputCommitment, Proof};

use crate::error::ProviderError;
use crate::shop::Served;

/// A proof takes at most this many times what the last one took, or so we assume.
const HASTE: u32 = 2;

/// An answer that the ledger has taken.
pub(crate) struct Answered {
    pub(crate) proof_bytes: usize,
    pub(crate) prove: Duration,
}

/// Fetches a job's input and checks it; none if it hasn't come yet.
pub(crate) fn input(
    sender: &Sender,
    job: &Job,
    served: &Served,
) -> Result<Option<(JobInput, Vec<Tensor>)>, ProviderError> {
    let input = match sender
        .client()
        .input(sender.secret(), sender.chain(), job.id)
    {
        Ok(input) => input,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let checked = served.checked();
    let tensors = tensors(checked.graph(), &input.inputs)?;
    let commitment = InputCommitment::new(&input.salt, &input.inputs, checked)
        .map_err(|error| ProviderError::Input(error.to_string()))?;
    if commitment.0 != *job.input.as_bytes() {
        return Err(ProviderError::Input(
            "it isn't the one that the order commits to".to_owned(),
        ));
    }
    Ok(Some((input, tensors)))
}

/// The model's inputs, each of the right length and in range.
fn tensors(graph: &Graph, inputs: &[Vec<i32>]) -> Result<Vec<Tensor>, ProviderError> {
    if inputs.len() != graph.inputs.len() {
        return Err(ProviderError::Input(format!(
            "the model takes {} inputs, the buyer sent {}",
            graph.inputs.len(),
            inputs.len()
        )));
    }
    let mut tensors = Vec::new();
    for (spec, integers) in graph.inputs.iter().zip(inputs) {
        let values: Vec<i64> = integers.iter().map(|&value| i64::from(value)).collect();
        if let Some(at) = values.iter().position(|&value| !spec.range.contains(value)) {
            return Err(ProviderError::Input(format!(
                "value {at} of {:?} is out of range",
                spec.name
            )));
        }
        let tensor = Tensor::new(spec.shape.clone(), values)
            .ok_or_else(|| ProviderError::Input(format!("{:?} is of another length", spec.name)))?;
        tensors.push(tensor);
    }
    Ok(tensors)
}

/// Whether the model is known to be quick enough for the job.
pub(crate) fn has_time(job: &Job, served: &Served) -> bool {
    let within = Duration::from_millis(job.answer_within_ms.0);
    served.last.is_none_or(|last| last * HASTE < within)
}

/// Says "I have the model and the input", which locks the bond and starts the deadline.
pub(crate) fn accept(sender: &Sender, job: &Job) -> Result<(), ProviderError> {
    let accept = Accept { job: job.id };
    sender.send(vec![Message::Job(JobMessage::Accept(accept))], Vec::new())?;
    Ok(())
}

/// Runs, proves and answers.
pub(crate) fn answer(
    sender: &Sender,
    job: &Job,
    served: &Served,
    (input, tensors): &(JobInput, Vec<Tensor>),
) -> Result<Answered, ProviderError> {
    let context = Context {
        chain: *sender.chain().as_bytes(),
        job: *job.id.as_bytes(),
        provider: *sender.address().as_bytes(),
    };
    let begin = Instant::now();
    let (copy, opening) = served.opening()?;
    let request = Request {
        input_seed: input.salt,
        ..Request::new(context, opening, &random_bytes()?)
    };
    let proof = prove(&copy.key, &request, tensors)?;
    let took = begin.elapsed();
    let bytes = Proof::encode(&proof);
    let proof_bytes = bytes.len();
    let blob = Blob::new(bytes)?;
    let answer = Answer {
        job: job.id,
        proof: BlobId::of(blob.as_bytes()),
        key: copy.id,
    };
    sender.send(vec![Message::Job(JobMessage::Answer(answer))], vec![blob])?;
    Ok(Answered {
        proof_bytes,
        prove: took,
    })
}
