//! Salts and sealed blobs, kept in the data folder for their owner's eyes alone until they are shown.

use std::fs;
use std::path::{Path, PathBuf};

use lilliput_crypto::private_file::PrivateFileError;
use lilliput_crypto::{Digest, private_file, random_bytes};
use lilliput_types::tournament::{ModelName, RoundId};
use lilliput_types::{Address, Blob, BlobId, ChainId};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, OrExit, Result};

/// The longest file: a blob in hexadecimal and a salt.
const FILE_BYTES_MAX: usize = (2 << 20) + 1024;

/// The sealed blobs of one chain.
pub(super) struct Vault {
    folder: PathBuf,
}

/// What a commitment opens to.
pub(super) struct Secret {
    pub(super) salt: Digest,
    pub(super) blob: Blob,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    salt: Digest,
    blob: String,
}

impl Secret {
    /// With a fresh salt.
    pub(super) fn new(bytes: Vec<u8>) -> Result<Self> {
        let blob = Blob::new(bytes).or_bad_input("too many rows for one blob")?;
        let salt = Digest(random_bytes()?);
        Ok(Self { salt, blob })
    }
}

impl Vault {
    pub(super) fn new(data: &Path, chain: ChainId) -> Self {
        Self {
            folder: data.join("tournaments").join(chain.to_string()),
        }
    }

    /// Where an entry's secret lies.
    pub(super) fn entry(&self, round: RoundId, account: Address, model: &ModelName) -> PathBuf {
        let (tournament, number) = (round.tournament, round.number);
        let name = format!("entry-{tournament}-{number}-{account}-{model}.json");
        self.folder.join(name)
    }

    /// Where the secret of the targets for some data lies.
    pub(super) fn targets(&self, data: BlobId) -> PathBuf {
        self.folder.join(format!("targets-{data}.json"))
    }

    /// Writes a secret down before anything that rests on it is sent.
    pub(super) fn keep(&self, path: &Path, secret: &Secret) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .or_failed(format!("failed to make {}", self.folder.display()))?;
        let file = File {
            salt: secret.salt,
            blob: hex::encode(secret.blob.as_bytes()),
        };
        let text = serde_json::to_vec(&file)?;
        private_file::replace(path, &text).or_failed("failed to keep the salt")
    }

    /// Reads a secret; what was sealed elsewhere can only be shown there.
    pub(super) fn open(&self, path: &Path) -> Result<Secret> {
        let bytes =
            private_file::read(path, FILE_BYTES_MAX).map_err(|error| missing(path, error))?;
        let damaged = || format!("{} is damaged", path.display());
        let file: File = serde_json::from_slice(&bytes).or_failed(damaged())?;
        let blob = hex::decode(file.blob).or_failed(damaged())?;
        Ok(Secret {
            salt: file.salt,
            blob: Blob::new(blob).or_failed(damaged())?,
        })
    }
}

fn missing(path: &Path, error: PrivateFileError) -> Failure {
    let failure = Failure::bad_input(
        anyhow::Error::from(error).context(format!("failed to read {}", path.display())),
    );
    failure
        .hint("what is sealed is kept in the data folder that sealed it: name it with --data DIR")
}
