//! Checks a log: the chain, the seals, and what lies behind the last one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use lilliput_crypto::{PublicKey, Signature};
use serde::Deserialize;

use super::line::{Hash, hash, opened};
use super::writer::sealed;
use super::{LINE_BYTES_MAX, VERSION};

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The key it is sealed with.
    pub key: String,
    /// The hash of the last line of the file it follows; zeros for the first.
    pub follows: String,
    /// The hash of its own last line.
    pub last: String,
    /// Decisions that stand in it.
    pub decisions: u64,
    /// Decisions that it says it lost.
    pub lost: u64,
    /// Seals.
    pub seals: u64,
    /// Lines behind the last seal: nobody vouches for them.
    pub unsealed: u64,
}

/// What is wrong with a log.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    /// It can't be read.
    #[error("failed to read the log")]
    Read(#[from] io::Error),
    /// It isn't a log.
    #[error("line {0} is no line of a log of decisions")]
    Line(u64),
    /// It doesn't begin as one.
    #[error("the log doesn't begin with the line that names its key")]
    Beginning,
    /// Of another version.
    #[error("the log is of version {0}, which isn't known here")]
    Version(u32),
    /// Changed.
    #[error("line {0} was changed, or a line before it was changed, taken out or put in")]
    Chain(u64),
    /// Not sealed by the key.
    #[error("the seal in line {0} isn't by the log's key")]
    Seal(u64),
    /// Of another key than was asked for.
    #[error("the log is sealed with {got}, not with {expected}")]
    OtherKey {
        /// Asked for.
        expected: String,
        /// Found.
        got: String,
    },
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Told {
    Begin {
        version: u32,
        key: String,
        follows: String,
    },
    Decision {},
    Lost {
        count: u64,
    },
    Seal {
        signature: String,
    },
}

/// Checks a whole file, against a key if one is given.
///
/// # Errors
/// With the first thing that is wrong.
pub fn verify(path: &Path, expected: Option<&str>) -> Result<Report, JournalFault> {
    let mut report = Report::default();
    let mut before: Hash = [0; 32];
    let mut key: Option<PublicKey> = None;
    for (number, line) in (1..).zip(Lines(BufReader::new(File::open(path)?))) {
        let line = line?.ok_or(JournalFault::Line(number))?;
        let (body, told) = opened(&line).ok_or(JournalFault::Line(number))?;
        let found = hash(&before, body);
        if found != told {
            return Err(JournalFault::Chain(number));
        }
        let told: Told =
            serde_json::from_str(&format!("{body}}}")).map_err(|_| JournalFault::Line(number))?;
        report.unsealed += 1;
        match (told, &key) {
            (
                Told::Begin {
                    version,
                    key: text,
                    follows,
                },
                None,
            ) if number == 1 => {
                if version != VERSION {
                    return Err(JournalFault::Version(version));
                }
                key = Some(text.parse().map_err(|_| JournalFault::Beginning)?);
                report.key = text;
                report.follows = follows;
            }
            (Told::Begin { .. }, _) | (_, None) => return Err(JournalFault::Beginning),
            (Told::Decision {}, Some(_)) => report.decisions += 1,
            (Told::Lost { count }, Some(_)) => report.lost = report.lost.saturating_add(count),
            (Told::Seal { signature }, Some(key)) => {
                let signature: Signature =
                    signature.parse().map_err(|_| JournalFault::Seal(number))?;
                key.verify(&sealed(&before), &signature)
                    .map_err(|_| JournalFault::Seal(number))?;
                report.seals += 1;
                report.unsealed = 0;
            }
        }
        before = found;
    }
    if key.is_none() {
        return Err(JournalFault::Beginning);
    }
    if let Some(expected) = expected.filter(|expected| *expected != report.key) {
        return Err(JournalFault::OtherKey {
            expected: expected.to_owned(),
            got: report.key,
        });
    }
    report.last = hex::encode(before);
    Ok(report)
}

/// Lines of bounded length; `None` for one that is longer or no text.
struct Lines<R>(R);

impl<R: BufRead> Iterator for Lines<R> {
    type Item = io::Result<Option<String>>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        let most = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        match self.0.by_ref().take(most).read_until(b'\n', &mut line) {
            Err(error) => Some(Err(error)),
            Ok(0) => None,
            Ok(_) if line.pop() == Some(b'\n') => Some(Ok(String::from_utf8(line).ok())),
            // Cut off in the middle of a line, or too long.
            Ok(_) => Some(Ok(None)),
        }
    }
}

/// The hash of the last whole line of a file; a line that was cut off by a crash doesn't count.
pub(super) fn last_hash(path: &Path) -> io::Result<Hash> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let tail = length.min(2 * u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX));
    file.seek(SeekFrom::Start(length - tail))?;
    let mut bytes = Vec::new();
    file.take(tail).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let last = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .filter_map(|line| opened(line.trim_end_matches('\n')))
        .next_back();
    Ok(last.map_or([0; 32], |(_, hash)| hash))
}
