//! Conditions on a request, in the part of the Common Expression Language that needs nothing but
//! the request.
//!
//! An expression is typed when it is read, so evaluating it can't go wrong in any way but one: a
//! header or query parameter that isn't there has no value, and what depends on it is unknown.
//! `false && unknown` is false and `true || unknown` is true; a rule whose condition is unknown
//! doesn't apply.

mod eval;
mod parse;
mod token;

use regex::Regex;

pub(crate) use eval::Context;
pub(crate) use parse::{number_condition, read};

/// Longest text of an expression.
pub(crate) const EXPRESSION_BYTES_MAX: usize = 8 << 10;
/// Most brackets and signs within each other.
pub(crate) const DEPTH_MAX: u32 = 64;

/// What is wrong with an expression, and at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExpressionError {
    pub(crate) offset: usize,
    pub(crate) message: String,
}

/// A condition.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    Literal(bool),
    Not(Box<Condition>),
    And(Vec<Condition>),
    Or(Vec<Condition>),
    TextEqual(Text, Text),
    TextIn(Text, Vec<Text>),
    Compare(Number, Order, Number),
    HasHeader(String),
    HasParameter(String),
    Contains(Text, Text),
    StartsWith(Text, Text),
    EndsWith(Text, Text),
    Matches(Text, Regex),
    Signed,
    Verified,
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A text.
#[derive(Clone, Debug)]
pub(crate) enum Text {
    Literal(String),
    Method,
    Host,
    Path,
    UserAgent,
    RemoteAddress,
    Class,
    Agent,
    SignedBy,
    /// The name in lower case.
    Header(String),
    Parameter(String),
}

/// A whole number.
#[derive(Clone, Debug)]
pub(crate) enum Number {
    Literal(i64),
    ContentLength,
    Weight,
    Size(Box<Text>),
}
