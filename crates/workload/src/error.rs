//! Why a workload, or a talk with a runtime, failed.

use std::path::PathBuf;

/// Why a workload was refused, or its runtime could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum WorkloadError {
    /// A name that isn't one.
    #[error(
        "{text:?} is no name of a workload: 1 to 63 of a-z, 0-9 and -, beginning and ending with a letter or a digit"
    )]
    Name {
        /// What was given.
        text: String,
    },
    /// A path of a file that leaves its folder, or could.
    #[error(
        "{text:?} is no path of a file: at most 255 bytes, relative, without empty parts, \".\", \"..\" or control characters"
    )]
    FilePath {
        /// What was given.
        text: String,
    },
    /// More than a workload may ask for.
    #[error("{what} is {got}, at most {max} is allowed")]
    TooMuch {
        /// Which limit.
        what: &'static str,
        /// What was asked.
        got: u64,
        /// The ceiling.
        max: u64,
    },
    /// Less than a workload needs.
    #[error("{what} is zero: give it a value")]
    Zero {
        /// Which limit.
        what: &'static str,
    },
    /// Parts that don't fit together.
    #[error("{reason}")]
    Mismatch {
        /// What doesn't fit, and what to change.
        reason: &'static str,
    },
    /// A rule for the network that can't be read.
    #[error("{text:?} is no rule for the network: write HOST:PORT, a host name or an IP address")]
    NetworkRule {
        /// What was given.
        text: String,
    },
    /// The runtime isn't built or isn't beside the command.
    #[error("there is no {}: build it with `cargo build --release -p lilliput-runtime`, or name it in LILLIPUT_RUNTIME", path.display())]
    NoBinary {
        /// Where it should be.
        path: PathBuf,
    },
    /// The runtime was started and doesn't answer.
    #[error("the runtime doesn't answer on {}: see {}", socket.display(), log.display())]
    NotServing {
        /// Its socket.
        socket: PathBuf,
        /// What it wrote.
        log: PathBuf,
    },
    /// The runtime said no.
    #[error("{reason}")]
    Refused {
        /// Its words.
        reason: String,
        /// What kind of refusal, for programs.
        kind: crate::protocol::RefusalKind,
    },
    /// An answer that isn't one.
    #[error("the runtime's answer can't be read: {reason}")]
    Answer {
        /// Why.
        reason: String,
    },
    /// The socket, or a file.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What.
        source: std::io::Error,
    },
}
