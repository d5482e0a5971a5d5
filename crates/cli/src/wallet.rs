//! Keys on disk: one sealed file a key in the data folder, and where the passphrase comes from.

use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use lilliput_crypto::{
    KEY_FILE_LEN_MAX, KdfParams, KeyFile, KeyFileError, PublicKey, SecretKey, private_file,
    random_bytes,
};
use zeroize::Zeroizing;

use crate::failure::{Failure, OrExit, Result};
use crate::session::Session;

/// Longest name of a key.
const NAME_LEN_MAX: usize = 32;
/// Longest passphrase file.
const PASSPHRASE_LEN_MAX: usize = 1024;
/// What key files end with.
const EXTENSION: &str = "key";

/// Text that is wiped when dropped.
pub(crate) type Passphrase = Zeroizing<String>;

/// The sealed keys of a data folder.
pub(crate) struct Wallet {
    folder: PathBuf,
}

impl Wallet {
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            folder: data.join("keys"),
        }
    }

    /// Seals a key under a name that is still free.
    pub(crate) fn add(&self, name: &str, secret: &SecretKey, passphrase: &str) -> Result<PathBuf> {
        let path = self.path(name)?;
        if path.exists() {
            return Err(
                Failure::bad_input(anyhow!("there is a key named {name:?} already"))
                    .hint("choose another name; keys are never replaced"),
            );
        }
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("failed to make the folder {}", self.folder.display()))?;
        let file = KeyFile::seal(
            secret,
            passphrase.as_bytes(),
            KdfParams::default(),
            random_bytes()?,
            random_bytes()?,
        )?;
        private_file::create(&path, file.to_json().as_bytes())?;
        Ok(path)
    }

    /// Names and public keys, sorted by name; no passphrase needed.
    pub(crate) fn list(&self) -> Result<Vec<(String, PublicKey)>> {
        let mut keys = Vec::new();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(keys),
            Err(error) => {
                return Err(error).or_failed(format!(
                    "failed to read the folder {}",
                    self.folder.display()
                ));
            }
        };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_stem().map(|stem| stem.to_string_lossy());
            if let Some(name) = name
                && path.extension().is_some_and(|found| found == EXTENSION)
            {
                keys.push((name.clone().into_owned(), self.file(&name)?.public_key()));
            }
        }
        keys.sort_by(|left, right| left.0.cmp(&right.0));
        Ok(keys)
    }

    pub(crate) fn contains(&self, name: &str) -> Result<bool> {
        Ok(self.path(name)?.exists())
    }

    /// Whose key a name is; no passphrase needed.
    pub(crate) fn public_key(&self, name: &str) -> Result<PublicKey> {
        self.file(name).map(|file| file.public_key())
    }

    /// Opens a key.
    pub(crate) fn open(&self, name: &str, passphrase: &str) -> Result<SecretKey> {
        self.file(name)?
            .open(passphrase.as_bytes())
            .or_bad_input(format!("failed to open the key {name:?}"))
    }

    /// Where `up` keeps the random passphrase of the keys it made.
    pub(crate) fn development_passphrase(&self) -> PathBuf {
        self.folder.join("dev-passphrase")
    }

    /// Opens a key that `up` made, unless the user named another passphrase.
    pub(crate) fn open_development(
        &self,
        session: &Session,
        name: &str,
    ) -> Result<Option<SecretKey>> {
        let path = self.development_passphrase();
        if session.passphrase_file().is_some() || !path.exists() {
            return Ok(None);
        }
        let passphrase = read_passphrase(&path)?;
        match self.file(name)?.open(passphrase.as_bytes()) {
            Ok(secret) => Ok(Some(secret)),
            // A key of the user's own.
            Err(KeyFileError::Refused) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn file(&self, name: &str) -> Result<KeyFile> {
        let path = self.path(name)?;
        if !path.exists() {
            return Err(Failure::bad_input(anyhow!(
                "there is no key named {name:?} in this data folder"
            ))
            .hint(format!("make it with `lilliput account new {name}`")));
        }
        let bytes = private_file::read(&path, KEY_FILE_LEN_MAX)
            .or_bad_input(format!("failed to read the key {name:?}"))?;
        KeyFile::from_json(&bytes).or_bad_input(format!("failed to read {}", path.display()))
    }

    fn path(&self, name: &str) -> Result<PathBuf> {
        let fits = (1..=NAME_LEN_MAX).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !fits {
            return Err(Failure::bad_input(anyhow!(
                "{name:?} is no name for a key: 1 to {NAME_LEN_MAX} of a-z, 0-9 and -"
            )));
        }
        Ok(self.folder.join(name).with_extension(EXTENSION))
    }
}

/// The passphrase of an existing key: from the file named, else asked for.
pub(crate) fn passphrase(session: &Session) -> Result<Passphrase> {
    match session.passphrase_file() {
        Some(path) => read_passphrase(&path),
        None => prompt("Passphrase: "),
    }
}

/// The passphrase of a key to be made: asked for twice.
pub(crate) fn new_passphrase(session: &Session) -> Result<Passphrase> {
    if let Some(path) = session.passphrase_file() {
        return read_passphrase(&path);
    }
    let first = prompt("New passphrase: ")?;
    let second = prompt("Once more: ")?;
    if first != second {
        return Err(Failure::bad_input(anyhow!("the two passphrases differ")));
    }
    if first.is_empty() {
        return Err(Failure::bad_input(anyhow!("the passphrase is empty")));
    }
    Ok(first)
}

/// The first line of a file that only its owner may read.
pub(crate) fn read_passphrase(path: &Path) -> Result<Passphrase> {
    let context = || format!("failed to read the passphrase file {}", path.display());
    let bytes = private_file::read(path, PASSPHRASE_LEN_MAX)
        .map_err(|error| match &error {
            private_file::PrivateFileError::Exposed { .. } => {
                Failure::bad_input(error).hint(format!("run `chmod 600 {}`", path.display()))
            }
            _ => Failure::bad_input(anyhow!(error).context(context())),
        })
        .map(Zeroizing::new)?;
    let text = std::str::from_utf8(&bytes).or_bad_input(context())?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Failure::bad_input(anyhow!(
            "the passphrase file {} is empty",
            path.display()
        )));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

fn prompt(question: &str) -> Result<Passphrase> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::bad_input(anyhow!(
            "the key needs a passphrase and there is no terminal to ask for it"
        ))
        .hint("name a file with --passphrase-file FILE or LILLIPUT_PASSPHRASE_FILE"));
    }
    rpassword::prompt_password(question)
        .map(Zeroizing::new)
        .or_failed("failed to read the passphrase")
}
