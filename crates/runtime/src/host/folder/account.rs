//! How much a folder holds.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use lilliput_workload::Limits;

use crate::error::RuntimeError;

/// The operating system's number for a full disk.
const ENOSPC: i32 = 28;
/// Folders within folders.
const DEPTH_MAX: u32 = 64;

/// The account of one folder, shared by all instances of a workload.
pub(crate) struct Disk {
    path: PathBuf,
    bytes_max: u64,
    files_max: u64,
    held: Mutex<Held>,
    /// Held while names change: what is looked at and what is done then are about the same file.
    pub(super) names: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    bytes: u64,
    files: u64,
    /// Files that are open, by their number on disk.
    open: BTreeMap<u64, Open>,
    /// Numbers given to files in the order in which they were first asked for.
    seen: BTreeMap<u64, u64>,
    /// The next such number.
    next: u64,
}

#[derive(Default)]
struct Open {
    times: u64,
    /// It has no name any more; its bytes are free when it is closed.
    nameless: bool,
}

impl Disk {
    /// Counts what is there.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, RuntimeError> {
        let mut held = Held::default();
        for bytes in list(path).map_err(RuntimeError::io(path))?.values() {
            held.files += 1;
            held.bytes += bytes.unwrap_or(0);
        }
        Ok(Self {
            path: path.to_owned(),
            bytes_max: limits.disk_bytes,
            files_max: limits.files,
            held: Mutex::new(held),
            names: tokio::sync::Mutex::new(()),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Sizes of all files, and how many files and folders there are.
    pub(crate) fn used(&self) -> (u64, u64) {
        let held = self.held();
        (held.bytes, held.files)
    }

    /// Writes at a place, or at the end.
    pub(super) fn write(&self, file: &File, place: Option<u64>, bytes: &[u8]) -> io::Result<u64> {
        let mut held = self.held();
        let len = file.metadata()?.len();
        let start = place.unwrap_or(len);
        let added = bytes.len() as u64;
        let end = start.checked_add(added).ok_or_else(full)?;
        let growth = if added == 0 {
            0
        } else {
            end.saturating_sub(len)
        };
        self.check(held.bytes, growth)?;
        let written = file.write_all_at(bytes, start);
        // Also of a write that failed half-way: what it left counts.
        held.bytes = held.bytes.saturating_sub(len) + file.metadata()?.len();
        written.map(|()| added)
    }

    /// Cuts or extends; an extension counts though it may be a hole.
    pub(super) fn set_len(&self, file: &File, len: u64) -> io::Result<()> {
        let mut held = self.held();
        let old = file.metadata()?.len();
        self.check(held.bytes, len.saturating_sub(old))?;
        file.set_len(len)?;
        held.bytes = held.bytes.saturating_sub(old) + len;
        Ok(())
    }

    /// Whether one more file or folder may be made.
    pub(super) fn check_name(&self) -> io::Result<()> {
        if self.held().files < self.files_max {
            Ok(())
        } else {
            Err(full())
        }
    }

    pub(super) fn name_added(&self) {
        self.held().files += 1;
    }

    pub(super) fn folder_removed(&self) {
        let mut held = self.held();
        held.files = held.files.saturating_sub(1);
    }

    /// A file has lost its name; its bytes are free at once if nobody has it open.
    pub(super) fn file_removed(&self, inode: u64, bytes: u64) {
        let mut held = self.held();
        held.files = held.files.saturating_sub(1);
        held.seen.remove(&inode);
        match held.open.get_mut(&inode) {
            Some(open) => open.nameless = true,
            None => held.bytes = held.bytes.saturating_sub(bytes),
        }
    }

    /// A file was cut while it was opened.
    pub(super) fn cut(&self, bytes: u64) {
        let mut held = self.held();
        held.bytes = held.bytes.saturating_sub(bytes);
    }

    pub(super) fn opened(&self, file: &File) -> io::Result<()> {
        let inode = file.metadata()?.ino();
        self.held().open.entry(inode).or_default().times += 1;
        Ok(())
    }

    pub(super) fn closed(&self, file: &File) {
        let Ok(metadata) = file.metadata() else {
            return;
        };
        let mut held = self.held();
        let inode = metadata.ino();
        let Some(open) = held.open.get_mut(&inode) else {
            return;
        };
        open.times = open.times.saturating_sub(1);
        if open.times == 0 {
            let nameless = open.nameless;
            held.open.remove(&inode);
            if nameless {
                held.bytes = held.bytes.saturating_sub(metadata.len());
            }
        }
    }

    /// A number for a file that is the same in every run that asks for files in the same order.
    pub(super) fn number(&self, inode: u64) -> u64 {
        let mut held = self.held();
        if let Some(number) = held.seen.get(&inode) {
            return *number;
        }
        let number = held.next;
        held.next += 1;
        held.seen.insert(inode, number);
        number
    }

    fn check(&self, bytes: u64, growth: u64) -> io::Result<()> {
        let sum = bytes.checked_add(growth);
        if growth == 0 || sum.is_some_and(|sum| sum <= self.bytes_max) {
            Ok(())
        } else {
            Err(full())
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // The numbers stay true when a thread panics between two of them: each is one assignment.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn full() -> io::Error {
    io::Error::from_raw_os_error(ENOSPC)
}

/// All files with their sizes, and folders, by path within the folder, in order.
pub(crate) fn list(folder: &Path) -> io::Result<BTreeMap<String, Option<u64>>> {
    let mut found = BTreeMap::new();
    collect(folder, "", 0, &mut found)?;
    Ok(found)
}

fn collect(
    folder: &Path,
    prefix: &str,
    depth: u32,
    found: &mut BTreeMap<String, Option<u64>>,
) -> io::Result<()> {
    if depth > DEPTH_MAX {
        let reason = format!("folders are nested more than {DEPTH_MAX} deep");
        return Err(io::Error::other(reason));
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            collect(&entry.path(), &format!("{path}/"), depth + 1, found)?;
            found.insert(path, None);
        } else if metadata.is_file() {
            found.insert(path, Some(metadata.len()));
        }
    }
    Ok(())
}
