//! What a statement is about: the model's graph, or the graph of what was done with it, laid out for what is hidden.

use std::borrow::Cow;

use lilliput_graph::batch::{BatchError, batch};
use lilliput_graph::score::{ScoreError, score};
use lilliput_graph::{Checked, Graph, GraphError};
use thiserror::Error;

use crate::codec::{CodecError, Reader, Writer};
use crate::key::VerifyingKey;
use crate::layers::Unprovable;
use crate::layout::{Hidden, Layout};

/// What was done with a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// It answered this many samples: each input and output holds that many, one behind the other.
    Answers(u32),
    /// It labelled this many samples: their labels are one more input, and the only output is how many it got right.
    Score(u32),
}

impl Task {
    /// One answer.
    pub const ANSWER: Self = Self::Answers(1);

    /// How often the model ran.
    #[must_use]
    pub const fn samples(self) -> u32 {
        match self {
            Self::Answers(samples) | Self::Score(samples) => samples,
        }
    }

    pub(crate) fn encode(self, writer: &mut Writer) {
        let kind = match self {
            Self::Answers(_) => 0,
            Self::Score(_) => 1,
        };
        writer.bytes(&[kind]);
        writer.bytes(&self.samples().to_le_bytes());
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, CodecError> {
        let [kind] = reader.array()?;
        let samples = u32::from_le_bytes(reader.array()?);
        match kind {
            0 => Ok(Self::Answers(samples)),
            1 => Ok(Self::Score(samples)),
            _ => Err(CodecError::OutOfBounds("kind of task")),
        }
    }

    /// The model's graph, with which this is done.
    fn graph(self, model: &Graph) -> Result<Graph, SubjectError> {
        Ok(match self {
            Self::Answers(samples) => batch(model, samples)?,
            Self::Score(samples) => score(model, samples)?,
        })
    }
}

/// A graph and its layout.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    checked: Cow<'a, Checked>,
    layout: Cow<'a, Layout>,
}

/// Why there can be no such statement.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SubjectError {
    /// The model can't be run that often at once.
    #[error(transparent)]
    Batch(#[from] BatchError),
    /// The model has no labels that could be counted.
    #[error(transparent)]
    Score(#[from] ScoreError),
    /// So many runs make a graph that is refused.
    #[error("so many runs at once are refused: {0}")]
    Graph(#[from] GraphError),
    /// What is asked to be hidden can't be, or so many runs can't be proven.
    #[error(transparent)]
    Unprovable(#[from] Unprovable),
}

impl<'a> Subject<'a> {
    /// What was done with the model behind a key.
    ///
    /// # Errors
    ///
    /// [`SubjectError`].
    pub fn new(key: &'a VerifyingKey, task: Task, hidden: Hidden) -> Result<Self, SubjectError> {
        if task == Task::ANSWER && hidden == Hidden::default() {
            return Ok(Self {
                checked: Cow::Borrowed(key.checked()),
                layout: Cow::Borrowed(key.layout()),
            });
        }
        let checked = if task == Task::ANSWER {
            Cow::Borrowed(key.checked())
        } else {
            Cow::Owned(Checked::new(task.graph(key.graph())?)?)
        };
        let layout = Cow::Owned(Layout::new(&checked, hidden)?);
        Ok(Self { checked, layout })
    }

    /// The graph.
    #[must_use]
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// What is committed and where.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }
}
