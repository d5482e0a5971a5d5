//! A model on disk: reading and writing it, its keys, its openings, its copies and successors.
//!
//! Beside `model.lmodel` lie `model.lvk`, the verifying key, `model.lcode`, the encoded weights, which can be made anew,
//! and, where the weights are hidden, `model.openings`, the counter, and once there is a successor `model.linked`. What
//! hides weights is written for its owner's eyes alone.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use lilliput_crypto::RandomError;
use lilliput_crypto::private_file::{self, PrivateFileError};
use lilliput_graph::{Model, ModelError};
use lilliput_prover::link::Unlinkable;
use lilliput_prover::pcs::file::CodeFileError;
use lilliput_prover::{ProvingKey, SetupError, setup};
use lilliput_verifier::key::KEY_BYTES_MAX;
use lilliput_verifier::{KeyError, VerifyingKey};

use crate::openings::{Openings, OpeningsError};

mod copies;

pub use copies::Rotated;

/// Largest model file that is read.
pub const MODEL_BYTES_MAX: u64 = 1 << 30;
/// Extension of the encoded weights.
const CODE: &str = "lcode";

// The graph's file format and the key's agree on how many openings there can be.
const _: () = assert!(lilliput_graph::model::OPENINGS_MAX == lilliput_verifier::key::OPENINGS_MAX);

