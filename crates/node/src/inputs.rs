//! Inputs of jobs, from the buyer's upload until the job is closed. Only the job's buyer and a
//! provider that may answer it see them; who asks is the caller's business.

use std::fs;
use std::path::{Path, PathBuf};

use lilliput_client::JOB_INPUT_BYTES_MAX;
use lilliput_crypto::private_file::{self, PrivateFileError};
use lilliput_types::JobId;

/// Most inputs kept at once.
const INPUTS_MAX: usize = 10_000;
/// Most inputs looked at in one sweep.
const SWEEP_MAX: usize = 1_000;

/// Why an input can't be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum InputStoreError {
    /// Larger than an input may be.
    #[error("the input has {got} bytes, at most {JOB_INPUT_BYTES_MAX}")]
    TooLarge {
        /// Its length.
        got: usize,
    },
    /// Too many jobs are open.
    #[error("the node keeps {INPUTS_MAX} inputs already")]
    Full,
    /// The file system failed.
    #[error(transparent)]
    File(#[from] PrivateFileError),
    /// The file system failed.
    #[error("{path}: {source}")]
    Io {
        /// Which path.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
}

/// A folder of inputs, one file a job, readable by the node's user alone.
pub(crate) struct InputStore {
    folder: PathBuf,
}

impl InputStore {
    pub(crate) fn open(folder: &Path) -> Result<Self, InputStoreError> {
        fs::create_dir_all(folder).map_err(io_error(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn put(&self, job: JobId, bytes: &[u8]) -> Result<(), InputStoreError> {
        if bytes.len() > JOB_INPUT_BYTES_MAX {
            return Err(InputStoreError::TooLarge { got: bytes.len() });
        }
        let entries = fs::read_dir(&self.folder).map_err(io_error(&self.folder))?;
        if entries.count() >= INPUTS_MAX {
            return Err(InputStoreError::Full);
        }
        Ok(private_file::replace(&self.path(job), bytes)?)
    }

    pub(crate) fn get(&self, job: JobId) -> Result<Option<Vec<u8>>, InputStoreError> {
        let path = self.path(job);
        if !path.exists() {
            return Ok(None);
        }
        Ok(Some(private_file::read(&path, JOB_INPUT_BYTES_MAX)?))
    }

    /// Removes the inputs of jobs that don't need them any more, and half-written files.
    pub(crate) fn sweep(&self, needed: impl Fn(JobId) -> bool) -> Result<(), InputStoreError> {
        let entries = fs::read_dir(&self.folder).map_err(io_error(&self.folder))?;
        for entry in entries.take(SWEEP_MAX) {
            let path = entry.map_err(io_error(&self.folder))?.path();
            let job = path
                .file_name()
                .and_then(|name| name.to_str()?.parse().ok());
            // A file being written now has no job's name either; it is gone at the next start.
            if let Some(job) = job
                && !needed(job)
            {
                fs::remove_file(&path).map_err(io_error(&path))?;
            }
        }
        Ok(())
    }

    fn path(&self, job: JobId) -> PathBuf {
        self.folder.join(job.to_string())
    }
}

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> InputStoreError {
    let path = path.to_owned();
    move |source| InputStoreError::Io { path, source }
}
