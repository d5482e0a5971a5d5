//! What a supervisor keeps on disk.
//!
//! ```text
//! blobs/ID                     components and inputs, named by what they contain
//! compiled/ID-ENGINE.cwasm     components, compiled
//! workloads/NAME/              workload.json, status.json, events.json, log.new, log.old,
//!                              stdout, stderr, disk/, worker.err
//! ```
//!
//! A file is written beside its place and moved there, so that it is whole or not there at all.

use std::fs::{DirBuilder, File};
use std::io::{Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use lilliput_workload::limits::{INPUT_BYTES_MAX, LINE_BYTES_MAX};
use lilliput_workload::{Digest, Hasher};
use lilliput_workload::{Event, Kind, Name, State, Status, Workload};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::compiled;
use crate::error::RuntimeError;
use crate::run::DISK;

/// How long a blob that nothing uses is kept: it may have been put for what is about to start.
const UNUSED_MAX: Duration = Duration::from_secs(3600);

/// The folder.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Held while a blob is added, so that two together stay within the bound.
    putting: Mutex<()>,
}

impl Folder {
    pub(crate) fn open(root: &Path) -> Result<Self, RuntimeError> {
        let root = root.to_owned();
        for name in ["blobs", "compiled", "workloads", "new"] {
            make_folder(&root.join(name))?;
        }
        // What was being written when the last supervisor was killed.
        let new = root.join("new");
        for entry in std::fs::read_dir(&new)
            .map_err(RuntimeError::io(&new))?
            .flatten()
        {
            let _ = std::fs::remove_file(entry.path());
        }
        let putting = Mutex::new(());
        Ok(Self { root, putting })
    }

    pub(crate) fn blob(&self, id: Digest) -> PathBuf {
        self.root.join("blobs").join(id.to_string())
    }

    pub(crate) fn compiled(&self, component: Digest) -> Result<PathBuf, RuntimeError> {
        compiled::path(&self.root.join("compiled"), component)
    }

    pub(crate) fn of(&self, name: &Name) -> PathBuf {
        self.root.join("workloads").join(name.as_str())
    }

    /// A place for a file that isn't finished.
    pub(crate) fn unfinished(&self, name: &str) -> PathBuf {
        self.root.join("new").join(name)
    }

