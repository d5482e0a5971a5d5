//! The small language of derivations: `round(compliance_cost / bank_revenue, 3)`.
//!
//! Numbers, percentages, names, `+ - * / ^`, parentheses and a few functions; nothing else. Depth and size are
//! bounded, so that a hostile formula gives an error and never exhausts the stack.

mod parse;

#[cfg(test)]
mod tests;

pub use parse::{FormulaError, parse_formula};

/// A formula as a tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    Number(f64),
    /// The name of an input (`segment_share.iaas`) or of a derived quantity.
    Name(String),
    Unary(Unary, Box<Formula>),
    Binary(Binary, Box<Formula>, Box<Formula>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    Negate,
    Exp,
    Ln,
    Sqrt,
    /// Rounds half away from zero to so many decimals.
    Round(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Min,
    Max,
}

impl Unary {
    #[must_use]
    pub fn apply(self, value: f64) -> f64 {
        match self {
            Self::Negate => -value,
            Self::Exp => libm::exp(value),
            Self::Ln => libm::log(value),
            Self::Sqrt => value.sqrt(),
            Self::Round(decimals) => {
                let scale = libm::pow(10.0, f64::from(decimals));
                (value * scale).round() / scale
            }
        }
    }
}

impl Binary {
    #[must_use]
    pub fn apply(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Power => libm::pow(left, right),
            Self::Min => left.min(right),
            Self::Max => left.max(right),
        }
    }
}

impl Formula {
    /// Every name the formula uses, in order of appearance.
    pub fn names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.collect_names(&mut names);
        names
    }

    fn collect_names<'a>(&'a self, names: &mut Vec<&'a str>) {
        match self {
            Self::Number(_) => {}
            Self::Name(name) => names.push(name),
            Self::Unary(_, inner) => inner.collect_names(names),
            Self::Binary(_, left, right) => {
                left.collect_names(names);
                right.collect_names(names);
            }
        }
    }
}
