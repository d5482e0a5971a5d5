//! What a statement is about: the model's graph, or the graph of several of its runs, laid out for what is hidden.

use std::borrow::Cow;

use lilliput_graph::batch::{BatchError, batch};
use lilliput_graph::{Checked, GraphError};
use thiserror::Error;

use crate::key::VerifyingKey;
use crate::layers::Unprovable;
use crate::layout::{Hidden, Layout};

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
    /// So many runs make a graph that is refused.
    #[error("so many runs at once are refused: {0}")]
    Graph(#[from] GraphError),
    /// What is asked to be hidden can't be, or so many runs can't be proven.
    #[error(transparent)]
    Unprovable(#[from] Unprovable),
}

impl<'a> Subject<'a> {
    /// The model behind a key, run that often.
    ///
    /// # Errors
    ///
    /// [`SubjectError`].
    pub fn new(key: &'a VerifyingKey, runs: u32, hidden: Hidden) -> Result<Self, SubjectError> {
        if runs == 1 && hidden == Hidden::default() {
            return Ok(Self {
                checked: Cow::Borrowed(key.checked()),
                layout: Cow::Borrowed(key.layout()),
            });
        }
        let checked = if runs == 1 {
            Cow::Borrowed(key.checked())
        } else {
            Cow::Owned(Checked::new(batch(key.graph(), runs)?)?)
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
