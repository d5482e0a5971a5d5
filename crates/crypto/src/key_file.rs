//! A secret key sealed by a passphrase: argon2id, then XChaCha20-Poly1305. Pure functions over
//! bytes; [`crate::private_file`] does the reading and writing.

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{PublicKey, SecretKey};

/// The largest key file looked at.
pub const KEY_FILE_LEN_MAX: usize = 4096;

/// The one version there is.
const VERSION: u32 = 1;
const MEMORY_KIB_MAX: u32 = 1 << 20;
const PASSES_MAX: u32 = 16;
const LANES_MAX: u32 = 16;

/// A sealed secret key; its JSON form is the file's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    version: u32,
    public_key: PublicKey,
    kdf: KdfParams,
    #[serde(with = "hex::serde")]
    salt: [u8; 16],
    #[serde(with = "hex::serde")]
    nonce: [u8; 24],
    #[serde(with = "hex::serde")]
    sealed_seed: Vec<u8>,
}

/// What argon2id is asked to spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfParams {
    /// Memory in KiB, at most 1 GiB.
    pub memory_kib: u32,
    /// Passes over the memory, at most 16.
    pub passes: u32,
    /// Lanes, at most 16.
    pub lanes: u32,
}

/// Why a key could not be sealed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Not JSON of the known form, or too long.
    #[error("not a key file: {0}")]
    Malformed(String),
    /// A version this program doesn't know.
    #[error("key file version {got}, expected {VERSION}")]
    Version {
        /// The version found.
        got: u32,
    },
    /// Parameters that argon2 or our limits refuse.
    #[error("key derivation parameters out of bounds: {0:?}")]
    Parameters(KdfParams),
    /// Wrong passphrase, or a changed file.
    #[error("wrong passphrase, or the key file was changed")]
    Refused,
    /// The sealed key isn't the one the file names.
    #[error("the sealed key does not belong to the public key in the file")]
    KeyMismatch,
}

impl Default for KdfParams {
    /// OWASP's second recommendation for argon2id, with more memory.
    fn default() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }
}

impl KeyFile {
    /// Seals a key. `salt` and `nonce` must be fresh random bytes.
    ///
    /// # Errors
    /// When the parameters are out of bounds.
    pub fn seal(
        secret: &SecretKey,
        passphrase: &[u8],
        kdf: KdfParams,
        salt: [u8; 16],
        nonce: [u8; 24],
    ) -> Result<Self, KeyFileError> {
        let mut file = Self {
            version: VERSION,
            public_key: secret.public_key(),
            kdf,
            salt,
            nonce,
            sealed_seed: Vec::new(),
        };
        let payload = Payload {
            msg: secret.seed(),
            aad: &file.bound_bytes(),
        };
        file.sealed_seed = file
            .cipher(passphrase)?
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| KeyFileError::Refused)?;
        Ok(file)
    }

    /// Opens the file.
    ///
    /// # Errors
    /// When the passphrase is wrong, the file was changed or asks for too much.
    pub fn open(&self, passphrase: &[u8]) -> Result<SecretKey, KeyFileError> {
        let payload = Payload {
            msg: &self.sealed_seed,
            aad: &self.bound_bytes(),
        };
        let seed = self
            .cipher(passphrase)?
            .decrypt(&XNonce::from(self.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| KeyFileError::Refused)?;
        let seed: [u8; 32] = seed
            .as_slice()
            .try_into()
            .map_err(|_| KeyFileError::Refused)?;
        let secret = SecretKey::from_seed(seed);
        if secret.public_key() != self.public_key {
            return Err(KeyFileError::KeyMismatch);
        }
        Ok(secret)
    }

    /// Reads the JSON form; nothing is derived yet.
    ///
    /// # Errors
    /// When the bytes are no key file of this version within the limits.
    pub fn from_json(bytes: &[u8]) -> Result<Self, KeyFileError> {
        if bytes.len() > KEY_FILE_LEN_MAX {
            let got = bytes.len();
            return Err(KeyFileError::Malformed(format!(
                "{got} bytes, at most {KEY_FILE_LEN_MAX}"
            )));
        }
        let file: Self = serde_json::from_slice(bytes)
            .map_err(|error| KeyFileError::Malformed(error.to_string()))?;
        if file.version != VERSION {
            return Err(KeyFileError::Version { got: file.version });
        }
        file.kdf.argon2_params()?;
        Ok(file)
    }

    /// The JSON form.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings and integers only: serialisation has no failing case.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Whose key this is.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey {
        self.public_key
    }

    fn cipher(&self, passphrase: &[u8]) -> Result<XChaCha20Poly1305, KeyFileError> {
        let params = self.kdf.argon2_params()?;
        let mut key = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, &self.salt, key.as_mut_slice())
            .map_err(|_| KeyFileError::Parameters(self.kdf))?;
        XChaCha20Poly1305::new_from_slice(key.as_slice())
            .map_err(|_| KeyFileError::Parameters(self.kdf))
    }

    /// What the seal binds besides the seed: every other field.
    fn bound_bytes(&self) -> Vec<u8> {
        let mut bytes = b"lilliput key file".to_vec();
        for number in [
            self.version,
            self.kdf.memory_kib,
            self.kdf.passes,
            self.kdf.lanes,
        ] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.salt);
        bytes.extend_from_slice(&self.public_key.0);
        bytes
    }
}

impl KdfParams {
    fn argon2_params(self) -> Result<Params, KeyFileError> {
        if self.memory_kib > MEMORY_KIB_MAX || self.passes > PASSES_MAX || self.lanes > LANES_MAX {
            return Err(KeyFileError::Parameters(self));
        }
        Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| KeyFileError::Parameters(self))
    }
}
