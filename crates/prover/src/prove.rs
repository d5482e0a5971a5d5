//! A proof of one run, step by step as in `specs/proof.md`, section 4.

use lilliput_graph::{ExecError, Tensor, Trace, execute};
use lilliput_verifier::codec::Writer;
use lilliput_verifier::field::F;
use lilliput_verifier::layers::{Claims, LayerError, Walk};
use lilliput_verifier::pcs::OpeningError;
use lilliput_verifier::verify::{claim_lookups, claim_outputs, weight_claims, witness_claims};
use lilliput_verifier::{Context, Proof, Statement};

use crate::layers::{Backend, Fast, Proving, Values};
use crate::logup::{OutOfTable, Witness};
use crate::pcs::Commitment;
use crate::settle::settle;
use crate::setup::ProvingKey;
use crate::witness::{LookedUp, cells};

#[cfg(test)]
mod tests;

/// Why no proof is made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// Inputs that aren't the model's.
    #[error(transparent)]
    Run(#[from] ExecError),
    /// A value without an entry in its table; the executor makes none.
    #[error(transparent)]
    Lookup(#[from] OutOfTable),
    /// A step doesn't hold: a challenge hit one of the values for which there is no proof, or the prover has a fault.
    #[error(transparent)]
    Layers(#[from] LayerError),
    /// A commitment of an unsupported size.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// A value beyond 32 bits; the executor makes none.
    #[error("a value of an input or output has more than 32 bits")]
    Wide,
}

/// Runs the model on the inputs and proves the output, for one context. The salt keeps the input commitment from
/// showing the inputs.
///
/// # Errors
///
/// [`ProveError`].
pub fn prove(
    key: &ProvingKey,
    context: &Context,
    salt: [u8; 32],
    inputs: &[Tensor],
) -> Result<Proof, ProveError> {
    prove_with::<Fast>(key, context, salt, inputs)
}

/// The same, with any backend.
pub(crate) fn prove_with<B: Backend>(
    key: &ProvingKey,
    context: &Context,
    salt: [u8; 32],
    inputs: &[Tensor],
) -> Result<Proof, ProveError> {
    let trace = execute(key.verifying.checked(), &key.weights, inputs)?;
    let run = Run::new(key, &trace)?;
    let statement = Statement {
        context: *context,
        salt,
        inputs: ports(inputs.iter())?,
        outputs: ports(trace.outputs())?,
    };
    argue::<B>(key, statement, run)
}

/// All values of a run, and what it commits to.
struct Run<'a> {
    trace: &'a Trace<'a>,
    witness: Option<Cells<'a>>,
}

/// What is looked up, and the polynomial that binds it.
struct Cells<'a> {
    looked_up: LookedUp<'a>,
    cells: Vec<F>,
}

impl<'a> Run<'a> {
    fn new(key: &ProvingKey, trace: &'a Trace<'a>) -> Result<Self, OutOfTable> {
        let layout = key.verifying.layout();
        let witness = layout.witness.as_ref().map(|polynomial| {
            let looked_up = LookedUp::new(polynomial, &layout.lookup_nodes, trace)?;
            let cells = cells(
                polynomial,
                &looked_up.committed(),
                &looked_up.multiplicities,
            );
            Ok(Cells { looked_up, cells })
        });
        Ok(Self {
            trace,
            witness: witness.transpose()?,
        })
    }
}

/// Proves a statement from the values of a run.
fn argue<B: Backend>(
    key: &ProvingKey,
    statement: Statement,
    run: Run<'_>,
) -> Result<Proof, ProveError> {
    let (checked, layout) = (key.verifying.checked(), key.verifying.layout());
    let mut transcript = statement.transcript(&key.verifying.model_id());
    let mut writer = Writer::new();
    let mut claims = Claims::new(checked.graph().tensors());

    let witness = match layout.witness.as_ref().zip(run.witness) {
        Some((polynomial, Cells { looked_up, cells })) => {
            let commitment = Commitment::new(cells)?;
            writer.bytes(&commitment.root().0);
            commitment.root().absorb("witness", &mut transcript);
            let witness = Witness {
                segments: &looked_up.segments(),
                multiplicities: &looked_up.multiplicities,
            };
            let (lookups, left) = B::lookups(&polynomial.lookups, &witness, &mut transcript);
            lookups.encode(&mut writer);
            claim_lookups(&layout.lookup_nodes, &left, checked, &mut claims)?;
            Some((polynomial, commitment, left))
        }
        None => None,
    };
    claim_outputs(&statement, checked, &mut transcript, &mut claims)?;
    let values = Values {
        checked,
        trace: run.trace,
    };
    let mut side = Proving::<B>::new(values, &mut writer, &mut transcript);
    Walk::run(checked, &mut claims, &mut side)?;
    if let Some((polynomial, commitment, lookups)) = &witness {
        let claims = witness_claims(polynomial, layout, lookups, &mut claims);
        settle::<B>(commitment, &claims, &mut writer, &mut transcript)?;
    }
    if let (Some(polynomial), Some(commitment)) = (&layout.weights, &key.commitment) {
        let claims = weight_claims(polynomial, checked, &mut claims);
        settle::<B>(commitment, &claims, &mut writer, &mut transcript)?;
    }
    Ok(Proof {
        statement,
        argument: writer.finish(),
    })
}

fn ports<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> Result<Vec<Vec<i32>>, ProveError> {
    let port = |tensor: &Tensor| {
        let values = tensor.values.iter();
        values
            .map(|&value| i32::try_from(value).map_err(|_| ProveError::Wide))
            .collect()
    };
    tensors.map(port).collect()
}
