//! Files that only their owner may read: written whole or not at all, refused when others can read
//! them. The only I/O in this crate.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::random::{RandomError, random_bytes};

/// Why a private file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PrivateFileError {
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What it said.
        source: std::io::Error,
    },
    /// Other users could read or change the file.
    #[error("{path} is open to other users (mode {mode:o}), expected 600")]
    Exposed {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Larger than the caller's limit.
    #[error("{path} is larger than {limit} bytes")]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// No randomness for the temporary name.
    #[error(transparent)]
    Random(#[from] RandomError),
}

/// Writes a file that did not exist before; it appears complete, or not at all.
///
/// # Errors
/// When the file exists already or can't be written.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), PrivateFileError> {
    let temporary = write_temporary(path, bytes)?;
    // A hard link fails when the target exists: an existing key is never replaced.
    let linked = fs::hard_link(&temporary, path).map_err(io_error(path));
    let removed = fs::remove_file(&temporary).map_err(io_error(&temporary));
    linked.and(removed)?;
    sync_folder_of(path)
}

/// Writes a file, replacing what was there in one step.
///
/// # Errors
/// When it can't be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), PrivateFileError> {
    let temporary = write_temporary(path, bytes)?;
    fs::rename(&temporary, path).map_err(io_error(path))?;
    sync_folder_of(path)
}

/// Reads a file of at most `len_max` bytes that no other user can read.
///
/// # Errors
/// When it can't be read, is exposed or too large.
pub fn read(path: &Path, len_max: usize) -> Result<Vec<u8>, PrivateFileError> {
    let file = File::open(path).map_err(io_error(path))?;
    refuse_exposed(path, &file)?;
    let mut bytes = Vec::new();
    file.take(len_max as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(io_error(path))?;
    if bytes.len() > len_max {
        return Err(PrivateFileError::TooLarge {
            path: path.to_owned(),
            limit: len_max,
        });
    }
    Ok(bytes)
}

fn write_temporary(path: &Path, bytes: &[u8]) -> Result<PathBuf, PrivateFileError> {
    let suffix = hex::encode(random_bytes::<8>()?);
    let temporary = path.with_extension(format!("{suffix}.part"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    if let Err(error) = written {
        // The first error is the one worth telling; the leftover is at most a part file.
        let _ = fs::remove_file(&temporary);
        return Err(io_error(path)(error));
    }
    Ok(temporary)
}

#[cfg(unix)]
fn refuse_exposed(path: &Path, file: &File) -> Result<(), PrivateFileError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file
        .metadata()
        .map_err(io_error(path))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(PrivateFileError::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_exposed(_path: &Path, _file: &File) -> Result<(), PrivateFileError> {
    Ok(())
}

fn sync_folder_of(path: &Path) -> Result<(), PrivateFileError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if cfg!(unix) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(io_error(folder))?;
    }
    Ok(())
}

fn io_error(path: &Path) -> impl FnOnce(std::io::Error) -> PrivateFileError {
    let path = path.to_owned();
    move |source| PrivateFileError::Io { path, source }
}
