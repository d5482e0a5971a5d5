//! The command `lilliput-runtime`: a supervisor of WebAssembly workloads, and the processes that it starts.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lilliput_runtime::{Config, RuntimeError};
use lilliput_workload::NetworkRule;

/// Runs WebAssembly components within limits. `lilliput` starts it where it is needed.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Serves the Unix socket `runtime.sock` in a folder, and runs what is asked for there.
    Serve {
        /// Where everything is kept.
        #[arg(long)]
        state: PathBuf,
        /// Bytes of components and inputs to keep.
        #[arg(long, default_value_t = 8 << 30)]
        blob_bytes_max: u64,
        /// A HOST:PORT that workloads may be allowed to reach; may be given several times.
        #[arg(long)]
        network: Vec<NetworkRule>,
    },
    /// Runs one workload, for `serve`: the order comes on standard input.
    #[command(hide = true)]
    Work,
    /// Compiles one component, for `serve`.
    #[command(hide = true)]
    Compile {
        /// The component.
        from: PathBuf,
        /// Where the compiled form goes.
        to: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody to tell if this fails too.
            let _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<(), RuntimeError> {
    match task {
        Task::Serve {
            state,
            blob_bytes_max,
            network,
        } => lilliput_runtime::serve(Config {
            state,
            blob_bytes_max,
            network: Some(network),
        }),
        Task::Work => lilliput_runtime::work(),
        Task::Compile { from, to } => lilliput_runtime::compile(&from, &to),
    }
}
