//! Files that commands read and write: bounded, named in errors, written whole or not at all.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, anyhow};
use lilliput_prover::ProvingKey;
use lilliput_provider::{ModelFile, ModelFileError, OpeningsError};
use lilliput_verifier::VerifyingKey;

use crate::failure::{Failure, OrExit, Result};

/// Longest ONNX file.
pub(crate) const ONNX_BYTES_MAX: u64 = 1 << 30;
/// Longest input, output or calibration file.
pub(crate) const NUMBERS_BYTES_MAX: u64 = 64 << 20;
/// Longest picture.
pub(crate) const IMAGE_BYTES_MAX: u64 = 16 << 20;
/// Longest proof or key.
pub(crate) const PROOF_BYTES_MAX: u64 = 16 << 20;

/// Reads a file of at most `limit` bytes; what can't be read is bad input.
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let context = || format!("failed to read {}", path.display());
    let mut bytes = Vec::new();
    let file = File::open(path).or_bad_input(context())?;
    let mut limited = file.take(limit.saturating_add(1));
    limited.read_to_end(&mut bytes).or_bad_input(context())?;
    if bytes.len() as u64 > limit {
        return Err(Failure::bad_input(anyhow!(
            "{} is longer than {limit} bytes",
            path.display()
        )));
    }
    Ok(bytes)
}

/// Writes a file in one step, its folder too.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}.part", std::process::id()));
    let written = fs::create_dir_all(folder)
        .and_then(|()| File::create(&temporary))
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What is left of it is of no use; the first error is the one to tell.
        let _ = fs::remove_file(&temporary);
    }
    Ok(written.with_context(|| format!("failed to write {}", path.display()))?)
}

/// Makes the folder that a file is to be in.
pub(crate) fn make_folder(path: &Path) -> Result<()> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    Ok(made.with_context(|| format!("failed to write {}", path.display()))?)
}

/// Reads a `.lmodel`.
pub(crate) fn model(path: &Path) -> Result<ModelFile> {
    ModelFile::read(path).map_err(model_error)
}

/// What is wrong with a model file is bad input, but for what the machine can't do.
pub(crate) fn model_error(error: ModelFileError) -> Failure {
    use ModelFileError::{Key, Openings, Private, Random};
    match &error {
        Key { .. } => Failure::rejected(error),
        Openings(OpeningsError::Lock { .. } | OpeningsError::File(_)) | Private(_) | Random(_) => {
            Failure::failed(error)
        }
        _ => Failure::bad_input(error),
    }
}

/// Reads and checks a `.lvk`. One that doesn't hold is evidence rejected.
pub(crate) fn key(path: &Path) -> Result<VerifyingKey> {
    let bytes = read(path, PROOF_BYTES_MAX)?;
    VerifyingKey::decode(&bytes).or_rejected(format!("the key {} is refused", path.display()))
}

/// The verifying key beside a model file, if there is one.
pub(crate) fn key_beside(model: &ModelFile) -> Result<Option<VerifyingKey>> {
    model.verifying_key().map_err(model_error)
}

/// A model's proving key: put together with the verifying key beside it, or made anew.
pub(crate) fn proving_key(model: &ModelFile, key: Option<VerifyingKey>) -> Result<ProvingKey> {
    model.proving_key_for(key).map_err(model_error)
}
