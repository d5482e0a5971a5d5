//! Manifests on disk, one a lease.

use std::collections::BTreeSet;
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::error::GatewayError;
use crate::manifest::MANIFEST_BYTES_MAX;
use crate::token::LeaseId;

/// The folder.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, GatewayError> {
        let mut builder = std::fs::DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(path);
        made.map_err(GatewayError::io(path))?;
        Ok(Self(path.to_owned()))
    }

    pub(super) fn read(&self, id: LeaseId) -> Result<Option<Vec<u8>>, GatewayError> {
        let path = self.path(id);
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(GatewayError::io(&path)(error)),
        };
        let mut bytes = Vec::new();
        let read = file.take(MANIFEST_BYTES_MAX as u64).read_to_end(&mut bytes);
        read.map_err(GatewayError::io(&path))?;
        Ok(Some(bytes))
    }

    /// Written beside and moved, so that it is whole or not there: it may hold a tenant's secrets, so nobody else reads it.
    pub(super) fn write(&self, id: LeaseId, bytes: &[u8]) -> Result<(), GatewayError> {
        let (path, new) = (self.path(id), self.0.join("new"));
        let _ = std::fs::remove_file(&new);
        let mut options = std::fs::OpenOptions::new();
        let file = options.create_new(true).write(true).mode(0o600).open(&new);
        let mut file = file.map_err(GatewayError::io(&new))?;
        let written = std::io::Write::write_all(&mut file, bytes).and_then(|()| file.sync_all());
        written.map_err(GatewayError::io(&new))?;
        std::fs::rename(&new, &path).map_err(GatewayError::io(&path))
    }

    /// Forgets the manifests of leases that have ended. One that stays behind does no harm.
    pub(super) fn keep_only(&self, leases: &BTreeSet<LeaseId>) {
        let wanted: BTreeSet<PathBuf> = leases.iter().map(|id| self.path(*id)).collect();
        let entries = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if !wanted.contains(&path) {
                let _ = std::fs::remove_file(path);
            }
        }
    }

    fn path(&self, id: LeaseId) -> PathBuf {
        self.0
            .join(format!("{}-{}-{}.json", id.dseq, id.gseq, id.oseq))
    }
}
