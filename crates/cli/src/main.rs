//! The command `lilliput`.

use clap::Parser;

/// An open network for AI that anyone can check.
#[derive(Parser)]
#[command(version, about)]
struct Cli {}

fn main() {
    let _cli = Cli::parse();
}
