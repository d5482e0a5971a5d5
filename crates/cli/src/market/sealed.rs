//! Sealed bids, kept in the data folder for their owner's eyes alone until they are shown.

use std::fs;
use std::path::{Path, PathBuf};

use lilliput_crypto::{Digest, private_file};
use lilliput_types::market::{BidTerms, OrderId};
use lilliput_types::{Address, ChainId};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, OrExit, Result};

const FILE_BYTES_MAX: usize = 16 << 10;

/// What a commitment opens to.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    terms: BidTerms,
    salt: Digest,
}

/// The sealed bids of an account on a chain.
pub(crate) struct SealedBids {
    folder: PathBuf,
    account: Address,
}

impl SealedBids {
    pub(crate) fn new(data: &Path, chain: ChainId, account: Address) -> Self {
        Self {
            folder: data.join("bids").join(chain.to_string()),
            account,
        }
    }

    fn path(&self, order: OrderId) -> PathBuf {
        self.folder.join(format!("{order}-{}.json", self.account))
    }

    /// Writes a bid down before its seal is sent.
    pub(crate) fn keep(&self, order: OrderId, terms: BidTerms, salt: Digest) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .or_failed(format!("failed to make {}", self.folder.display()))?;
        let bytes = serde_json::to_vec(&Secret { terms, salt })?;
        private_file::replace(&self.path(order), &bytes).or_failed("failed to keep the sealed bid")
    }

    /// What was sealed; a bid that was sealed elsewhere can only be shown there.
    pub(crate) fn open(&self, order: OrderId) -> Result<(BidTerms, Digest)> {
        let path = self.path(order);
        let bytes = private_file::read(&path, FILE_BYTES_MAX).map_err(|error| {
            let context = format!("failed to read {}", path.display());
            Failure::bad_input(anyhow::Error::from(error).context(context)).hint(
                "a sealed bid is kept in the data folder that sealed it: name it with --data DIR",
            )
        })?;
        let secret: Secret =
            serde_json::from_slice(&bytes).or_failed(format!("{} is damaged", path.display()))?;
        Ok((secret.terms, secret.salt))
    }
}
