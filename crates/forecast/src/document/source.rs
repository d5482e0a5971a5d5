//! The text of a file, its lines, and the problems found so far.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::error::{Problem, Problems, nearest};
use crate::scenario::Origin;

pub(super) type Key<'a> = Spanned<DeString<'a>>;
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

const PROBLEMS_MAX: usize = 50;

pub(super) struct Source<'a> {
    pub(super) file: Arc<str>,
    pub(super) text: &'a str,
    line_starts: Vec<usize>,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: Arc<str>, text: &'a str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(index, _)| index + 1))
            .collect();
        Self {
            file,
            text,
            line_starts,
            problems: RefCell::new(Vec::new()),
        }
    }

    pub(super) fn origin(&self, span: &Range<usize>) -> Origin {
        let line = self
            .line_starts
            .partition_point(|start| *start <= span.start);
        Origin {
            file: Arc::clone(&self.file),
            line,
        }
    }

    pub(super) fn problem(
        &self,
        span: &Range<usize>,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        self.problem_at(&self.origin(span), message, hint);
    }

    pub(super) fn problem_at(
        &self,
        origin: &Origin,
        message: impl Into<String>,
        hint: Option<String>,
    ) {
        let mut problems = self.problems.borrow_mut();
        if problems.len() < PROBLEMS_MAX {
            problems.push(Problem {
                file: origin.file.to_string(),
                line: origin.line,
                message: message.into(),
                hint,
            });
        }
    }

    pub(super) fn unknown_key(&self, key: &Key<'_>, place: &str, known: &[&str]) {
        let name = key.get_ref();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known here: {}", known.join(", ")),
        };
        self.problem(
            &key.span(),
            format!("there is no key `{name}` in {place}"),
            Some(hint),
        );
    }

    /// The table behind `value`, or a problem.
    pub(super) fn table<'v>(&self, value: &'v Value<'a>, what: &str) -> Option<&'v DeTable<'a>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.problem(&value.span(), format!("{what} is a table"), None);
                None
            }
        }
    }

    pub(super) fn string(&self, value: &Value<'a>, what: &str) -> Option<String> {
        match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            _ => {
                self.problem(&value.span(), format!("{what} is a text in quotes"), None);
                None
            }
        }
    }

    /// The text of a value as it stands in the file, shortened for tables.
    pub(super) fn written(&self, value: &Value<'a>) -> String {
        let text = self.text.get(value.span()).unwrap_or_default();
        let unquoted = match value.get_ref() {
            DeValue::String(inner) => inner.to_string(),
            _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        if unquoted.chars().count() <= 90 {
            return unquoted;
        }
        unquoted
            .chars()
            .take(89)
            .chain(std::iter::once('…'))
            .collect()
    }

    /// The result, unless there were problems.
    pub(super) fn finish<T>(self, result: T) -> Result<T, Problems> {
        let mut problems = self.problems.into_inner();
        if problems.is_empty() {
            return Ok(result);
        }
        problems.sort_by_key(|problem| problem.line);
        problems.dedup();
        Err(Problems(problems))
    }

    pub(super) fn has_problems(&self) -> bool {
        !self.problems.borrow().is_empty()
    }
}

/// The entries of a table in the order of the file.
pub(super) fn in_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(&'t Key<'a>, &'t Value<'a>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
