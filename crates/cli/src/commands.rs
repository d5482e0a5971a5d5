//! One file a command: an `Args` whose doc comment is the help, and one `run`.
//!
//! To add one: write `commands/<name>.rs`, name it here, and add it to the two lists in `cli.rs`.

pub(crate) mod account;
pub(crate) mod ask;
pub(crate) mod bid;
pub(crate) mod case_file;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod deploy;
pub(crate) mod eval;
pub(crate) mod explain;
pub(crate) mod forecast;
pub(crate) mod gate;
pub(crate) mod host;
pub(crate) mod id;
pub(crate) mod lease;
pub(crate) mod model;
pub(crate) mod price;
pub(crate) mod prices;
pub(crate) mod prove;
pub(crate) mod provider;
pub(crate) mod purchase;
pub(crate) mod stake;
pub(crate) mod status;
pub(crate) mod storage;
pub(crate) mod subnet;
pub(crate) mod token;
pub(crate) mod tournament;
pub(crate) mod tx;
pub(crate) mod up;
pub(crate) mod verify;
