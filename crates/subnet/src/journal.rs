//! What must survive a crash between commitment and audit: salts, seeds, transcripts. One file an epoch, for its owner
//! alone, on disk before the commitment is sent.

use std::fs;
use std::path::{Path, PathBuf};

use lilliput_crypto::{Digest, private_file};
use lilliput_modules::subnet::round::Round;
use lilliput_types::SubnetEpoch;
use serde::{Deserialize, Serialize};

use crate::error::SubnetError;

/// Longest file: as many answers as a subnet's members can give.
const FILE_BYTES_MAX: usize = 512 << 20;
/// For how many epochs rounds are kept.
const KEPT: u64 = 8;

/// A round, and what its questions were drawn by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Commitment, row and transcript.
    pub round: Round,
    /// Gives every question again.
    pub seed: Digest,
}

/// A folder with rounds.
#[derive(Clone, Debug)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// Opens the folder, which is made if it isn't there.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn open(folder: &Path) -> Result<Self, SubnetError> {
        fs::create_dir_all(folder).map_err(io_error(folder))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Keeps a round; it is on disk when this returns.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn keep(&self, kept: &Kept) -> Result<(), SubnetError> {
        let epoch = kept.round.opening.epoch;
        let path = self.path(epoch);
        let bytes = serde_json::to_vec(kept).map_err(|source| SubnetError::Journal {
            path: path.clone(),
            source,
        })?;
        private_file::replace(&path, &bytes)?;
        if let Some(old) = epoch.0.checked_sub(KEPT) {
            self.forget_until(SubnetEpoch(old))?;
        }
        Ok(())
    }

    /// The round of an epoch, if there is one.
    ///
    /// # Errors
    /// When it can't be read, others can read it, or it is damaged.
    pub fn read(&self, epoch: SubnetEpoch) -> Result<Option<Kept>, SubnetError> {
        let path = self.path(epoch);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = private_file::read(&path, FILE_BYTES_MAX)?;
        serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|source| SubnetError::Journal { path, source })
    }

    fn path(&self, epoch: SubnetEpoch) -> PathBuf {
        self.folder.join(format!("epoch-{epoch}.json"))
    }

    fn forget_until(&self, last: SubnetEpoch) -> Result<(), SubnetError> {
        let failed = || io_error(&self.folder);
        for entry in fs::read_dir(&self.folder).map_err(failed())? {
            let path = entry.map_err(failed())?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let epoch = name
                .and_then(|name| name.strip_prefix("epoch-"))
                .and_then(|name| name.strip_suffix(".json"))
                .and_then(|number| number.parse::<u64>().ok());
            if epoch.is_some_and(|epoch| epoch <= last.0) {
                fs::remove_file(&path).map_err(io_error(&path))?;
            }
        }
        Ok(())
    }
}

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> SubnetError {
    let path = path.to_owned();
    move |source| SubnetError::Io { path, source }
}

#[cfg(test)]
mod tests;
