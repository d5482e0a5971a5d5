//! All automation of the repository: `cargo xtask <command>`.

use clap::Parser;

/// Automation of the lilliput repository.
#[derive(Parser)]
struct Cli {}

fn main() {
    let _cli = Cli::parse();
}
