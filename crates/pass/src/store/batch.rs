//! One thread takes what has come in meanwhile and writes it in one commit.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::folder::Folder;
use super::shared::Shared;
use super::{Pending, SpendKey, StoreError};

/// Most jobs that wait. More than that are refused at once.
const QUEUE_MAX: usize = 16_384;
/// Most jobs of one commit.
const BATCH_MAX: usize = 2_048;

/// A claim, or a look when there is no value.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) key: SpendKey,
    pub(super) value: Option<Vec<u8>>,
    pub(super) expires_s: u64,
    pub(super) now_s: u64,
}

/// What stood under the job's key before.
pub(super) type Answer = Result<Option<Vec<u8>>, StoreError>;

struct Asked {
    job: Job,
    answer: oneshot::Sender<Answer>,
}

pub(super) enum Backend {
    Folder(Box<Folder>),
    Shared(Box<Shared>),
}

impl Backend {
    /// All jobs, in their order, durable when this returns.
    fn apply(&mut self, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
        match self {
            Self::Folder(folder) => folder.apply(jobs),
            Self::Shared(shared) => shared.apply(jobs),
        }
    }
}

#[derive(Debug)]
pub(super) struct Queue {
    sender: Option<SyncSender<Asked>>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.job.fmt(formatter)
    }
}

impl Queue {
    pub(super) fn start(mut backend: Backend) -> Self {
        let (sender, receiver) = sync_channel::<Asked>(QUEUE_MAX);
        let writer = std::thread::spawn(move || {
            while let Some(batch) = next_batch(&receiver) {
                write(&mut backend, batch);
            }
        });
        Self {
            sender: Some(sender),
            writer: Mutex::new(Some(writer)),
        }
    }

    pub(super) fn ask(&self, job: Job) -> Result<Pending, StoreError> {
        let (answer, pending) = oneshot::channel();
        let sender = self.sender.as_ref().ok_or(StoreError::Closed)?;
        sender
            .try_send(Asked { job, answer })
            .map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => StoreError::Closed,
            })?;
        Ok(Pending(pending))
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // The writer ends when it has written what is left, so that the folder can be opened again.
        self.sender = None;
        let writer = self.writer.lock().map_or(None, |mut writer| writer.take());
        if let Some(writer) = writer {
            // A writer that panicked has nothing more to write.
            let _ = writer.join();
        }
    }
}

/// Waits for a job, then takes all that are there.
fn next_batch(receiver: &Receiver<Asked>) -> Option<Vec<Asked>> {
    let mut batch = vec![receiver.recv().ok()?];
    batch.extend(receiver.try_iter().take(BATCH_MAX - 1));
    Some(batch)
}

fn write(backend: &mut Backend, batch: Vec<Asked>) {
    let (jobs, senders): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .map(|asked| (asked.job, asked.answer))
        .unzip();
    let answers = match backend.apply(&jobs) {
        Ok(answers) => answers,
        Err(error) => vec![Err(error); jobs.len()],
    };
    for (sender, answer) in senders.into_iter().zip(answers) {
        // Who doesn't wait any more has lost what it claimed: nothing is served for it.
        let _ = sender.send(answer);
    }
}
