//! A model that is ready to prove.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use lilliput_crypto::Digest;
use lilliput_graph::{Graph, Tensor, model::Model};
use lilliput_prover::{ProvingKey, prove, setup};
use lilliput_types::ModelId;
use lilliput_verifier::{Context, Proof, VerifyingKey};

use crate::error::ProviderError;

/// Longest model file.
pub const MODEL_BYTES_MAX: u64 = 1 << 30;
/// Longest key file.
const KEY_BYTES_MAX: u64 = 8 << 20;

/// A model with its proving key, and the time one proof takes here.
#[derive(Clone, Debug)]
pub struct ServedModel {
    id: ModelId,
    key: ProvingKey,
    prove_time: Duration,
}

impl ServedModel {
    /// Reads `….lmodel` and, where it lies beside it, `….lvk`; makes the key where it doesn't.
    ///
    /// # Errors
    /// When the files can't be read, are damaged, or don't belong together.
    pub fn load(path: &Path) -> Result<Self, ProviderError> {
        let bytes = read_bounded(path, MODEL_BYTES_MAX)?;
        let model = Model::decode(&bytes).map_err(|source| ProviderError::Model {
            path: path.to_owned(),
            source,
        })?;
        let key_path = path.with_extension("lvk");
        let key = if key_path.exists() {
            let bytes = read_bounded(&key_path, KEY_BYTES_MAX)?;
            let key = VerifyingKey::decode(&bytes).map_err(|source| ProviderError::Key {
                path: key_path,
                source,
            })?;
            ProvingKey::rebuild(key, model.weights)?
        } else {
            setup(&model.graph, model.weights)?.0
        };
        Self::new(key)
    }

    /// Takes a proving key, and proves once to see how long that takes.
    ///
    /// # Errors
    /// When the model can't be proven.
    pub fn new(key: ProvingKey) -> Result<Self, ProviderError> {
        let verifying = key.verifying_key();
        let id = ModelId(Digest(verifying.model_id().0));
        let inputs = trial_inputs(verifying.graph());
        let started = Instant::now();
        prove(&key, &Context::OFFLINE, [0; 32], &inputs)?;
        Ok(Self {
            id,
            key,
            prove_time: started.elapsed(),
        })
    }

    /// The model's id.
    #[must_use]
    pub const fn id(&self) -> ModelId {
        self.id
    }

    /// What checks its proofs.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        self.key.verifying_key()
    }

    /// How long one proof took here.
    #[must_use]
    pub const fn prove_time(&self) -> Duration {
        self.prove_time
    }

    /// Whether integers are an input of the model: shapes and ranges.
    ///
    /// # Errors
    /// When they aren't.
    pub fn check_input(&self, inputs: &[Vec<i32>]) -> Result<(), ProviderError> {
        let graph = self.verifying_key().graph();
        let tensors = tensors(graph, inputs)?;
        for (input, tensor) in graph.inputs.iter().zip(&tensors) {
            let fits = |value: &i64| (input.range.lo..=input.range.hi).contains(value);
            if let Some(value) = tensor.values.iter().find(|value| !fits(value)) {
                return Err(ProviderError::Input(format!(
                    "{value} is out of the range of '{}'",
                    input.name
                )));
            }
        }
        Ok(())
    }

    /// Runs the model on integers and proves the run.
    ///
    /// # Errors
    /// When they aren't the model's, or no proof is made.
    pub fn prove(
        &self,
        context: &Context,
        salt: [u8; 32],
        inputs: &[Vec<i32>],
    ) -> Result<Proof, ProviderError> {
        let tensors = tensors(self.verifying_key().graph(), inputs)?;
        Ok(prove(&self.key, context, salt, &tensors)?)
    }
}

/// Gives integers the shapes of the model's inputs.
fn tensors(graph: &Graph, inputs: &[Vec<i32>]) -> Result<Vec<Tensor>, ProviderError> {
    if inputs.len() != graph.inputs.len() {
        return Err(ProviderError::Input(format!(
            "it has {} lists, the model {} inputs",
            inputs.len(),
            graph.inputs.len()
        )));
    }
    let pairs = graph.inputs.iter().zip(inputs);
    pairs
        .map(|(input, values)| {
            let expected = input.shape.elements();
            if values.len() != expected {
                return Err(ProviderError::Input(format!(
                    "'{}' takes {expected} values, not {}",
                    input.name,
                    values.len()
                )));
            }
            Ok(Tensor {
                shape: input.shape.clone(),
                values: values.iter().map(|&value| i64::from(value)).collect(),
            })
        })
        .collect()
}

/// Any input will do: a proof takes the same time for each.
fn trial_inputs(graph: &Graph) -> Vec<Tensor> {
    let inputs = graph.inputs.iter();
    inputs
        .map(|input| Tensor {
            shape: input.shape.clone(),
            values: vec![input.range.lo; input.shape.elements()],
        })
        .collect()
}

/// Reads a file of at most `limit` bytes.
///
/// # Errors
/// When it can't be read or is longer.
pub fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ProviderError> {
    let failed = |source| ProviderError::File {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    if read.map_err(failed)? as u64 > limit {
        return Err(ProviderError::TooLong {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}
