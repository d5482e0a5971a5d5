//! A job that does what its first argument says: useful things, and everything that a job shouldn't.

mod bad;
mod good;

use wasip2::filesystem::types::{Descriptor, DescriptorFlags, OpenFlags, PathFlags};

struct Tool;

wasip2::cli::command::export!(Tool);

impl wasip2::exports::cli::run::Guest for Tool {
    fn run() -> Result<(), ()> {
        let arguments = wasip2::cli::environment::get_arguments();
        let argument = |at: usize| arguments.get(at).map_or("", String::as_str);
        match argument(1) {
            "count" => good::count(),
            "all" => good::all(),
            "floats" => good::floats(),
            "environment" => good::environment(),
            "exit" => wasip2::cli::exit::exit_with_code(argument(2).parse().unwrap_or(0)),
            "sleep" => bad::sleep(argument(2).parse().unwrap_or(0)),
            "loop" => bad::endless(),
            "recurse" => say(&format!("{}\n", bad::recurse(1))),
            "allocate" => bad::allocate(),
            "fill" => bad::fill(argument(2)),
            "hole" => bad::hole(argument(2).parse().unwrap_or(0)),
            "hide" => bad::hide(argument(2).parse().unwrap_or(0)),
            "files" => bad::files(),
            "handles" => bad::handles(),
            "escape" => bad::escape(argument(2)),
            "connect" => bad::connect(argument(2)),
            "lookup" => bad::lookup(argument(2)),
            "flood" => bad::flood(argument(2).parse().unwrap_or(0)),
            "zeroes" => bad::zeroes(argument(2).parse().unwrap_or(0)),
            "trap" => std::process::abort(),
            _ => return Err(()),
        }
        Ok(())
    }
}

/// Writes to standard output, piece by piece.
fn say(text: &str) {
    let output = wasip2::cli::stdout::get_stdout();
    for piece in text.as_bytes().chunks(4096) {
        if output.blocking_write_and_flush(piece).is_err() {
            return;
        }
    }
}

fn root() -> Descriptor {
    let folders = wasip2::filesystem::preopens::get_directories();
    folders.into_iter().next().expect("every job has a folder").0
}

fn create(path: &str) -> Result<Descriptor, String> {
    let flags = DescriptorFlags::READ | DescriptorFlags::WRITE;
    let opened = root().open_at(PathFlags::empty(), path, OpenFlags::CREATE, flags);
    opened.map_err(|code| format!("{code:?}"))
}
