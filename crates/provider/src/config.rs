//! What a provider is started with.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lilliput_client::Client;
use lilliput_crypto::SecretKey;
use lilliput_graph::{Model, ModelError};
use lilliput_types::Amount;

/// Largest model file that is read.
pub const MODEL_BYTES_MAX: u64 = 1 << 30;

/// What a provider is started with.
pub struct Config {
    /// The node it works with.
    pub node: Client,
    /// Its key: whoever answers with it gets the money.
    pub secret: SecretKey,
    /// The models it serves; each must be published.
    pub models: Vec<Model>,
    /// What it wants for an answer, in the settlement asset.
    pub price: Amount,
    /// How much stake it holds at least; what is missing is deposited at the start.
    pub stake: Amount,
    /// The address that its registration names.
    pub endpoint: String,
    /// How long it waits between two looks for jobs.
    pub poll: Duration,
}

/// Why a folder's models can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder or a file can't be read.
    #[error("{path}: {source}", path = path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A file is too large.
    #[error("{path}: {got} bytes, at most {MODEL_BYTES_MAX}", path = path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// Its length.
        got: u64,
    },
    /// A file isn't a model.
    #[error("{path}: {source}", path = path.display())]
    Model {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: ModelError,
    },
}

/// Reads a model file, or every `.lmodel` of a folder in the order of their names.
///
/// # Errors
/// When one of them can't be read or isn't a model.
pub fn load_models(path: &Path) -> Result<Vec<Model>, LoadError> {
    let read_error = |path: &Path| {
        let path = path.to_owned();
        move |source| LoadError::Read { path, source }
    };
    if !path.is_dir() {
        return Ok(vec![load_model(path)?]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(read_error(path))? {
        let file = entry.map_err(read_error(path))?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == "lmodel")
        {
            files.push(file);
        }
    }
    files.sort();
    files.iter().map(|file| load_model(file)).collect()
}

fn load_model(path: &Path) -> Result<Model, LoadError> {
    let read_error = |source| LoadError::Read {
        path: path.to_owned(),
        source,
    };
    let got = fs::metadata(path).map_err(read_error)?.len();
    if got > MODEL_BYTES_MAX {
        return Err(LoadError::TooLarge {
            path: path.to_owned(),
            got,
        });
    }
    let bytes = fs::read(path).map_err(read_error)?;
    Model::decode(&bytes).map_err(|source| LoadError::Model {
        path: path.to_owned(),
        source,
    })
}
