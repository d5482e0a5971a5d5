//! Why a provider can't go on, or can't do one job.

use lilliput_client::ClientError;
use lilliput_crypto::RandomError;
use lilliput_prover::ProveError;
use lilliput_types::{AmountError, BoundError, ModelId};

use crate::model_file::ModelFileError;

/// Why a provider can't go on, or can't do one job.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// No model to serve.
    #[error("there is no model to serve")]
    NoModels,
    /// A model can't be set up, or has no opening left.
    #[error(transparent)]
    Model(Box<ModelFileError>),
    /// A model that nobody has published.
    #[error("model {model} ({name:?}) isn't published on this network")]
    Unpublished {
        /// The model.
        model: ModelId,
        /// Its name.
        name: String,
    },
    /// The node is away or says no.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The run can't be proven.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The input isn't the one that the order commits to, or not one of the model's.
    #[error("the input is refused: {0}")]
    Input(String),
    /// The operating system gives no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A text or list beyond what a transaction takes.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// An amount out of range.
    #[error(transparent)]
    Amount(#[from] AmountError),
}

impl From<ModelFileError> for ProviderError {
    fn from(source: ModelFileError) -> Self {
        Self::Model(Box::new(source))
    }
}
