//! Functions of one variable that a network writes out in several steps.

use super::Function;

/// Most terms of a formula.
const TERMS_MAX: usize = 64;

/// One step of a formula; places are those of earlier terms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Term {
    Variable,
    Plus(usize, f32),
    Times(usize, f32),
    /// `a + sign * b`.
    Add(usize, usize, f32),
    Mul(usize, usize),
    Max(usize, usize),
    Clip(usize, f32, f32),
    Apply(usize, Function),
}

/// Terms, of which the last is the result.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Formula {
    terms: Vec<Term>,
}

impl Formula {
    /// `None`: it would be too long.
    pub(crate) fn new(terms: Vec<Term>) -> Option<Self> {
        (!terms.is_empty() && terms.len() <= TERMS_MAX).then_some(Self { terms })
    }

    /// In double precision.
    pub(crate) fn apply(&self, x: f64) -> f64 {
        let mut values: Vec<f64> = Vec::with_capacity(self.terms.len());
        for term in &self.terms {
            let value = match *term {
                Term::Variable => x,
                Term::Plus(a, offset) => values[a] + f64::from(offset),
                Term::Times(a, factor) => values[a] * f64::from(factor),
                Term::Add(a, b, sign) => values[a] + f64::from(sign) * values[b],
                Term::Mul(a, b) => values[a] * values[b],
                Term::Max(a, b) => values[a].max(values[b]),
                Term::Clip(a, lo, hi) => values[a].max(lo.into()).min(hi.into()),
                Term::Apply(a, function) => function.apply(values[a]),
            };
            values.push(value);
        }
        values.pop().unwrap_or(x)
    }
}