/// Why a model file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// It can't be read or written.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It is too large.
    #[error("{path}: more than {limit} bytes", path = path.display())]
    TooLarge {
        /// Which.
        path: PathBuf,
        /// The most.
        limit: u64,
    },
    /// It isn't a model.
    #[error("{path}: {source}", path = path.display())]
    Model {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: ModelError,
    },
    /// The key beside it isn't one.
    #[error("{path}: {source}", path = path.display())]
    Key {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<KeyError>,
    },
    /// The key beside it is another model's, or the model can't be set up.
    #[error("{path}: {source}", path = path.display())]
    Setup {
        /// Which.
        path: PathBuf,
        /// Why.
        source: Box<SetupError>,
    },
    /// Something that hides weights would be lost.
    #[error(
        "{path} is there already, and what hides its weights would be lost: choose another folder",
        path = path.display()
    )]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// A model whose weights nothing hides.
    #[error("{path} hides nothing: a copy of it is as good as the original", path = path.display())]
    NotHidden {
        /// Which.
        path: PathBuf,
    },
    /// No opening is left for a link.
    #[error(
        "{path} has no opening left to show that a successor has its weights: use the successor that it has already, or rotate the copy whose share begins at 0",
        path = path.display()
    )]
    LinkUsed {
        /// Which.
        path: PathBuf,
    },
    /// The keys can't be linked.
    #[error("the successor can't be linked: {0}")]
    Link(#[from] Unlinkable),
    /// No number, no counter.
    #[error(transparent)]
    Openings(#[from] OpeningsError),
    /// A file with a secret can't be written.
    #[error(transparent)]
    Private(#[from] PrivateFileError),
    /// The operating system gives no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// A model and where it lies.
#[derive(Clone, Debug)]
pub struct ModelFile {
    path: PathBuf,
    /// What it holds.
    pub model: Model,
}

impl ModelFile {
    /// Reads a model. Links are followed, so that all who use a file share its counter.
    ///
    /// # Errors
    /// When it can't be read or isn't a model.
    pub fn read(path: &Path) -> Result<Self, ModelFileError> {
        let path = fs::canonicalize(path).map_err(io_error(path))?;
        let bytes = read_bounded(&path, MODEL_BYTES_MAX)?;
        let model = Model::decode(&bytes).map_err(|source| ModelFileError::Model {
            path: path.clone(),
            source,
        })?;
        Ok(Self { path, model })
    }

    /// Writes a new model: counter and key first, the model last, so that no model is ever without its counter.
    ///
    /// # Errors
    /// When a model that hides its weights is there already, or a file can't be written.
    pub fn create(path: &Path, model: Model, key: &VerifyingKey) -> Result<Self, ModelFileError> {
        refuse_loss(path)?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io_error(folder))?;
        }
        if let Some(hiding) = &model.hiding {
            Openings::beside(path).create(hiding)?;
        }
        remove(&path.with_extension(CODE))?;
        write(&path.with_extension("lvk"), &key.encode())?;
        let file = Self {
            path: path.to_owned(),
            model,
        };
        file.write()?;
        Ok(file)
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The verifying key beside it, if there is one.
    ///
    /// # Errors
    /// When it is none, or refused.
    pub fn verifying_key(&self) -> Result<Option<VerifyingKey>, ModelFileError> {
        let path = self.path.with_extension("lvk");
        if !path.exists() {
            return Ok(None);
        }
        let bytes = read_bounded(&path, KEY_BYTES_MAX as u64)?;
        let key = VerifyingKey::decode(&bytes).map_err(|source| ModelFileError::Key {
            path,
            source: Box::new(source),
        })?;
        Ok(Some(key))
    }

    /// Its key for provers: put together with the verifying key and the encoded weights beside it, or made anew.
    ///
    /// # Errors
    /// When the key beside it is another model's.
    pub fn proving_key(&self) -> Result<ProvingKey, ModelFileError> {
        self.proving_key_for(self.verifying_key()?)
    }

    /// The same, for a verifying key that was read before.
    ///
    /// # Errors
    /// When the key is another model's.
    pub fn proving_key_for(&self, key: Option<VerifyingKey>) -> Result<ProvingKey, ModelFileError> {
        let hiding = secret(&self.model);
        let weights = || self.model.weights.clone();
        let made = match key {
            None => setup(&self.model.graph, weights(), &hiding).map(|(key, _)| key),
            Some(key) => {
                // The encoded weights stay on disk for later proofs, where the folder can be written to.
                let code = self.path.with_extension(CODE);
                match ProvingKey::with_code_file(key.clone(), weights(), &hiding, &code) {
                    Err(SetupError::CodeFile(CodeFileError::Io(_))) => {
                        ProvingKey::rebuild(key, weights(), &hiding)
                    }
                    made => made,
                }
            }
        };
        made.map_err(|source| ModelFileError::Setup {
            path: self.path.clone(),
            source: Box::new(source),
        })
    }

    /// Keeps the encoded weights beside the model, so that the first proof needn't make them anew.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write_encoded(&self, key: &ProvingKey) -> Result<(), ModelFileError> {
        let path = self.path.with_extension("lcode");
        key.write_code_file(&path)
            .map_err(|source| ModelFileError::Setup {
                path,
                source: Box::new(source),
            })
    }

    /// Whether the encoded weights lie beside it, so that a proof needn't encode them.
    #[must_use]
    pub fn is_encoded(&self) -> bool {
        self.path.with_extension(CODE).exists()
    }

    /// Openings that are left; none where nothing hides the weights.
    ///
    /// # Errors
    /// When the counter is missing or damaged.
    pub fn openings_left(&self) -> Result<Option<Range<u32>>, ModelFileError> {
        let hiding = self.model.hiding.as_ref();
        let left = hiding.map(|hiding| Openings::beside(&self.path).left(hiding));
        Ok(left.transpose()?)
    }

    /// Takes the number of the next proof; zero where nothing hides the weights.
    ///
    /// # Errors
    /// When none is left, or the counter is missing or damaged.
    pub fn take_opening(&self) -> Result<u32, ModelFileError> {
        match &self.model.hiding {
            Some(hiding) => Ok(Openings::beside(&self.path).take(hiding)?),
            None => Ok(0),
        }
    }

    /// What [`Self::take_opening`] says when none is left.
    #[must_use]
    pub(crate) fn used_up(&self) -> ModelFileError {
        Openings::beside(&self.path)
            .used_up(self.model.hiding.as_ref())
            .into()
    }

    fn write(&self) -> Result<(), ModelFileError> {
        let bytes = self
            .model
            .encode()
            .map_err(|source| ModelFileError::Model {
                path: self.path.clone(),
                source,
            })?;
        match self.model.hiding {
            Some(_) => Ok(private_file::replace(&self.path, &bytes)?),
            None => write(&self.path, &bytes),
        }
    }

    fn target(&self, folder: &Path) -> Result<PathBuf, ModelFileError> {
        let target = folder.join(self.path.file_name().unwrap_or_default());
        refuse_loss(&target)?;
        Ok(target)
    }

    fn not_hidden(&self) -> ModelFileError {
        ModelFileError::NotHidden {
            path: self.path.clone(),
        }
    }
}

/// What the prover is told about what hides a model's weights.
#[must_use]
pub fn secret(model: &Model) -> lilliput_prover::Hiding {
    match &model.hiding {
        None => lilliput_prover::Hiding::None,
        Some(hiding) => lilliput_prover::Hiding::Weights {
            seed: hiding.seed,
            openings: hiding.openings,
        },
    }
}

/// A file that hides weights isn't written over.
fn refuse_loss(path: &Path) -> Result<(), ModelFileError> {
    if !path.exists() {
        return Ok(());
    }
    match ModelFile::read(path) {
        Ok(file) if file.model.hiding.is_none() => Ok(()),
        // The first version hid nothing.
        Err(ModelFileError::Model {
            source: ModelError::Version { got: 1 },
            ..
        }) => Ok(()),
        // What can't be read may hide something, too.
        _ => Err(ModelFileError::Exists {
            path: path.to_owned(),
        }),
    }
}

fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, ModelFileError> {
    let file = File::open(path).map_err(io_error(path))?;
    let mut bytes = Vec::new();
    let mut limited = file.take(limit.saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(io_error(path))?;
    if bytes.len() as u64 > limit {
        return Err(ModelFileError::TooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

/// Encoded weights of what was there before are of no use.
fn remove(path: &Path) -> Result<(), ModelFileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io_error(path)(error)),
        _ => Ok(()),
    }
}

/// Writes a file that anyone may read, in one step.
fn write(path: &Path, bytes: &[u8]) -> Result<(), ModelFileError> {
    let temporary = path.with_extension(format!("{}.part", std::process::id()));
    let written = fs::write(&temporary, bytes)
        .and_then(|()| File::open(&temporary)?.sync_all())
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one worth telling.
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(io_error(path))
}

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> ModelFileError {
    let path = path.to_owned();
    move |source| ModelFileError::Io { path, source }
}
