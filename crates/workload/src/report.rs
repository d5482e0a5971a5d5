//! What became of a workload: its state, its events, its log, and the report of a run.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::name::Name;
use crate::workload::Kind;

/// How one run went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// What it used.
    pub used: Use,
    /// Hash of exit code, standard output, standard error and all files of the private folder; only of a job that
    /// ended by itself or ran out of what is counted exactly.
    pub output: Option<Digest>,
    /// What executed it: name and version. Fuel compares only where this is equal.
    pub engine: String,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ended")]
pub enum Outcome {
    /// By itself.
    Exited {
        /// Zero if all went well.
        code: u8,
    },
    /// It did what can't be done: unreachable code, an access outside of its memory.
    Trapped {
        /// What.
        reason: String,
    },
    /// It wanted more than it may have.
    Exceeded {
        /// Of what.
        limit: Limit,
    },
    /// It was never run: no component, imports that nobody offers.
    Refused {
        /// Why.
        reason: String,
    },
    /// It was told to stop.
    Stopped,
    /// Its process is gone.
    Lost {
        /// What is known.
        reason: String,
    },
}

/// A limit that ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Units of execution.
    Fuel,
    /// Time by the clock.
    WallTime,
    /// Depth of calls. Where it lies differs between machines.
    Stack,
    /// Standard output or standard error.
    Output,
    /// Handles to what the host holds.
    Handles,
    /// Memory that is needed at the start.
    Memory,
}

/// What a run used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Units of execution.
    pub fuel: u64,
    /// Linear memory and tables at their highest.
    pub memory_bytes_peak: u64,
    /// Bytes written to standard output.
    pub stdout_bytes: u64,
    /// Bytes written to standard error.
    pub stderr_bytes: u64,
    /// Sizes of all files at the end.
    pub disk_bytes: u64,
    /// Files and folders at the end.
    pub files: u64,
    /// Requests to the outside and connections.
    pub sub_requests: u64,
    /// Requests that a service answered.
    pub requests: u64,
    /// Time by the clock.
    pub wall_ms: u64,
}

/// Where a workload stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Accepted; being compiled or about to start.
    Preparing,
    /// Runs; a service listens.
    Running,
    /// A service is about to be started again.
    Restarting,
    /// Over.
    Ended,
}

/// What a runtime knows of a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Its name.
    pub name: Name,
    /// Its component.
    pub component: Digest,
    /// How it runs.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// The port that a running service listens on, of 127.0.0.1.
    pub port: Option<u16>,
    /// The process that runs it.
    pub process: Option<u32>,
    /// How often it was begun.
    pub attempts: u32,
    /// The last run's report.
    pub report: Option<Report>,
}

/// Something that happened to a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Counts up from one.
    pub number: u64,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// What.
    pub event: EventKind,
}

/// What can happen to a workload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum EventKind {
    /// It was accepted.
    Accepted,
    /// Its component was compiled.
    Compiled {
        /// How long that took.
        took_ms: u64,
    },
    /// A run began.
    Started {
        /// Which attempt.
        attempt: u32,
        /// Where a service listens.
        port: Option<u16>,
    },
    /// A run ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
    /// A service starts again after a while.
    Restarting {
        /// How long that is.
        after_ms: u64,
    },
    /// Somebody asked to stop it.
    StopAsked,
    /// The runtime came back and found it in its folder.
    Recovered,
}

/// One line that a workload wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRecord {
    /// Counts up from one; a gap is what the bound of the log dropped.
    pub number: u64,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// Where to.
    pub stream: Stream,
    /// The line without its end; bytes that are no UTF-8 replaced.
    pub text: String,
}

/// Where a workload wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Outcome {
    /// Whether a second run of a deterministic job must end the same way: what depends on the clock, on the machine's stack or
    /// on its operator is left out.
    #[must_use]
    pub const fn is_reproducible(&self) -> bool {
        match self {
            Self::Exited { .. } | Self::Trapped { .. } | Self::Refused { .. } => true,
            Self::Exceeded { limit } => !matches!(limit, Limit::WallTime | Limit::Stack),
            Self::Stopped | Self::Lost { .. } => false,
        }
    }
}
