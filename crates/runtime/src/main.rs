//! The command `lilliput-runtime`: a supervisor of WebAssembly workloads, and the processes that it starts.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use lilliput_runtime::{Config, RuntimeError};

/// What the command is told when it is asked how it works.
const HELP: &str = "\
Runs WebAssembly components within limits. `lilliput` starts it where it is needed.

Usage: lilliput-runtime serve --state FOLDER [--blob-bytes-max BYTES] [--network HOST:PORT]...

  --state FOLDER          where everything is kept, and the socket runtime.sock
  --blob-bytes-max BYTES  components and inputs to keep [default: 8589934592]
  --network HOST:PORT     what workloads may be allowed to reach; may be given several times
  --version               name and version, and those of the engine
";
/// Bytes of blobs, where nobody says.
const BLOB_BYTES_DEFAULT: u64 = 8 << 30;

/// What is to be done.
enum Task {
    Help,
    Version,
    Serve(Config),
    /// One workload, for `serve`: the order comes on standard input.
    Work,
    /// One component, for `serve`.
    Compile(PathBuf, PathBuf),
}

fn main() -> ExitCode {
    let task = read(&mut std::env::args().skip(1));
    let done = task
        .map_err(|reason| (2, reason))
        .and_then(|task| run(task).map_err(|error| (1, error.to_string())));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, reason)) => {
            // Nobody to tell if this fails too.
            let _ = writeln!(std::io::stderr(), "{reason}");
            ExitCode::from(code)
        }
    }
}

fn run(task: Task) -> Result<(), RuntimeError> {
    match task {
        Task::Help => say(HELP),
        Task::Version => {
            let version = env!("CARGO_PKG_VERSION");
            say(&format!(
                "lilliput-runtime {version} ({})\n",
                lilliput_runtime::engine_name()
            ));
        }
        Task::Serve(config) => lilliput_runtime::serve(config)?,
        Task::Work => lilliput_runtime::work()?,
        Task::Compile(from, to) => lilliput_runtime::compile(&from, &to)?,
    }
    Ok(())
}

fn say(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}

fn read(words: &mut impl Iterator<Item = String>) -> Result<Task, String> {
    let first = words.next().unwrap_or_else(|| "--help".to_owned());
    let mut path = || words.next().map(PathBuf::from).ok_or("a path is missing");
    Ok(match first.as_str() {
        "serve" => return serve(words),
        "work" => Task::Work,
        "compile" => Task::Compile(path()?, path()?),
        "--help" | "-h" | "help" => Task::Help,
        "--version" | "-V" => Task::Version,
        other => return Err(format!("there is no {other:?}: see --help")),
    })
}

fn serve(words: &mut impl Iterator<Item = String>) -> Result<Task, String> {
    let mut state = None;
    let mut blob_bytes_max = BLOB_BYTES_DEFAULT;
    let mut network = Vec::new();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "--state" => state = Some(PathBuf::from(value()?)),
            "--blob-bytes-max" => {
                let value = value()?;
                blob_bytes_max = value
                    .parse()
                    .map_err(|_| format!("{value:?} is no number of bytes"))?;
            }
            "--network" => network.push(value()?.parse().map_err(|error| format!("{error}"))?),
            other => return Err(format!("there is no {other:?}: see --help")),
        }
    }
    Ok(Task::Serve(Config {
        state: state.ok_or("say where everything is kept: --state FOLDER")?,
        blob_bytes_max,
        network,
    }))
}
