//! Logins of this data folder: what a session was asked for with, and the salt behind its account. For their owner's eyes
//! alone.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use lilliput_crypto::{Digest, SecretKey, private_file, random_bytes};
use lilliput_types::{Address, ChainId, LoginIssuerId, TimeMs};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::failure::{Failure, OrExit, Result};

const FILE_BYTES_MAX: usize = 4 << 10;
const SALT_BYTES: usize = 32;

/// A login by the name of its key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    pub(crate) chain: ChainId,
    pub(crate) issuer: LoginIssuerId,
    /// The issuer's name, as tokens have it.
    pub(crate) issuer_name: String,
    pub(crate) audience: String,
    pub(crate) expires_at: TimeMs,
    pub(crate) randomness: Digest,
    /// Whether a zkLogin proof opens it instead of the token.
    pub(crate) hidden: bool,
    /// Known once the token is there.
    pub(crate) account: Option<Address>,
}

fn folder(data: &Path) -> PathBuf {
    data.join("logins")
}

fn place(data: &Path, name: &str) -> PathBuf {
    folder(data).join(format!("{name}.json"))
}

impl Login {
    /// Writes it down, in the place of an older one of that name.
    pub(crate) fn keep(&self, data: &Path, name: &str) -> Result<()> {
        make_folder(data)?;
        private_file::replace(&place(data, name), &serde_json::to_vec(self)?)
            .or_failed("failed to keep the login")
    }

    /// The login of a key, which has to be one.
    pub(crate) fn open(data: &Path, name: &str) -> Result<Self> {
        Self::find(data, name)?.ok_or_else(|| {
            Failure::bad_input(anyhow!(
                "there is no login named {name:?} in this data folder"
            ))
            .hint(format!("begin it with `lilliput id login begin {name}`"))
        })
    }

    /// The login of a key, if the key is one of a login.
    pub(crate) fn find(data: &Path, name: &str) -> Result<Option<Self>> {
        let path = place(data, name);
        if !path.exists() {
            return Ok(None);
        }
        let bytes = private_file::read(&path, FILE_BYTES_MAX)
            .or_bad_input(format!("failed to read {}", path.display()))?;
        let login = serde_json::from_slice(&bytes);
        login
            .map(Some)
            .or_failed(format!("{} is damaged", path.display()))
    }
}

/// The account that a key signs for, if it is a login's.
pub(crate) fn account_of(data: &Path, name: &str) -> Result<Option<Address>> {
    Ok(Login::find(data, name)?.and_then(|login| login.account))
}

/// The key that stands for the salt in the account of a subject.
pub(crate) fn salt_key(data: &Path, login: &Login, subject: &str) -> Result<SecretKey> {
    Ok(SecretKey::from_seed(*salt_seed(data, login, subject)?))
}

/// What the salt is in the account of a subject. The salt is made when there is none.
pub(crate) fn salt_seed(data: &Path, login: &Login, subject: &str) -> Result<Zeroizing<[u8; 32]>> {
    make_folder(data)?;
    let path = folder(data).join("salt");
    if !path.exists() {
        let fresh: [u8; SALT_BYTES] = random_bytes()?;
        let text = Zeroizing::new(hex::encode(fresh));
        private_file::create(&path, text.as_bytes()).or_failed("failed to keep the salt")?;
    }
    let context = || format!("failed to read the salt {}", path.display());
    let text = private_file::read(&path, 2 * SALT_BYTES)
        .map(Zeroizing::new)
        .or_bad_input(context())?;
    let mut salt = Zeroizing::new([0; SALT_BYTES]);
    hex::decode_to_slice(text.as_slice(), salt.as_mut_slice()).or_bad_input(context())?;
    let seed = lilliput_oidc::salt_seed(&login.issuer_name, &login.audience, subject, &salt);
    Ok(Zeroizing::new(seed))
}

fn make_folder(data: &Path) -> Result<()> {
    let folder = folder(data);
    fs::create_dir_all(&folder).or_failed(format!("failed to make {}", folder.display()))
}
