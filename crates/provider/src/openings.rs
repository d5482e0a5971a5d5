//! The counter of openings beside a model file: which numbers this copy has left.
//!
//! A key hides its weights for a number of proofs. Each proof uses one number, and a number that is used twice shows
//! more of the weights than any proof may. So the next number is on disk before its proof is begun: a process that
//! dies in between loses a number, and none is used again. A lock orders the processes that share a model.

use std::fs::{File, OpenOptions};
use std::ops::Range;
use std::path::{Path, PathBuf};

use lilliput_crypto::private_file::{self, PrivateFileError};
use lilliput_graph::model::Hiding;

#[cfg(test)]
mod tests;

/// Longest counter file.
const BYTES_MAX: usize = 1 << 10;
/// Its first line.
const TITLE: &str = "lilliput openings 1";

/// Why there is no number.
#[derive(Debug, thiserror::Error)]
pub enum OpeningsError {
    /// All numbers of this copy are used.
    #[error(
        "the openings of {model} are used up ({share}): one more proof would show its weights; make a successor with `lilliput model rotate`, or take a share of another copy with `lilliput model share`",
        model = model.display()
    )]
    UsedUp {
        /// The model file.
        model: PathBuf,
        /// What it had.
        share: String,
    },
    /// There is no counter.
    #[error(
        "{counter} is missing, so that nobody knows which openings are used, and one that is used twice shows the weights: put the file back, or take a share of another copy with `lilliput model share`, or make a successor with `lilliput model rotate`",
        counter = counter.display()
    )]
    Missing {
        /// Where it should be.
        counter: PathBuf,
    },
    /// The counter can't be understood, or belongs to another model.
    #[error(
        "{counter} is damaged ({what}), so that nobody knows which openings are used, and one that is used twice shows the weights: put the file back, or take a share of another copy with `lilliput model share`, or make a successor with `lilliput model rotate`",
        counter = counter.display()
    )]
    Damaged {
        /// Which.
        counter: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Fewer numbers are left than are asked for.
    #[error("{left} openings of {model} are left, {asked} are asked for", model = model.display())]
    TooFew {
        /// The model file.
        model: PathBuf,
        /// Left.
        left: u32,
        /// Asked for.
        asked: u32,
    },
    /// The lock can't be had.
    #[error("{path}: {source}", path = path.display())]
    Lock {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The counter can't be read or written.
    #[error(transparent)]
    File(#[from] PrivateFileError),
}

/// What a counter file says: the numbers that are left.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Counter {
    /// Tells whose openings are counted, and nothing about the seed.
    of: String,
    left: Range<u32>,
}

impl Counter {
    fn new(hiding: &Hiding, left: Range<u32>) -> Self {
        let of = blake3::derive_key("lilliput 2026 openings", &hiding.seed);
        Self {
            of: hex::encode(of),
            left,
        }
    }

    fn encode(&self) -> String {
        let Self { of, left } = self;
        let body = format!("{TITLE}\nof {of}\nnext {}\nend {}\n", left.start, left.end);
        let check = blake3::hash(body.as_bytes());
        format!("{body}check {check}\n")
    }

    /// The one form in which it is written, read back.
    fn decode(text: &str) -> Option<Self> {
        let mut lines = text.lines().skip(1);
        let mut line = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
        let counter = Self {
            of: line("of")?.to_owned(),
            left: line("next")?.parse().ok()?..line("end")?.parse().ok()?,
        };
        (counter.encode() == text).then_some(counter)
    }
}

/// The openings of one model file.
#[derive(Clone, Debug)]
pub struct Openings {
    model: PathBuf,
    counter: PathBuf,
}

/// Held while a counter is read and written.
pub(crate) struct Held {
    _file: File,
}

impl Openings {
    /// Those of the model file at this path.
    #[must_use]
    pub fn beside(model: &Path) -> Self {
        Self {
            model: model.to_owned(),
            counter: model.with_extension("openings"),
        }
    }

    /// Writes the counter of a model file that isn't there yet.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn create(&self, hiding: &Hiding) -> Result<(), OpeningsError> {
        self.write(&Counter::new(hiding, hiding.share.clone()))
    }

    /// The numbers that are left.
    ///
    /// # Errors
    /// When the counter is missing or damaged.
    pub fn left(&self, hiding: &Hiding) -> Result<Range<u32>, OpeningsError> {
        let bytes = match private_file::read(&self.counter, BYTES_MAX) {
            Ok(bytes) => bytes,
            Err(PrivateFileError::Io { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                return Err(OpeningsError::Missing {
                    counter: self.counter.clone(),
                });
            }
            Err(PrivateFileError::TooLarge { .. }) => return Err(self.damaged("too long")),
            Err(error) => return Err(error.into()),
        };
        let text = std::str::from_utf8(&bytes).map_err(|_| self.damaged("no text"))?;
        let counter = Counter::decode(text).ok_or_else(|| self.damaged("not a counter"))?;
        if counter.of != Counter::new(hiding, 0..0).of {
            return Err(self.damaged("it counts another model's"));
        }
        // A share that was given away stays given away, whichever of the two files knows.
        let end = counter.left.end.min(hiding.share.end);
        if counter.left.start < hiding.share.start {
            return Err(self.damaged("it begins before this copy's share"));
        }
        Ok(counter.left.start..end.max(counter.left.start))
    }

    /// Takes the next number. When this returns, no other process gets it, whatever happens to this one.
    ///
    /// # Errors
    /// When none is left, or the counter is missing or damaged.
    pub fn take(&self, hiding: &Hiding) -> Result<u32, OpeningsError> {
        let held = self.hold()?;
        let left = self.left(hiding)?;
        if left.is_empty() {
            return Err(self.used_up(Some(hiding)));
        }
        let taken = left.start;
        self.write(&Counter::new(hiding, taken + 1..left.end))?;
        drop(held);
        Ok(taken)
    }

    /// Takes the last `count` numbers away from this copy, for another one.
    pub(crate) fn split(
        &self,
        hiding: &Hiding,
        count: u32,
        _held: &Held,
    ) -> Result<Range<u32>, OpeningsError> {
        let left = self.left(hiding)?;
        let available = left.end - left.start;
        let Some(kept) = available.checked_sub(count).filter(|_| count > 0) else {
            return Err(OpeningsError::TooFew {
                model: self.model.clone(),
                left: available,
                asked: count,
            });
        };
        let middle = left.start + kept;
        self.write(&Counter::new(hiding, left.start..middle))?;
        Ok(middle..left.end)
    }

    /// Waits until no other process counts. The lock's file is never replaced, as counter and model are.
    pub(crate) fn hold(&self) -> Result<Held, OpeningsError> {
        let path = self.counter.with_extension("openings.lock");
        let lock_error = |source| OpeningsError::Lock {
            path: path.clone(),
            source,
        };
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options.open(&path).map_err(lock_error)?;
        file.lock().map_err(lock_error)?;
        Ok(Held { _file: file })
    }

    pub(crate) fn used_up(&self, hiding: Option<&Hiding>) -> OpeningsError {
        OpeningsError::UsedUp {
            model: self.model.clone(),
            share: hiding.map(describe).unwrap_or_default(),
        }
    }

    fn write(&self, counter: &Counter) -> Result<(), OpeningsError> {
        private_file::replace(&self.counter, counter.encode().as_bytes())?;
        Ok(())
    }

    fn damaged(&self, what: &'static str) -> OpeningsError {
        OpeningsError::Damaged {
            counter: self.counter.clone(),
            what,
        }
    }
}

fn describe(hiding: &Hiding) -> String {
    let Range { start, end } = hiding.share;
    format!("numbers {start} to {end} of {}", hiding.openings)
}
