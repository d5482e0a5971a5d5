//! One file a command: an `Args` whose doc comment is the help, and one `run`.
//!
//! To add one: write `commands/<name>.rs`, name it here, and add it to the two lists in `cli.rs`.

pub(crate) mod case_file;
pub(crate) mod completions;
pub(crate) mod deploy;
pub(crate) mod forecast;
pub(crate) mod subnet;
pub(crate) mod tournament;
