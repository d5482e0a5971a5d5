//! The check of a proof, step by step as in `specs/proof.md`, section 4.

use thiserror::Error;

use crate::argument::{ArgumentError, Parts, argue};
use crate::codec::CodecError;
use crate::key::VerifyingKey;
use crate::pcs::{OpeningError, settle};
use crate::proof::Proof;
use crate::receiver::Receiver;
use crate::security::{Security, account};
use crate::statement::{Context, InputCommitment, OutputDigest, Port, StatementError, port_values};
use crate::subject::{Subject, SubjectError, Task};

/// What a proof that holds has shown.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Which of the openings that keep the weights hidden was used.
    pub opening: u32,
    /// What was done with the model.
    pub task: Task,
    /// The inputs' integers; none if they are hidden.
    pub inputs: Option<Vec<Vec<i64>>>,
    /// The outputs' integers; none if they are hidden.
    pub outputs: Option<Vec<Vec<i64>>>,
    /// Names the inputs.
    pub input_commitment: InputCommitment,
    /// Names the outputs.
    pub output_digest: OutputDigest,
    /// How sure it is.
    pub security: Security,
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Rejection {
    /// It was made for another job, provider or chain.
    #[error("the proof was made for another context")]
    Context,
    /// The statement doesn't fit the model.
    #[error("the statement doesn't fit the model: {0}")]
    Statement(#[from] StatementError),
    /// No such statement can be proven of the model.
    #[error("the statement can't be proven: {0}")]
    Subject(#[from] SubjectError),
    /// The messages can't be read, or a step can't follow from them.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The messages don't fit what is committed.
    #[error("the argument doesn't hold: {0}")]
    Opening(#[from] OpeningError),
    /// The parameters give fewer than [`crate::security::SECURITY_BITS_MIN`] bits for what is stated.
    #[error(
        "a proof of this statement gives too few bits of security: prove fewer samples at once"
    )]
    Security,
    /// Bytes behind the end.
    #[error("the argument can't be read: {0}")]
    Malformed(#[from] CodecError),
}

/// Checks that the model behind `key` gives the stated output on the stated input, for `context`.
///
/// # Errors
///
/// [`Rejection`] says which step fails.
pub fn verify(key: &VerifyingKey, context: &Context, proof: &Proof) -> Result<Verified, Rejection> {
    let statement = &proof.statement;
    if statement.context != *context {
        return Err(Rejection::Context);
    }
    let subject = Subject::new(key, statement.task, statement.hidden())?;
    let (checked, layout) = (subject.checked(), subject.layout());
    statement.check(checked, key.openings())?;
    let transcript = statement.transcript(&key.model_id());
    let mut receiver = Receiver::new(&proof.argument, transcript);
    let parts = Parts {
        checked,
        layout,
        weights: key.weights(),
        inputs: &statement.inputs,
        outputs: &statement.outputs,
    };
    let (masks, oracles) = argue(&parts, &mut receiver)?;
    settle(&masks, &oracles, &mut receiver)?;
    let counts = receiver.counts();
    receiver.finish()?;
    let security = account(layout, checked, key.weights(), &counts);
    if !security.suffices() {
        return Err(Rejection::Security);
    }
    Ok(Verified {
        opening: statement.opening,
        task: statement.task,
        inputs: statement.inputs.public().map(port_values),
        outputs: statement.outputs.public().map(port_values),
        input_commitment: match &statement.inputs {
            Port::Public(values) => InputCommitment::new(&statement.seed, values, checked)?,
            Port::Hidden(root) => InputCommitment(root.0),
        },
        output_digest: match &statement.outputs {
            Port::Public(values) => OutputDigest::new(values),
            Port::Hidden(root) => OutputDigest(root.0),
        },
        security,
    })
}
