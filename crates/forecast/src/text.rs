//! Results as plain text, for a terminal.

mod check;
mod run;
mod scenarios;
mod table;
mod why;

pub use check::check_text;
pub use run::runs_text;
pub use scenarios::scenarios_text;
pub(crate) use scenarios::{output_label, value_text};
pub(crate) use table::Table;
pub use why::{bridge_text, indices_text, seek_text, tornado_text};
