//! Files by content hash: model files and other bytes that the ledger names but doesn't hold.
//!
//! **Invariant:** a file under a hash holds the bytes of that hash, whole, or isn't there.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use lilliput_crypto::{Digest, Label, private_file};

/// Largest blob.
pub const BLOB_BYTES_MAX: usize = 64 << 20;
/// Most bytes of all blobs together.
pub(crate) const STORE_BYTES_MAX: u64 = 16 << 30;

/// Why a blob could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Larger than one blob may be.
    #[error("the blob has {got} bytes, at most {BLOB_BYTES_MAX}")]
    TooLarge {
        /// Its length.
        got: usize,
    },
    /// The folder has reached its bound.
    #[error("the blob store holds {held} bytes, at most {STORE_BYTES_MAX}")]
    Full {
        /// What is stored.
        held: u64,
    },
    /// The bytes don't hash to the name they came under.
    #[error("the bytes have hash {got}, not {expected}")]
    WrongHash {
        /// The hash named.
        expected: Digest,
        /// The hash found.
        got: Digest,
    },
    /// The file system failed.
    #[error(transparent)]
    File(#[from] private_file::PrivateFileError),
    /// The file system failed.
    #[error("{path}: {source}")]
    Io {
        /// Which path.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

/// A folder of blobs.
#[derive(Debug)]
pub struct BlobStore {
    folder: PathBuf,
    held: u64,
}

impl BlobStore {
    /// Opens or makes the folder, counts what it holds and removes half-written files.
    ///
    /// # Errors
    /// When the folder can't be made or read.
    pub fn open(folder: &Path) -> Result<Self, BlobError> {
        fs::create_dir_all(folder).map_err(io_error(folder))?;
        let mut held = 0_u64;
        for entry in fs::read_dir(folder).map_err(io_error(folder))? {
            let entry = entry.map_err(io_error(folder))?;
            let path = entry.path();
            if path.extension().is_some_and(|found| found == "part") {
                fs::remove_file(&path).map_err(io_error(&path))?;
                continue;
            }
            held = held.saturating_add(entry.metadata().map_err(io_error(&path))?.len());
        }
        Ok(Self {
            folder: folder.to_owned(),
            held,
        })
    }

    /// Stores bytes under the hash they were announced with; storing twice is no error.
    ///
    /// # Errors
    /// When they are too large, of another hash, or can't be written.
    pub fn put(&mut self, expected: Digest, bytes: &[u8]) -> Result<(), BlobError> {
        if bytes.len() > BLOB_BYTES_MAX {
            return Err(BlobError::TooLarge { got: bytes.len() });
        }
        let got = Digest::of(Label::Blob, bytes);
        if got != expected {
            return Err(BlobError::WrongHash { expected, got });
        }
        let path = self.path(expected);
        if path.exists() {
            return Ok(());
        }
        let after = self.held.saturating_add(bytes.len() as u64);
        if after > STORE_BYTES_MAX {
            return Err(BlobError::Full { held: self.held });
        }
        private_file::replace(&path, bytes)?;
        self.held = after;
        Ok(())
    }

    /// The bytes of a hash, or `None`.
    ///
    /// # Errors
    /// When the file can't be read or was changed on disk.
    pub fn get(&self, hash: Digest) -> Result<Option<Vec<u8>>, BlobError> {
        let path = self.path(hash);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io_error(&path)(error)),
        };
        let mut bytes = Vec::new();
        file.take(BLOB_BYTES_MAX as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(io_error(&path))?;
        let got = Digest::of(Label::Blob, &bytes);
        if got != hash {
            return Err(BlobError::WrongHash {
                expected: hash,
                got,
            });
        }
        Ok(Some(bytes))
    }

    fn path(&self, hash: Digest) -> PathBuf {
        self.folder.join(hash.to_string())
    }
}

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> BlobError {
    let path = path.to_owned();
    move |source| BlobError::Io { path, source }
}