    /// Keeps what a reader gives, if all of it comes and there is room.
    pub(crate) fn put(
        &self,
        reader: &mut impl Read,
        bytes: u64,
        total_max: u64,
    ) -> Result<Result<Digest, &'static str>, RuntimeError> {
        let Ok(_one_at_a_time) = self.putting.lock() else {
            return Ok(Err("an earlier upload broke down: start the runtime again"));
        };
        let blobs = self.root.join("blobs");
        if bytes > INPUT_BYTES_MAX {
            return Ok(Err("the blob is too large"));
        }
        if size(&blobs)?.saturating_add(bytes) > total_max {
            return Ok(Err(
                "the runtime keeps as many blobs as it may: remove workloads",
            ));
        }
        let path = self.unfinished("blob");
        let mut file = File::create(&path).map_err(RuntimeError::io(&path))?;
        let mut hasher = Hasher::blob();
        let (mut left, mut buffer) = (bytes, vec![0; 64 << 10]);
        while left > 0 {
            let want = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(buffer.len());
            let read = reader
                .read(&mut buffer[..want])
                .map_err(RuntimeError::io(&path))?;
            if read == 0 {
                return Ok(Err("the blob broke off"));
            }
            hasher.update(&buffer[..read]);
            file.write_all(&buffer[..read])
                .map_err(RuntimeError::io(&path))?;
            left -= read as u64;
        }
        let id = hasher.finish();
        file.sync_all().map_err(RuntimeError::io(&path))?;
        std::fs::rename(&path, self.blob(id)).map_err(RuntimeError::io(&path))?;
        Ok(Ok(id))
    }

    /// Removes blobs that no workload uses and that have lain here for a while, and what was compiled from them.
    pub(crate) fn drop_unused(&self, used: &[Digest]) {
        let used: Vec<String> = used.iter().map(Digest::to_string).collect();
        for name in ["blobs", "compiled"] {
            let Ok(entries) = std::fs::read_dir(self.root.join(name)) else {
                continue;
            };
            for entry in entries.flatten() {
                let file = entry.file_name().to_string_lossy().into_owned();
                let id = file.split('-').next().unwrap_or_default();
                let changed = entry.metadata().and_then(|metadata| metadata.modified());
                let age = changed.ok().and_then(|changed| changed.elapsed().ok());
                if !used.iter().any(|used| used == id) && age.is_some_and(|age| age > UNUSED_MAX) {
                    let _ = std::fs::remove_file(entry.path());
                }
            }
        }
    }

    /// Makes a workload's folder.
    pub(crate) fn make(&self, workload: &Workload) -> Result<(), RuntimeError> {
        let folder = self.of(&workload.name);
        make_folder(&folder)?;
        self.write(&folder.join("workload.json"), workload)
    }

    /// Lays the input files into the private folder; a job's is emptied first.
    pub(crate) fn lay_out(&self, workload: &Workload) -> Result<(), RuntimeError> {
        let disk = self.of(&workload.name).join(DISK);
        if workload.kind == Kind::Job && disk.exists() {
            std::fs::remove_dir_all(&disk).map_err(RuntimeError::io(&disk))?;
        }
        if disk.exists() {
            return Ok(());
        }
        // Whole or not at all, as a service's isn't laid out twice.
        let new = self.unfinished(&format!("disk-{}", workload.name));
        let _ = std::fs::remove_dir_all(&new);
        make_folder(&new)?;
        for (path, blob) in &workload.files {
            let to = new.join(path.as_str());
            if let Some(parent) = to.parent() {
                make_folder(parent)?;
            }
            let from = self.blob(*blob);
            std::fs::copy(&from, &to).map_err(RuntimeError::io(&from))?;
        }
        std::fs::rename(&new, &disk).map_err(RuntimeError::io(&disk))
    }

    pub(crate) fn keep_status(
        &self,
        status: &Status,
        events: &[Event],
    ) -> Result<(), RuntimeError> {
        let folder = self.of(&status.name);
        self.write(&folder.join("events.json"), &events)?;
        self.write(&folder.join("status.json"), status)
    }

    pub(crate) fn remove(&self, name: &Name) -> Result<(), RuntimeError> {
        let folder = self.of(name);
        std::fs::remove_dir_all(&folder).map_err(RuntimeError::io(&folder))
    }

    /// Every workload that was accepted, where it stood, and what had happened to it.
    pub(crate) fn workloads(&self) -> Result<Vec<(Workload, Status, Vec<Event>)>, RuntimeError> {
        let root = self.root.join("workloads");
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&root)
            .map_err(RuntimeError::io(&root))?
            .flatten()
        {
            let folder = entry.path();
            let Some(workload) = read::<Workload>(&folder.join("workload.json"))? else {
                // Killed before it was accepted.
                let _ = std::fs::remove_dir_all(&folder);
                continue;
            };
            let status = read(&folder.join("status.json"))?;
            let status = status.unwrap_or_else(|| fresh(&workload));
            let events = read(&folder.join("events.json"))?.unwrap_or_default();
            found.push((workload, status, events));
        }
        Ok(found)
    }

    fn write(&self, path: &Path, value: &impl Serialize) -> Result<(), RuntimeError> {
        let text = serde_json::to_vec(value).map_err(|error| kept(path, &error))?;
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = PathBuf::from(new);
        std::fs::write(&new, text).map_err(RuntimeError::io(&new))?;
        std::fs::rename(&new, path).map_err(RuntimeError::io(path))
    }
}

/// The status of a workload that nothing has happened to.
pub(crate) fn fresh(workload: &Workload) -> Status {
    Status {
        name: workload.name.clone(),
        component: workload.component,
        kind: workload.kind,
        state: State::Preparing,
        port: None,
        process: None,
        attempts: 0,
        report: None,
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, RuntimeError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(RuntimeError::io(path)(error)),
    };
    let mut text = Vec::new();
    let read = file.take(LINE_BYTES_MAX as u64 * 16).read_to_end(&mut text);
    read.map_err(RuntimeError::io(path))?;
    let value = serde_json::from_slice(&text).map_err(|error| kept(path, &error))?;
    Ok(Some(value))
}

fn kept(path: &Path, error: &serde_json::Error) -> RuntimeError {
    RuntimeError::Kept {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}

fn make_folder(path: &Path) -> Result<(), RuntimeError> {
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(path);
    made.map_err(RuntimeError::io(path))
}

/// Bytes of a folder's files.
fn size(folder: &Path) -> Result<u64, RuntimeError> {
    let entries = std::fs::read_dir(folder).map_err(RuntimeError::io(folder))?;
    let sizes = entries
        .flatten()
        .map(|entry| entry.metadata().map_or(0, |metadata| metadata.len()));
    Ok(sizes.sum())
}
