//! From text to a [`Formula`], by precedence climbing.

use super::{Binary, Formula, Unary};
use crate::number::hundredth;

const DEPTH_MAX: usize = 32;
const LENGTH_MAX: usize = 400;
const FUNCTIONS: &str = "round, min, max, mean, exp, ln, sqrt";

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormulaError {
    #[error("the formula is longer than {LENGTH_MAX} characters")]
    TooLong,
    #[error("the formula is nested deeper than {DEPTH_MAX} levels")]
    TooDeep,
    #[error("the formula ends where a number, a name or `(` is needed")]
    Ends,
    #[error("`{0}` doesn't belong here in the formula")]
    Unexpected(char),
    #[error("`{0}` in the formula is not a number")]
    NotANumber(String),
    #[error("`{0}` is not a function; known are {FUNCTIONS}")]
    UnknownFunction(String),
    #[error("`{function}` takes {expected}")]
    Arguments {
        function: String,
        expected: &'static str,
    },
}

/// Reads a formula without its leading `=`.
pub fn parse_formula(text: &str) -> Result<Formula, FormulaError> {
    if text.len() > LENGTH_MAX {
        return Err(FormulaError::TooLong);
    }
    let mut parser = Parser {
        rest: text.trim_start(),
        depth: 0,
    };
    let formula = parser.expression(0)?;
    match parser.rest.chars().next() {
        None => Ok(formula),
        Some(c) => Err(FormulaError::Unexpected(c)),
    }
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn expression(&mut self, least_binding: u8) -> Result<Formula, FormulaError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(FormulaError::TooDeep);
        }
        let mut left = self.operand()?;
        while let Some((operator, binding, right_binding)) = self.peek_operator() {
            if binding < least_binding {
                break;
            }
            self.advance(1);
            let right = self.expression(right_binding)?;
            left = Formula::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The operator that follows, how tightly it binds, and what its right side must bind at least.
    fn peek_operator(&self) -> Option<(Binary, u8, u8)> {
        match self.rest.chars().next()? {
            '+' => Some((Binary::Add, 1, 2)),
            '-' => Some((Binary::Subtract, 1, 2)),
            '*' => Some((Binary::Multiply, 3, 4)),
            '/' => Some((Binary::Divide, 3, 4)),
            '^' => Some((Binary::Power, 7, 6)),
            _ => None,
        }
    }

    fn operand(&mut self) -> Result<Formula, FormulaError> {
        let Some(first) = self.rest.chars().next() else {
            return Err(FormulaError::Ends);
        };
        match first {
            '-' => {
                self.advance(1);
                let inner = self.expression(5)?;
                Ok(Formula::Unary(Unary::Negate, Box::new(inner)))
            }
            '(' => {
                self.advance(1);
                let inner = self.expression(0)?;
                self.expect(')')?;
                Ok(inner)
            }
            c if c.is_ascii_digit() || c == '.' => self.number(),
            c if c.is_ascii_alphabetic() => self.name_or_call(),
            c => Err(FormulaError::Unexpected(c)),
        }
    }

    fn number(&mut self) -> Result<Formula, FormulaError> {
        let digits = self.take_while(|c| c.is_ascii_digit() || matches!(c, '.' | '_'));
        let plain: String = digits.chars().filter(|c| *c != '_').collect();
        let value: f64 = plain
            .parse()
            .map_err(|_| FormulaError::NotANumber(digits.to_owned()))?;
        if self.rest.starts_with('%') {
            self.advance(1);
            return Ok(Formula::Number(hundredth(value)));
        }
        Ok(Formula::Number(value))
    }

    fn name_or_call(&mut self) -> Result<Formula, FormulaError> {
        let name = self.take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
        if !self.rest.starts_with('(') {
            return Ok(Formula::Name(name.to_owned()));
        }
        self.advance(1);
        let mut arguments = vec![self.expression(0)?];
        while self.rest.starts_with(',') {
            self.advance(1);
            arguments.push(self.expression(0)?);
        }
        self.expect(')')?;
        call(name, arguments)
    }

    fn expect(&mut self, expected: char) -> Result<(), FormulaError> {
        match self.rest.chars().next() {
            Some(c) if c == expected => {
                self.advance(1);
                Ok(())
            }
            Some(c) => Err(FormulaError::Unexpected(c)),
            None => Err(FormulaError::Ends),
        }
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self
            .rest
            .find(|c: char| !belongs(c))
            .unwrap_or(self.rest.len());
        let taken = &self.rest[..end];
        self.advance(end);
        taken
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest[bytes..].trim_start();
    }
}

fn call(name: &str, mut arguments: Vec<Formula>) -> Result<Formula, FormulaError> {
    let wrong = |expected| FormulaError::Arguments {
        function: name.to_owned(),
        expected,
    };
    let unary = |operator, mut arguments: Vec<Formula>| match (arguments.pop(), arguments.len()) {
        (Some(inner), 0) => Ok(Formula::Unary(operator, Box::new(inner))),
        _ => Err(wrong("one argument")),
    };
    match name {
        "exp" => unary(Unary::Exp, arguments),
        "ln" => unary(Unary::Ln, arguments),
        "sqrt" => unary(Unary::Sqrt, arguments),
        "min" => Ok(fold(Binary::Min, arguments)),
        "max" => Ok(fold(Binary::Max, arguments)),
        "mean" => {
            let count = arguments.len() as f64;
            let sum = fold(Binary::Add, arguments);
            Ok(Formula::Binary(
                Binary::Divide,
                Box::new(sum),
                Box::new(Formula::Number(count)),
            ))
        }
        "round" => {
            const EXPECTED: &str = "a number and the decimals to keep, 0 to 12";
            let decimals = if arguments.len() == 2 {
                arguments.pop()
            } else {
                None
            };
            match decimals {
                Some(Formula::Number(d)) if d.fract() == 0.0 && (0.0..=12.0).contains(&d) => {
                    unary(Unary::Round(d as u8), arguments)
                }
                _ => Err(wrong(EXPECTED)),
            }
        }
        _ => Err(FormulaError::UnknownFunction(name.to_owned())),
    }
}

/// Joins the arguments, at least one, from the left.
fn fold(operator: Binary, arguments: Vec<Formula>) -> Formula {
    arguments
        .into_iter()
        .reduce(|left, right| Formula::Binary(operator, Box::new(left), Box::new(right)))
        .unwrap_or(Formula::Number(0.0))
}
