//! Writes the log in a thread of its own.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use lilliput_crypto::SecretKey;
use serde_json::{Value, json};

use super::line::{Hash, closed, object};
use super::{VERSION, verify};
use crate::visitor::Visit;

/// Most visits that wait to be written.
const WAITING_MAX: usize = 1 << 16;
/// Longest time between a line and its seal.
const SEAL_TIME: Duration = Duration::from_secs(1);
/// Most lines between two seals.
const SEAL_LINES: u64 = 10_000;
/// A file that is larger is followed by another.
const FILE_BYTES_MAX: u64 = 64 << 20;

/// What the signature of a seal is over.
pub(super) fn sealed(hash: &Hash) -> Vec<u8> {
    [b"lilliput gate decision log seal 1".as_slice(), hash].concat()
}

/// The log, from the side of who has something to tell it.
pub(crate) struct Journal {
    sender: Option<SyncSender<Arc<Visit>>>,
    lost: Arc<AtomicU64>,
    broken: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Journal {
    /// Goes on with the log in a folder.
    pub(crate) fn open(folder: &Path, key: SecretKey) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let lost = Arc::new(AtomicU64::new(0));
        let broken = Arc::new(AtomicU64::new(0));
        let mut writer = Writer::open(folder, key, Arc::clone(&lost))?;
        let failures = Arc::clone(&broken);
        let thread = std::thread::Builder::new()
            .name("gate-log".to_owned())
            .spawn(move || {
                if writer.run(&receiver).is_err() {
                    failures.fetch_add(1, Ordering::Relaxed);
                }
            })?;
        Ok(Self {
            sender: Some(sender),
            lost,
            broken,
            thread: Some(thread),
        })
    }

    /// Tells it of a visit, without waiting.
    pub(crate) fn tell(&self, visit: Arc<Visit>) {
        let Some(sender) = &self.sender else { return };
        if let Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) = sender.try_send(visit) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Visits that it doesn't hold.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Whether it can still be written.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed) > 0
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // It ends when it has written what was told.
            let _ = thread.join();
        }
    }
}

struct Writer {
    folder: PathBuf,
    key: SecretKey,
    file: BufWriter<File>,
    file_number: u64,
    file_bytes: u64,
    before: Hash,
    number: u64,
    unsealed: u64,
    lost: Arc<AtomicU64>,
    lost_told: u64,
}

fn name(number: u64) -> String {
    format!("decisions-{number:06}.jsonl")
}

fn last_number(folder: &Path) -> io::Result<u64> {
    let mut last = 0;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_str().and_then(|name| {
            name.strip_prefix("decisions-")?
                .strip_suffix(".jsonl")?
                .parse()
                .ok()
        });
        last = last.max(number.unwrap_or(0));
    }
    Ok(last)
}

fn create(folder: &Path, number: u64) -> io::Result<BufWriter<File>> {
    let mut options = OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    Ok(BufWriter::with_capacity(
        1 << 16,
        options.open(folder.join(name(number)))?,
    ))
}

impl Writer {
    /// Each run begins a file of its own, bound to the last line of the one before.
    fn open(folder: &Path, key: SecretKey, lost: Arc<AtomicU64>) -> io::Result<Self> {
        let last = last_number(folder)?;
        let before = if last > 0 {
            verify::last_hash(&folder.join(name(last)))?
        } else {
            [0; 32]
        };
        let mut writer = Self {
            folder: folder.to_owned(),
            key,
            file: create(folder, last + 1)?,
            file_number: last + 1,
            file_bytes: 0,
            before,
            number: 0,
            unsealed: 0,
            lost,
            lost_told: 0,
        };
        writer.begin()?;
        Ok(writer)
    }

    fn begin(&mut self) -> io::Result<()> {
        let follows = hex::encode(self.before);
        let key = self.key.public_key().to_string();
        self.before = [0; 32];
        self.put(
            json!({ "kind": "begin", "version": VERSION, "key": key, "follows": follows })
                .to_string(),
        )?;
        self.seal()
    }

    fn run(&mut self, receiver: &Receiver<Arc<Visit>>) -> io::Result<()> {
        let mut sealed = Instant::now();
        loop {
            match receiver.recv_timeout(SEAL_TIME) {
                Ok(visit) => {
                    self.number += 1;
                    self.put(object(self.number, &visit))?;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.tell_lost()?;
                    return self.seal();
                }
            }
            if self.unsealed > 0 && (sealed.elapsed() >= SEAL_TIME || self.unsealed >= SEAL_LINES) {
                self.tell_lost()?;
                self.seal()?;
                sealed = Instant::now();
                if self.file_bytes > FILE_BYTES_MAX {
                    self.file = create(&self.folder, self.file_number + 1)?;
                    self.file_number += 1;
                    self.file_bytes = 0;
                    self.begin()?;
                }
            }
        }
    }

    fn tell_lost(&mut self) -> io::Result<()> {
        let lost = self.lost.load(Ordering::Relaxed);
        let more = lost - self.lost_told;
        if more > 0 {
            self.lost_told = lost;
            self.put(json!({ "kind": "lost", "count": more }).to_string())?;
        }
        Ok(())
    }

    fn put(&mut self, object: String) -> io::Result<()> {
        let (mut line, hash) = closed(object, &self.before);
        line.push('\n');
        self.file.write_all(line.as_bytes())?;
        self.before = hash;
        self.unsealed += 1;
        self.file_bytes += u64::try_from(line.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    fn seal(&mut self) -> io::Result<()> {
        let signature = self.key.sign(&sealed(&self.before));
        let object: Value = json!({ "kind": "seal", "signature": signature.to_string() });
        self.put(object.to_string())?;
        self.unsealed = 0;
        self.file.flush()?;
        self.file.get_ref().sync_data()
    }
}
