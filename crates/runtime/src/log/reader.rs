//! Reads a log while it is written.

use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use lilliput_workload::LogRecord;

use super::{NEW, OLD};

/// Records that one look returns at most.
const RECORDS_MAX: usize = 1000;

/// Gives a log's records in order, each once.
pub(crate) struct Reader {
    folder: PathBuf,
    after: u64,
    /// Where in which file of the newer part to go on: its number on disk, and the place.
    place: Option<(u64, u64)>,
}

impl Reader {
    /// Begins after a record.
    pub(crate) fn new(folder: &Path, after: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            after,
            place: None,
        }
    }

    /// What has been written since the last look; nothing if nothing has.
    pub(crate) fn read(&mut self) -> Vec<LogRecord> {
        let mut records = Vec::new();
        let inode = self.inode();
        if self.place.is_none_or(|(known, _)| Some(known) != inode) {
            // At the beginning, or the parts have turned: what is missing may be in the older one.
            self.read_part(OLD, 0, &mut records);
            let all = records.len() < RECORDS_MAX;
            self.place = inode.filter(|_| all).map(|inode| (inode, 0));
        }
        if let Some((inode, from)) = self.place {
            let to = self.read_part(NEW, from, &mut records);
            self.place = Some((inode, to));
        }
        if let Some(last) = records.last() {
            self.after = last.number;
        }
        records
    }

    fn inode(&self) -> Option<u64> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(self.folder.join(NEW)).ok()?;
        Some(metadata.ino())
    }

    /// Reads whole lines from a place on; returns where the next line begins.
    fn read_part(&self, name: &str, from: u64, records: &mut Vec<LogRecord>) -> u64 {
        let Ok(mut file) = std::fs::File::open(self.folder.join(name)) else {
            return from;
        };
        if file.seek(SeekFrom::Start(from)).is_err() {
            return from;
        }
        let mut reader = BufReader::new(file);
        let (mut at, mut line) = (from, Vec::new());
        let mut last = records.last().map_or(self.after, |record| record.number);
        while records.len() < RECORDS_MAX {
            line.clear();
            let Ok(bytes) = reader.read_until(b'\n', &mut line) else {
                break;
            };
            if line.last() != Some(&b'\n') {
                break;
            }
            at += bytes as u64;
            if let Ok(record) = serde_json::from_slice::<LogRecord>(&line)
                && record.number > last
            {
                last = record.number;
                records.push(record);
            }
        }
        at
    }
}
