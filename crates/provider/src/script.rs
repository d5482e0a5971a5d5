//! Prices by a program of the provider's own: the order in as JSON, rates out as JSON.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use lilliput_types::market::{BidTerms, GroupOrder, OrderId, Rate};
use serde::{Deserialize, Serialize};

/// How long a script may think.
const TIME_MAX: Duration = Duration::from_secs(5);
/// How often it is looked whether it is done.
const POLL: Duration = Duration::from_millis(5);
/// The longest answer.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// Why a script gave no prices.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It can't be started or talked to.
    #[error("the price script {path} failed: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It took too long.
    #[error("the price script {path} took longer than {} s", TIME_MAX.as_secs())]
    Slow {
        /// Which.
        path: PathBuf,
    },
    /// It said that it failed.
    #[error("the price script {path} ended with {status}")]
    Failed {
        /// Which.
        path: PathBuf,
        /// How it ended.
        status: std::process::ExitStatus,
    },
    /// Its answer isn't what is expected.
    #[error(
        "the price script {path} answered {what}; expected {{\"rates\": [a rate for each line of the bid]}}"
    )]
    Answer {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

#[derive(Serialize)]
struct Question<'a> {
    order: OrderId,
    group: &'a GroupOrder,
    bid: &'a BidTerms,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    rates: Vec<Rate>,
}

/// Asks a script what the lines of a bid should cost.
///
/// # Errors
/// When it can't be run, takes too long, or answers something else.
pub fn ask(
    path: &Path,
    order: OrderId,
    group: &GroupOrder,
    bid: &BidTerms,
) -> Result<Vec<Rate>, ScriptError> {
    let io = |source| ScriptError::Io {
        path: path.to_owned(),
        source,
    };
    let wrong = |what: String| ScriptError::Answer {
        path: path.to_owned(),
        what,
    };
    let question = serde_json::to_vec(&Question { order, group, bid })
        .map_err(|error| io(std::io::Error::other(error)))?;
    let mut child = Command::new(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(io)?;
    let stdin = child.stdin.take();
    // A script that doesn't read must not hold us up, nor one that doesn't stop writing.
    thread::spawn(move || {
        // A script may answer without reading.
        stdin.map(|mut stdin| stdin.write_all(&question));
    });
    let stdout = child.stdout.take();
    let (told, answered) = mpsc::channel();
    thread::spawn(move || {
        let mut answer = Vec::new();
        let read = stdout.map(|stdout| stdout.take(ANSWER_BYTES_MAX + 1).read_to_end(&mut answer));
        // Nobody listens any more once the time is over.
        let _ = told.send(read.transpose().map(|_| answer));
    });
    let status = wait(&mut child).map_err(io)?;
    let Some(status) = status else {
        return Err(ScriptError::Slow {
            path: path.to_owned(),
        });
    };
    // The pipe closes with the process, unless it left children behind.
    let answer = answered.recv_timeout(TIME_MAX);
    // Before its status is looked at: whoever writes on is ended because nobody reads.
    if let Ok(Ok(answer)) = &answer
        && answer.len() as u64 > ANSWER_BYTES_MAX
    {
        return Err(wrong(format!("more than {ANSWER_BYTES_MAX} bytes")));
    }
    if !status.success() {
        return Err(ScriptError::Failed {
            path: path.to_owned(),
            status,
        });
    }
    let answer = answer
        .map_err(|_| wrong("without closing its output".to_owned()))?
        .map_err(io)?;
    let answer: Answer =
        serde_json::from_slice(&answer).map_err(|error| wrong(error.to_string()))?;
    if answer.rates.len() != bid.offers.len() {
        return Err(wrong(format!(
            "{} rates for {} lines",
            answer.rates.len(),
            bid.offers.len()
        )));
    }
    Ok(answer.rates)
}

/// Until it ends, or its time is over; then it is ended.
fn wait(child: &mut Child) -> std::io::Result<Option<std::process::ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > TIME_MAX {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(POLL);
    }
}

#[cfg(all(test, unix))]
mod tests;
