//! Requests and replies between a runtime and its clients: one line of JSON each, over a Unix socket. Where bytes follow a line,
//! the line says how many.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::name::{FilePath, Name};
use crate::report::{Event, LogRecord, Status};
use crate::workload::Workload;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
pub enum Request {
    /// Who answers?
    Hello {},
    /// Keeps a blob, whose bytes follow the line.
    Put {
        /// How many.
        bytes: u64,
    },
    /// Is there this blob?
    Has {
        /// Its id.
        blob: Digest,
    },
    /// Runs a workload. Asking twice for the same runs it once.
    Start {
        /// Which.
        workload: Box<Workload>,
    },
    /// Where does it stand?
    Status {
        /// Which.
        name: Name,
    },
    /// Where do they all stand?
    List {},
    /// What happened to it?
    Events {
        /// Which.
        name: Name,
        /// After which event.
        after: u64,
    },
    /// What did it write?
    Logs {
        /// Which.
        name: Name,
        /// After which record.
        after: u64,
        /// Wait for more until it ends.
        follow: bool,
    },
    /// A job's output, or a file of a workload's folder.
    Read {
        /// Which.
        name: Name,
        /// Which part.
        what: Part,
    },
    /// The files of a workload's folder.
    Files {
        /// Which.
        name: Name,
    },
    /// Ends its run and starts it again.
    Restart {
        /// Which.
        name: Name,
    },
    /// Begins again what was stopped, with its files.
    Resume {
        /// Which.
        name: Name,
    },
    /// Ends its run; its folder stays.
    Stop {
        /// Which.
        name: Name,
    },
    /// Stops it and deletes its folder.
    Remove {
        /// Which.
        name: Name,
    },
}

/// A part of a workload's output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Standard output of a job.
    Stdout,
    /// Standard error of a job.
    Stderr,
    /// A file of the private folder.
    File(FilePath),
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reply")]
pub enum Reply {
    /// The runtime.
    Hello {
        /// The engine's name and version.
        engine: String,
        /// The process.
        process: u32,
    },
    /// A blob is kept under this id.
    Kept {
        /// Its id.
        blob: Digest,
    },
    /// Whether a blob is there.
    Has {
        /// It is.
        there: bool,
    },
    /// Where a workload stands.
    Status {
        /// Its status.
        status: Box<Status>,
    },
    /// Where all workloads stand; a line each, then [`Reply::End`].
    Item {
        /// One of them.
        status: Box<Status>,
    },
    /// An event; a line each, then [`Reply::End`].
    Event {
        /// One of them.
        event: Event,
    },
    /// A record of a log; a line each, then [`Reply::End`].
    Log {
        /// One of them.
        record: LogRecord,
    },
    /// A file's name and size; a line each, then [`Reply::End`].
    File {
        /// Its path.
        path: FilePath,
        /// Its size.
        bytes: u64,
    },
    /// Bytes follow.
    Bytes {
        /// How many.
        bytes: u64,
    },
    /// That was all of a list.
    End {},
    /// It is gone.
    Removed {},
    /// No.
    Refused {
        /// Why, and what to do next.
        reason: String,
        /// What kind of no.
        kind: RefusalKind,
    },
}

/// What kind of refusal, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The request can't be read, or asks for more than is allowed.
    Bad,
    /// No such workload, blob or file.
    Missing,
    /// The name is taken by another workload, or the state doesn't allow it.
    Conflict,
    /// No more room: workloads, connections or disk.
    Full,
    /// The runtime's own trouble.
    Failed,
}
