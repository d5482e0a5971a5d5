//! What went wrong, the exit code, and what to do next.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use serde_json::{Map, Value, json};

/// What every command returns.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why the process ends with something other than 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed,
    BadInput,
    Rejected,
}

impl Exit {
    fn number(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::BadInput => 2,
            Self::Rejected => 3,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::BadInput => "bad_input",
            Self::Rejected => "rejected",
        }
    }
}

/// An error on its way to the user.
///
/// An error that is merely passed on with `?` is exit 1, or what a node's refusal stands for; [`OrExit`] says when it is the user's
/// input or a proof that is at fault.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    error: anyhow::Error,
    hint: Option<String>,
    facts: Map<String, Value>,
}

impl Failure {
    fn new(exit: Exit, error: anyhow::Error) -> Self {
        Self {
            exit,
            error,
            hint: None,
            facts: Map::new(),
        }
    }

    /// An error whose exit code is known.
    pub(crate) fn failed_with(exit: Exit, error: anyhow::Error) -> Self {
        Self::new(exit, error)
    }

    /// What went wrong, with its causes.
    pub(crate) fn reason(&self) -> String {
        format!("{:#}", self.error)
    }

    /// The command was right and couldn't be done: exit 1.
    pub(crate) fn failed(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::Failed, error.into())
    }

    /// The command or a file it names is wrong: exit 2.
    pub(crate) fn bad_input(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::BadInput, error.into())
    }

    /// A proof or other evidence doesn't hold: exit 3.
    pub(crate) fn rejected(error: impl Into<anyhow::Error>) -> Self {
        Self::new(Exit::Rejected, error.into())
    }

    /// What the user can do next.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// A fact that scripts want beside the error, at the top of the JSON object.
    pub(crate) fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }

    /// Prints to standard error and, with `--json`, as the one object on standard output.
    pub(crate) fn print(&self, json: bool) -> ExitCode {
        // Where the streams are closed there is nobody left to tell.
        let mut stderr = std::io::stderr().lock();
        let _ = writeln!(stderr, "error: {:#}", self.error);
        if let Some(hint) = &self.hint {
            let _ = writeln!(stderr, "hint: {hint}");
        }
        if json {
            let _ = writeln!(std::io::stdout().lock(), "{:#}", self.to_json());
        }
        ExitCode::from(self.exit.number())
    }

    fn to_json(&self) -> Value {
        let mut object = self.facts.clone();
        object.insert(
            "error".to_owned(),
            json!({
                "code": self.exit.name(),
                "message": format!("{:#}", self.error),
                "hint": self.hint,
            }),
        );
        Value::Object(object)
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        crate::node::classify(error.into())
    }
}

/// Gives the error of a `Result` its exit code and a context, "failed to …"-style.
pub(crate) trait OrExit<T> {
    /// Exit 2: `context` names the file or argument that is wrong.
    fn or_bad_input(self, context: impl Display) -> Result<T>;
    /// Exit 3.
    fn or_rejected(self, context: impl Display) -> Result<T>;
    /// Exit 1.
    fn or_failed(self, context: impl Display) -> Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for std::result::Result<T, E> {
    fn or_bad_input(self, context: impl Display) -> Result<T> {
        self.map_err(|error| Failure::bad_input(error.into().context(context.to_string())))
    }

    fn or_rejected(self, context: impl Display) -> Result<T> {
        self.map_err(|error| Failure::rejected(error.into().context(context.to_string())))
    }

    fn or_failed(self, context: impl Display) -> Result<T> {
        self.map_err(|error| Failure::failed(error.into().context(context.to_string())))
    }
}
