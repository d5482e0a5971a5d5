//! The keys and list positions from the top of a file to a value.

use std::fmt::{self, Display};
use std::rc::Rc;

use crate::problem::shown;

/// A path; a longer one shares its beginning with the one it was made from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path<'t>(Option<Rc<Link<'t>>>);

#[derive(Debug)]
struct Link<'t> {
    above: Path<'t>,
    step: Step<'t>,
}

#[derive(Debug)]
enum Step<'t> {
    Key(&'t str),
    Index(usize),
}

impl<'t> Path<'t> {
    pub(crate) fn key(&self, key: &'t str) -> Self {
        self.step(Step::Key(key))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    fn step(&self, step: Step<'t>) -> Self {
        Self(Some(Rc::new(Link {
            above: self.clone(),
            step,
        })))
    }
}

impl Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(link) = &self.0 else {
            return Ok(());
        };
        write!(f, "{}", link.above)?;
        match link.step {
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) => {
                if link.above.0.is_some() {
                    write!(f, ".")?;
                }
                let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/');
                if !key.is_empty() && key.chars().all(plain) {
                    write!(f, "{}", shown(key))
                } else {
                    write!(f, "\"{}\"", shown(key))
                }
            }
        }
    }
}
