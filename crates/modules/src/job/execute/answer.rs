//! Delivering the answer: the proof is checked before anyone is paid.
//!
//! A proof that is refused closes the job: the buyer is refunded and the bond is lost, out of which
//! the check is paid first. The message counts as applied, since that is a change of state. It must
//! be alone in its transaction: a later message that fails would undo the loss, and the check would
//! have been for nothing.

use lilliput_ledger::{Failure, MessageContext, State, StateReader, StoreError};
use lilliput_types::job::{Answer, Job, JobState, RefundReason};

use crate::check::{ProofCheck, ProofClaim};
use crate::job::settle::{self, Delivered};
use crate::refuse::refuse;
use crate::registry;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    checker: &dyn ProofCheck,
    message: &Answer,
) -> Result<(), Failure> {
    if context.messages != 1 {
        return refuse(
            "job.answer_not_alone",
            "an answer must be the only message of its transaction",
        );
    }
    let job = super::known(state, message.job)?;
    if job.state != JobState::Accepted {
        return refuse("job.not_accepted", "the job doesn't wait for an answer");
    }
    if job.provider != Some(context.signer) {
        return refuse("job.not_yours", "another provider has accepted the job");
    }
    super::in_time(&job, context.block.time)?;
    let Some(proof) = context.blob(message.proof) else {
        return refuse(
            "job.proof_missing",
            "the proof did not come along with the transaction",
        );
    };
    let model = registry::state::model(state, job.model)?.ok_or_else(|| missing(&job, "model"))?;
    let Some(key) = model.key_of(message.key) else {
        return refuse(
            "job.unknown_key",
            format!("model {} has no key {}", job.model, message.key),
        );
    };
    let key = state.blob(key)?.ok_or_else(|| missing(&job, "key"))?;
    let claim = ProofClaim {
        chain: context.block.chain,
        job: job.id,
        provider: context.signer,
        model: message.key,
        input: job.input,
    };
    let height = context.block.height;
    match checker.proof(&key, &claim, proof.as_bytes()) {
        Ok(output) => {
            let delivered = Delivered {
                provider: context.signer,
                proof: message.proof,
                key: message.key,
                output,
            };
            settle::pay(state, &job, &model, &delivered, height)
        }
        Err(reason) => settle::refund(state, &job, RefundReason::ProofRefused, &reason, height),
    }
}

/// Models and their keys are never removed.
fn missing(job: &Job, what: &str) -> StoreError {
    StoreError::Corrupt {
        key: format!("job {}", job.id),
        reason: format!("its {what} is missing"),
    }
}
