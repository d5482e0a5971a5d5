//! What is wrong with a file, where, and what was meant.
//!
//! Every problem names a line, a column and the path of keys to it. Words from the file are
//! shortened and control characters in them are escaped, so that a message is safe to print.

mod cause;

use std::fmt::{self, Display};

use serde::{Serialize, Serializer, ser::SerializeStruct};

pub use cause::{Cause, Doubt};

use crate::limits::{PROBLEMS_MAX, SUGGESTIONS_MAX};
use crate::nearest::nearest;

/// Characters of a word that a message repeats.
const SHOWN_CHARS: usize = 60;

/// Where something stands in a file; both count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// A cause and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding<C> {
    /// Line and column.
    pub place: Place,
    /// Keys and list positions from the top, as `services.web.expose[0].port`; empty at the top.
    pub path: String,
    /// What is the matter.
    pub cause: C,
}

/// What makes a file unusable.
pub type Problem = Finding<Cause>;
/// What is allowed and probably not what was meant.
pub type Warning = Finding<Doubt>;

impl<C: Display> Display for Finding<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        write!(f, "line {line}, column {column}")?;
        if !self.path.is_empty() {
            write!(f, ", {}", self.path)?;
        }
        write!(f, ": {}", self.cause)
    }
}

impl<C: Display> Serialize for Finding<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Finding", 4)?;
        object.serialize_field("line", &self.place.line)?;
        object.serialize_field("column", &self.place.column)?;
        object.serialize_field("path", &self.path)?;
        object.serialize_field("message", &self.cause.to_string())?;
        object.end()
    }
}

/// All problems of a file that can't be used, in the order of their places; at least one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    problems: Vec<Problem>,
    omitted: usize,
}

impl Refusal {
    /// The problems, at most [`PROBLEMS_MAX`] of them.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// How many more there are.
    pub fn omitted(&self) -> usize {
        self.omitted
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
            omitted: 0,
        }
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        if self.omitted > 0 {
            write!(f, "\nand {} more", self.omitted)?;
        }
        Ok(())
    }
}

/// Problems and warnings as they are found.
#[derive(Debug, Default)]
pub(crate) struct Report {
    problems: Vec<Problem>,
    omitted: usize,
    warnings: Vec<Warning>,
    suggestions: usize,
}

impl Report {
    /// The candidate that `word` is a slip of. A file gets a bounded number of answers, since
    /// thousands of unknown names among thousands of known ones would take their product.
    pub(crate) fn nearest<'c>(
        &mut self,
        word: &str,
        candidates: impl Iterator<Item = &'c str>,
    ) -> Option<&'c str> {
        if self.suggestions >= SUGGESTIONS_MAX {
            return None;
        }
        self.suggestions += 1;
        nearest(word, candidates)
    }

    pub(crate) fn problem(&mut self, place: Place, path: String, cause: Cause) {
        let problem = Finding { place, path, cause };
        if self.problems.contains(&problem) {
            return;
        }
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(problem);
        } else {
            self.omitted += 1;
        }
    }

    pub(crate) fn warning(&mut self, place: Place, path: String, cause: Doubt) {
        let warning = Finding { place, path, cause };
        if self.warnings.len() < PROBLEMS_MAX && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// The warnings of a file without problems.
    pub(crate) fn finish(mut self) -> Result<Vec<Warning>, Refusal> {
        self.problems.sort_by_key(|problem| problem.place);
        self.warnings.sort_by_key(|warning| warning.place);
        if self.problems.is_empty() {
            Ok(self.warnings)
        } else {
            Err(Refusal {
                problems: self.problems,
                omitted: self.omitted,
            })
        }
    }
}

/// A word of the file as a message repeats it.
pub(crate) fn shown(word: &str) -> String {
    let mut shown: String = word
        .chars()
        .take(SHOWN_CHARS)
        .flat_map(|c| {
            // Bidirectional and other invisible marks could make a message read as another.
            let visible = !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
            if visible {
                vec![c]
            } else {
                c.escape_unicode().collect()
            }
        })
        .collect();
    if word.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests;
