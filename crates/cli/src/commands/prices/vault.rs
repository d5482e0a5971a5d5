//! Sealed signals, kept in the data folder for their owner's eyes alone until they are shown.

use std::fs;
use std::path::{Path, PathBuf};

use lilliput_crypto::{Digest, private_file, random_bytes};
use lilliput_types::prices::ContestId;
use lilliput_types::{Address, ChainId};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, OrExit, Result};

const FILE_BYTES_MAX: usize = 1024;

/// What a commitment opens to.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secret {
    pub(super) leverage: i32,
    pub(super) salt: Digest,
}

impl Secret {
    /// With a fresh salt.
    pub(super) fn new(leverage: i32) -> Result<Self> {
        let salt = Digest(random_bytes()?);
        Ok(Self { leverage, salt })
    }
}

/// Where the secret of a signal lies.
pub(super) fn place(
    data: &Path,
    chain: ChainId,
    contest: ContestId,
    account: Address,
    period: u64,
) -> PathBuf {
    let folder = data.join("signals").join(chain.to_string());
    folder.join(format!("{contest}-{account}-{period}.json"))
}

/// Writes a secret down before anything that rests on it is sent.
pub(super) fn keep(path: &Path, secret: &Secret) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).or_failed(format!("failed to make {}", folder.display()))?;
    }
    private_file::replace(path, &serde_json::to_vec(secret)?).or_failed("failed to keep the salt")
}

/// Reads a secret; what was sealed elsewhere can only be shown there.
pub(super) fn open(path: &Path) -> Result<Secret> {
    let bytes = private_file::read(path, FILE_BYTES_MAX).map_err(|error| {
        let context = format!("failed to read {}", path.display());
        Failure::bad_input(anyhow::Error::from(error).context(context)).hint(
            "what is sealed is kept in the data folder that sealed it: name it with --data DIR",
        )
    })?;
    serde_json::from_slice(&bytes).or_failed(format!("{} is damaged", path.display()))
}
