//! Results as plain text, for a terminal.

mod check;
mod scenarios;
mod table;

pub use check::check_text;
pub use scenarios::scenarios_text;
pub(crate) use scenarios::value_text;
pub(crate) use table::Table;
