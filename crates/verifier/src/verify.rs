//! The check of a proof, step by step as in `specs/proof.md`, section 4.

use thiserror::Error;

use crate::argument::{ArgumentError, Parts, argue};
use crate::codec::CodecError;
use crate::key::VerifyingKey;
use crate::layers::Unprovable;
use crate::layout::{Hidden, Layout};
use crate::pcs::{OpeningError, settle};
use crate::proof::Proof;
use crate::receiver::Receiver;
use crate::security::{Security, account};
use crate::statement::{Context, InputCommitment, OutputDigest, Port, StatementError, port_values};

/// What a proof that holds has shown.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Which of the openings that keep the weights hidden was used.
    pub opening: u32,
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
    /// The model can't be proven with what the statement hides.
    #[error("the statement can't be proven: {0}")]
    Unprovable(#[from] Unprovable),
    /// The messages can't be read, or a step can't follow from them.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The messages don't fit what is committed.
    #[error("the argument doesn't hold: {0}")]
    Opening(#[from] OpeningError),
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
    let checked = key.checked();
    statement.check(checked, key.openings())?;
    let own = layout_of(key, statement.hidden())?;
    let layout = own.as_ref().unwrap_or(key.layout());
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
    Ok(Verified {
        opening: statement.opening,
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
        security: account(layout, checked, key.weights(), &counts),
    })
}

/// The layout of statements that hide something; the key holds the other.
pub fn layout_of(key: &VerifyingKey, hidden: Hidden) -> Result<Option<Layout>, Unprovable> {
    if hidden == Hidden::default() {
        return Ok(None);
    }
    Layout::new(key.checked(), hidden).map(Some)
}
