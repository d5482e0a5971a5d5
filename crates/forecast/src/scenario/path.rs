//! How an input moves over the years: each path goes through the scenario's value in the scenario's year.

use std::fmt;

use crate::formula::{Binary, Formula, Unary};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Year(u16);

impl Year {
    pub const FIRST: Self = Self(2024);
    pub const LAST: Self = Self(2040);

    /// A year the model answers for, 2024 to 2040.
    #[must_use]
    pub fn new(year: u16) -> Option<Self> {
        (Self::FIRST.0..=Self::LAST.0)
            .contains(&year)
            .then_some(Self(year))
    }

    #[must_use]
    pub fn number(self) -> u16 {
        self.0
    }

    pub fn all() -> impl Iterator<Item = Self> {
        (Self::FIRST.0..=Self::LAST.0).map(Self)
    }
}

impl fmt::Display for Year {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Path {
    /// The same each year.
    Constant,
    /// A straight line from one known year; never below zero.
    Linear { from_year: u16, from_value: f64 },
    /// The same growth each year.
    Compound { rate: f64 },
    /// From one known year by the same growth each year.
    CompoundFrom { from_year: u16, from_value: f64 },
    /// A logistic curve below a ceiling, through one known year.
    SCurve {
        from_year: u16,
        from_value: f64,
        ceiling: f64,
    },
    /// The diffusion of Bass (Management Science 15, 1969): those who adopt by themselves and those who imitate.
    Bass {
        launch_year: u16,
        innovation: f64,
        imitation: f64,
    },
}

impl Path {
    /// The word that files use.
    #[must_use]
    pub fn label(&self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::Linear { .. } => "linear",
            Self::Compound { .. } | Self::CompoundFrom { .. } => "compound",
            Self::SCurve { .. } => "s-curve",
            Self::Bass { .. } => "bass",
        }
    }

    /// The value in `year`, as a formula of the value in the scenario's own year.
    pub(crate) fn formula(&self, value: Formula, anchor: Year, year: Year) -> Formula {
        let elapsed = f64::from(year.0) - f64::from(anchor.0);
        if elapsed == 0.0 {
            return value;
        }
        match *self {
            Self::Constant => value,
            Self::Compound { rate } => {
                product(value, Formula::Number(libm::pow(1.0 + rate, elapsed)))
            }
            Self::Linear {
                from_year,
                from_value,
            } => {
                let part = fraction(from_year, anchor, year);
                let line = sum(
                    Formula::Number(from_value * (1.0 - part)),
                    product(value, Formula::Number(part)),
                );
                Formula::Binary(Binary::Max, Box::new(line), Box::new(Formula::Number(0.0)))
            }
            Self::CompoundFrom {
                from_year,
                from_value,
            } => {
                let part = fraction(from_year, anchor, year);
                let ratio = binary(Binary::Divide, value, Formula::Number(from_value));
                product(
                    Formula::Number(from_value),
                    binary(Binary::Power, ratio, Formula::Number(part)),
                )
            }
            Self::SCurve {
                from_year,
                from_value,
                ceiling,
            } => {
                let part = fraction(from_year, anchor, year);
                s_curve(value, from_value, ceiling, part)
            }
            Self::Bass {
                launch_year,
                innovation,
                imitation,
            } => {
                let reached = |at: u16| {
                    bass_share(
                        f64::from(at) - f64::from(launch_year),
                        innovation,
                        imitation,
                    )
                };
                product(value, Formula::Number(reached(year.0) / reached(anchor.0)))
            }
        }
    }
}

/// How far `year` lies on the way from the known year to the anchor: 0 there, 1 here.
fn fraction(from_year: u16, anchor: Year, year: Year) -> f64 {
    let from = f64::from(from_year);
    (f64::from(year.0) - from) / (f64::from(anchor.0) - from)
}

/// On a logistic curve the logarithm of `value / (ceiling - value)` moves along a straight line.
fn s_curve(value: Formula, from_value: f64, ceiling: f64, part: f64) -> Formula {
    let ceiling_formula = || Formula::Number(ceiling);
    let odds = binary(
        Binary::Divide,
        value.clone(),
        binary(Binary::Subtract, ceiling_formula(), value),
    );
    let from_odds = from_value / (ceiling - from_value);
    let odds_then = product(
        Formula::Number(libm::pow(from_odds, 1.0 - part)),
        binary(Binary::Power, odds, Formula::Number(part)),
    );
    // ceiling / (1 + 1 / odds) stays finite where the odds overflow.
    let inverse = Formula::Unary(
        Unary::Exp,
        Box::new(Formula::Unary(
            Unary::Negate,
            Box::new(Formula::Unary(Unary::Ln, Box::new(odds_then))),
        )),
    );
    binary(
        Binary::Divide,
        ceiling_formula(),
        sum(Formula::Number(1.0), inverse),
    )
}

/// The part of all who will ever adopt that has done so after `elapsed` years.
fn bass_share(elapsed: f64, innovation: f64, imitation: f64) -> f64 {
    if elapsed <= 0.0 {
        return 0.0;
    }
    let decay = libm::exp(-(innovation + imitation) * elapsed);
    (1.0 - decay) / (1.0 + imitation / innovation * decay)
}

fn binary(operator: Binary, left: Formula, right: Formula) -> Formula {
    Formula::Binary(operator, Box::new(left), Box::new(right))
}

fn product(left: Formula, right: Formula) -> Formula {
    binary(Binary::Multiply, left, right)
}

fn sum(left: Formula, right: Formula) -> Formula {
    binary(Binary::Add, left, right)
}
