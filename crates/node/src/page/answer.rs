//! What a job's proof says, checked once more for the page, and the job's life so far.

use std::io::Cursor;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lilliput_import::dequantize;
use lilliput_types::job::{Job, JobState, RefundReason};
use lilliput_types::registry::Model;
use lilliput_types::{Height, TimeMs};
use lilliput_verifier::{Context, Proof, Verified, verify};

use super::buy::PIXELS;
use super::job::{Answer, Step, StepState};
use crate::error::NodeError;
use crate::node::Node;

/// Checks the proof of a paid job and reads the answer from it.
pub(super) fn answer(node: &Node, job: &Job, model: &Model) -> Result<Option<Answer>, NodeError> {
    let (JobState::Paid, Some(proof_id), Some(provider)) = (job.state, job.proof, job.provider)
    else {
        return Ok(None);
    };
    let bytes = node.blob(proof_id)?;
    let key = node.key(job.key_blob(model))?;
    let context = Context {
        chain: *node.chain().as_bytes(),
        job: *job.id.as_bytes(),
        provider: *provider.as_bytes(),
    };
    let begin = Instant::now();
    let broken = |error: String| NodeError::BadRequest(format!("the stored proof: {error}"));
    let proof = Proof::decode(&bytes).map_err(|error| broken(error.to_string()))?;
    let verified = verify(&key, &context, &proof).map_err(|error| broken(error.to_string()))?;
    let verify_ms = begin.elapsed().as_secs_f64() * 1000.0;
    let outputs = verified.outputs.as_deref().unwrap_or_default();
    let output = match (key.graph().outputs.first(), outputs.first()) {
        (Some(output), Some(integers)) => dequantize(output, integers),
        _ => Vec::new(),
    };
    Ok(Some(Answer {
        output,
        picture: picture(&verified, key.graph().inputs.first()),
        proof_bytes: bytes.len(),
        verify_ms,
        security_bits: verified.security.bits,
    }))
}

/// The input as a PNG in a data URL, where it is a drawing.
fn picture(verified: &Verified, input: Option<&lilliput_graph::Input>) -> Option<String> {
    let [integers] = verified.inputs.as_deref()? else {
        return None;
    };
    let range = input?.range;
    let span = u64::try_from(range.hi.checked_sub(range.lo)?).ok()?.max(1);
    if integers.len() != PIXELS {
        return None;
    }
    let greys: Vec<u8> = integers
        .iter()
        .map(|value| {
            let above = u64::try_from(value.saturating_sub(range.lo)).unwrap_or(0);
            u8::try_from(above.min(span).saturating_mul(255) / span).unwrap_or(255)
        })
        .collect();
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = png::Encoder::new(&mut bytes, 28, 28);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&greys).ok()?;
    writer.finish().ok()?;
    let encoded = STANDARD.encode(bytes.into_inner());
    Some(format!("data:image/png;base64,{encoded}"))
}

/// The moments of a job's life, those to come included.
pub(super) fn steps(node: &Node, job: &Job) -> Result<Vec<Step>, NodeError> {
    let time = |height: Option<Height>| -> Result<Option<TimeMs>, NodeError> {
        height
            .map(|height| Ok(node.block(height)?.header.header.time))
            .transpose()
    };
    let ordered = time(Some(job.ordered_at))?.unwrap_or_default();
    let step = |what: &str, height: Option<Height>, state| -> Result<Step, NodeError> {
        let after = time(height)?.map(|time| time.0.saturating_sub(ordered.0));
        Ok(Step {
            what: what.to_owned(),
            state,
            after_ms: after,
            height: height.map(|height| height.0),
        })
    };
    let state = |height: Option<Height>| match height {
        Some(_) => StepState::Done,
        None => StepState::Waiting,
    };
    let mut steps = vec![
        step(
            "Ordered, money in escrow",
            Some(job.ordered_at),
            StepState::Done,
        )?,
        step(
            "Accepted by a provider, bond locked",
            job.accepted_at,
            state(job.accepted_at),
        )?,
    ];
    match job.refund_reason {
        None => {
            let done = state(job.closed_at);
            steps.push(step(
                "Answered: model run, run proven",
                job.closed_at,
                done,
            )?);
            steps.push(step("Proof checked by the ledger", job.closed_at, done)?);
            steps.push(step("Everyone paid, bond returned", job.closed_at, done)?);
        }
        Some(reason) => {
            let what = match reason {
                RefundReason::NotAccepted => "No provider accepted in time",
                RefundReason::AnswerLate => "No answer in time, bond lost",
                RefundReason::ProofRefused => "Proof refused, bond lost",
            };
            steps.push(step(what, job.closed_at, StepState::Failed)?);
            steps.push(step(
                "Buyer refunded in full",
                job.closed_at,
                StepState::Done,
            )?);
        }
    }
    if job.accepted_at.is_none() && job.state == JobState::Refunded {
        steps.retain(|step| step.state != StepState::Waiting);
    }
    Ok(steps)
}
