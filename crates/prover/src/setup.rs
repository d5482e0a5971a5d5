//! Keys: the weights' commitment, their range proof, the verifying key.

use lilliput_graph::exec::check_weights;
use lilliput_graph::{Checked, ExecError, Weights};
use lilliput_verifier::codec::Writer;
use lilliput_verifier::key::{encode_key, range_claims, range_transcript};
use lilliput_verifier::layers::Unprovable;
use lilliput_verifier::layout::{Layout, Polynomial};
use lilliput_verifier::pcs::OpeningError;
use lilliput_verifier::{KeyError, VerifyingKey};

use crate::layers::{Backend, Fast};
use crate::logup::{OutOfTable, SegmentValues, Witness, count};
use crate::pcs::Commitment;
use crate::settle::settle;
use crate::witness::cells;

#[cfg(test)]
mod tests;

/// Why no keys are made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Weights that aren't the graph's.
    #[error(transparent)]
    Weights(#[from] ExecError),
    /// A graph that can't be proven.
    #[error("the model can't be proven: {0}")]
    Unprovable(#[from] Unprovable),
    /// A weight outside of its range.
    #[error(transparent)]
    Range(#[from] OutOfTable),
    /// A commitment of an unsupported size.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// The key is refused by its own check.
    #[error("the key made doesn't hold: {0}")]
    Key(#[from] KeyError),
    /// The model behind a key has other weights.
    #[error("these weights are not the ones that the key commits to")]
    OtherWeights,
}

/// What a prover keeps of a model.
#[derive(Clone, Debug)]
pub struct ProvingKey {
    pub(crate) verifying: VerifyingKey,
    pub(crate) weights: Weights,
    pub(crate) commitment: Option<Commitment>,
}

impl ProvingKey {
    /// Puts a proving key together from a model's verifying key and weights: commits again, makes no range
    /// proof.
    ///
    /// # Errors
    ///
    /// [`SetupError::OtherWeights`] when the commitment isn't the key's.
    pub fn rebuild(verifying: VerifyingKey, weights: Weights) -> Result<Self, SetupError> {
        check_weights(verifying.graph(), &weights)?;
        let commitment = match &verifying.layout().weights {
            Some(polynomial) => Some(commit(polynomial, &weights)?.0),
            None => None,
        };
        if commitment.as_ref().map(Commitment::root).as_ref() != verifying.weights() {
            return Err(SetupError::OtherWeights);
        }
        Ok(Self {
            verifying,
            weights,
            commitment,
        })
    }

    /// The key for those who check.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }
}

/// Commits to a model's weights and shows that they are in range.
///
/// # Errors
///
/// [`SetupError`].
pub fn setup(graph: &Checked, weights: Weights) -> Result<(ProvingKey, VerifyingKey), SetupError> {
    check_weights(graph.graph(), &weights)?;
    let layout = Layout::new(graph)?;
    let graph_bytes = graph.graph().encode();
    let (commitment, bytes) = match &layout.weights {
        Some(polynomial) => {
            let (commitment, multiplicities) = commit(polynomial, &weights)?;
            let argument = range_argument(
                polynomial,
                &weights,
                &multiplicities,
                &commitment,
                &graph_bytes,
            )?;
            let bytes = encode_key(&graph_bytes, Some((&commitment.root(), &argument)));
            (Some(commitment), bytes)
        }
        None => (None, encode_key(&graph_bytes, None)),
    };
    let verifying = VerifyingKey::decode(&bytes)?;
    let proving = ProvingKey {
        verifying: verifying.clone(),
        weights,
        commitment,
    };
    Ok((proving, verifying))
}

fn segments(weights: &Weights) -> Vec<SegmentValues<'_>> {
    let tensors = weights.0.iter();
    tensors
        .map(|tensor| SegmentValues {
            values: &tensor.values,
            results: None,
        })
        .collect()
}

fn commit(
    polynomial: &Polynomial,
    weights: &Weights,
) -> Result<(Commitment, Vec<Vec<u32>>), SetupError> {
    let segments = segments(weights);
    let multiplicities = count(&polynomial.lookups, &segments)?;
    let values: Vec<&[i64]> = segments.iter().map(|segment| segment.values).collect();
    let cells = cells(polynomial, &values, &multiplicities);
    Ok((Commitment::new(cells)?, multiplicities))
}

fn range_argument(
    polynomial: &Polynomial,
    weights: &Weights,
    multiplicities: &[Vec<u32>],
    commitment: &Commitment,
    graph_bytes: &[u8],
) -> Result<Vec<u8>, SetupError> {
    let mut transcript = range_transcript(graph_bytes, &commitment.root());
    let mut writer = Writer::new();
    let witness = Witness {
        segments: &segments(weights),
        multiplicities,
    };
    let (lookups, claims) = Fast::lookups(&polynomial.lookups, &witness, &mut transcript);
    lookups.encode(&mut writer);
    let claims = range_claims(polynomial, &claims);
    settle::<Fast>(commitment, &claims, &mut writer, &mut transcript)?;
    Ok(writer.finish())
}
