//! What can go wrong, said so that the person who wrote the file can put it right.

use std::fmt;

/// One thing wrong in a scenario file, at one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    pub line: usize,
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}: {}", self.file, self.line, self.message)?;
        match &self.hint {
            Some(hint) => write!(formatter, "\n  {hint}"),
            None => Ok(()),
        }
    }
}

/// Everything wrong in a scenario file, in the order of its lines; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", join(.0))]
pub struct Problems(pub Vec<Problem>);

fn join(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A question that the model can't answer as it was put.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ForecastError {
    #[error(transparent)]
    File(#[from] Problems),
    #[error("there is no scenario `{got}`; known are {known}")]
    UnknownScenario { got: String, known: String },
    #[error("there is no input `{got}`{}", suggestion(.nearest))]
    UnknownInput {
        got: String,
        nearest: Option<String>,
    },
    #[error("there is no output `{got}`{}", suggestion(.nearest))]
    UnknownOutput {
        got: String,
        nearest: Option<String>,
    },
    #[error("year {got} is outside {first} to {last}")]
    YearOutOfRange { got: u16, first: u16, last: u16 },
    #[error("{got} draws: from {least} to {most} are possible")]
    Draws { got: u64, least: u64, most: u64 },
    #[error("{got} replicas: from 2 to {most} are possible, with at least two draws each")]
    Replicas { got: u32, most: u32 },
    #[error("{got} uncertain inputs: at most {most} are possible")]
    TooManyUncertain { got: usize, most: usize },
    #[error("nothing in scenario `{scenario}` is uncertain, so there is nothing to draw")]
    NothingUncertain { scenario: String },
    #[error("`{output}` is not a number in some draws; look for a division by zero or a logarithm")]
    NotANumber { output: String },
    #[error(
        "first-order and total indices presume independent inputs, and scenario `{scenario}` correlates {pair}"
    )]
    CorrelatedIndices { scenario: String, pair: String },
    #[error(
        "no value of `{input}` from {low} to {high} brings `{output}` to {target}; it stays between {reached_low} and {reached_high}"
    )]
    Unreachable {
        input: String,
        output: String,
        target: f64,
        low: f64,
        high: f64,
        reached_low: f64,
        reached_high: f64,
    },
    #[error("scenarios `{from}` and `{to}` don't have the same segments")]
    DifferentSegments { from: String, to: String },
    #[error("the order of the bridge names `{got}`, which is not one of {known}")]
    BridgeOrder { got: String, known: String },
    #[error("{what} must be {expected}, got {got}")]
    Range {
        what: &'static str,
        expected: &'static str,
        got: f64,
    },
    #[error(
        "settlement is halted: what was burned covers {ratio} of what is owed, and {halt_ratio} is the least"
    )]
    BreakerTripped { ratio: f64, halt_ratio: f64 },
    #[error("failed to draw the picture: {0}")]
    Picture(String),
    #[error("failed to write the workbook: {0}")]
    Workbook(String),
}

fn suggestion(nearest: &Option<String>) -> String {
    match nearest {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}

/// The candidate nearest to `got` by edit distance, if it is near enough to have been meant.
pub(crate) fn nearest<'a>(got: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let limit = got.chars().count() / 3 + 1;
    candidates
        .map(|name| (edit_distance(got, name), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name.to_owned())
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn one word into the other.
fn edit_distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().take(64).collect();
    let right: Vec<char> = right.chars().take(64).collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, &a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &b) in right.iter().enumerate() {
            let mut best = (above[column] + usize::from(a != b))
                .min(above[column + 1] + 1)
                .min(current[column] + 1);
            if row > 0 && column > 0 && a == right[column - 1] && left[row - 1] == b {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[right.len()]
}
