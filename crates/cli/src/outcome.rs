//! What a command ends with, as text for people and as JSON for scripts.

use std::io::{ErrorKind, Write};

use serde_json::Value;

use crate::failure::{OrExit, Result};
use crate::session::Session;

/// The result of a command; printed once, when it is over.
#[derive(Debug)]
pub(crate) struct Outcome {
    text: String,
    json: Value,
}

impl Outcome {
    /// `json` must be an object.
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        debug_assert!(json.is_object(), "the outcome is one JSON object");
        Self {
            text: text.into(),
            json,
        }
    }

    /// As [`Outcome::new`], for a result in a form that others defined, which may be a list.
    pub(crate) fn document(text: impl Into<String>, json: Value) -> Self {
        Self {
            text: text.into(),
            json,
        }
    }

    /// Prints the one or, with `--json`, the other.
    pub(crate) fn print(&self, session: &Session) -> Result<()> {
        let mut stdout = std::io::stdout().lock();
        let written = if session.json() {
            writeln!(stdout, "{:#}", self.json)
        } else if self.text.is_empty() {
            Ok(())
        } else {
            writeln!(stdout, "{}", self.text)
        };
        match written.and_then(|()| stdout.flush()) {
            // `lilliput … | head` has what it wanted.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result.or_failed("failed to print the result"),
        }
    }
}
