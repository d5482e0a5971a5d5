//! What a provider is started with.

use std::fs;
use std::path::Path;
use std::time::Duration;

use lilliput_client::Client;
use lilliput_crypto::SecretKey;
use lilliput_types::Amount;

use crate::model_file::{ModelFile, ModelFileError};

/// What a provider is started with.
pub struct Config {
    /// The node it works with.
    pub node: Client,
    /// Its key: whoever answers with it gets the money.
    pub secret: SecretKey,
    /// The models it serves; each must be published.
    pub models: Vec<ModelFile>,
    /// What it wants for an answer, in the settlement asset.
    pub price: Amount,
    /// How much stake it holds at least; what is missing is deposited at the start.
    pub stake: Amount,
    /// The address that its registration names.
    pub endpoint: String,
    /// How long it waits between two looks for jobs.
    pub poll: Duration,
}

/// Reads a model file, or every `.lmodel` of a folder in the order of their names.
///
/// # Errors
/// When one of them can't be read or isn't a model.
pub fn load_models(path: &Path) -> Result<Vec<ModelFile>, ModelFileError> {
    let read_error = |path: &Path| {
        let path = path.to_owned();
        move |source| ModelFileError::Io { path, source }
    };
    if !path.is_dir() {
        return Ok(vec![ModelFile::read(path)?]);
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
    files.iter().map(|file| ModelFile::read(file)).collect()
}
