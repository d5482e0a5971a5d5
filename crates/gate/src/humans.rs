//! Which groups are of humans: roots from a file, read again each minute. A root that has gone from
//! the file counts for an hour longer, so that a proof made just before still does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use lilliput_pass::desk::HumanCheck;
use lilliput_pass::semaphore_check;
use lilliput_semaphore::Value;

use crate::error::StartError;

/// Largest file.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// How long a root counts after it was replaced, in seconds.
const GRACE_S: u64 = 3_600;

type Roots = Arc<RwLock<BTreeMap<[u8; 32], u64>>>;

/// Roots of groups, and until when each counts.
pub(crate) struct Humans {
    file: PathBuf,
    roots: Roots,
}

impl Humans {
    pub(crate) fn open(file: &Path, now_s: u64) -> Result<Self, StartError> {
        let humans = Self {
            file: file.to_owned(),
            roots: Roots::default(),
        };
        humans.refresh(now_s)?;
        Ok(humans)
    }

    /// Reads the file again.
    pub(crate) fn refresh(&self, now_s: u64) -> Result<(), StartError> {
        let failed = |why: String| StartError::Humans {
            file: self.file.display().to_string(),
            why,
        };
        let length = std::fs::metadata(&self.file)
            .map_err(|error| failed(error.to_string()))?
            .len();
        if length > FILE_BYTES_MAX {
            return Err(failed(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        let text =
            std::fs::read_to_string(&self.file).map_err(|error| failed(error.to_string()))?;
        let mut found = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let root = line
                .parse::<Value>()
                .map_err(|error| failed(format!("line {number}: {error}")))?;
            found.push(root);
        }
        let mut roots = self.roots.write().unwrap_or_else(PoisonError::into_inner);
        roots.retain(|_, until| *until > now_s);
        for root in found {
            roots.insert(root.to_bytes(), now_s.saturating_add(GRACE_S));
        }
        Ok(())
    }

    /// Checks proofs against them.
    pub(crate) fn check(&self) -> HumanCheck {
        let roots = Arc::clone(&self.roots);
        semaphore_check(move |root| {
            roots
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .contains_key(root)
        })
    }
}
