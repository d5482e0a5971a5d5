//! Why a model can't be imported.

use lilliput_graph::{GraphError, OpError};

use crate::calibration::CalibrationError;

/// See the module's text. Every refusal names what it is about.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("this is not a readable ONNX file: {0}")]
    Malformed(#[from] prost::DecodeError),
    #[error("this is not a readable ONNX file: {reason}")]
    Wire { reason: &'static str },
    #[error("the file has {got} {what}, at most {max} are allowed")]
    TooMuch {
        what: &'static str,
        got: usize,
        max: usize,
    },
    #[error("the file holds no graph")]
    NoGraph,
    #[error("the graph has no {what}")]
    Nothing { what: &'static str },
    #[error("tensor '{name}' keeps its values in another file, which is not supported")]
    ExternalData { name: String },
    #[error("tensor '{name}' has element type {got}, which is not supported")]
    ElementType { name: String, got: i32 },
    #[error("tensor '{name}' has shape {shape:?}, which is negative or too large")]
    Shape { name: String, shape: Vec<i64> },
    #[error("tensor '{name}' holds {got} values, its shape {shape:?} has {expected}")]
    Length {
        name: String,
        shape: Vec<i64>,
        expected: usize,
        got: usize,
    },
    #[error("tensor '{name}' holds a value that is not a finite number, at position {position}")]
    NotFinite { name: String, position: usize },
    #[error("operator {op} of node '{node}' is not supported")]
    UnknownOperator { op: String, node: String },
    #[error("node '{node}' ({op}): {reason}")]
    Node {
        op: String,
        node: String,
        reason: String,
    },
    #[error(
        "node '{node}' ({op}): operand {operand} has to be known at import, but depends on {inputs:?}; \
         fix these inputs to their values in the samples"
    )]
    Undecided {
        op: String,
        node: String,
        operand: usize,
        inputs: Vec<String>,
    },
    #[error("input '{name}' can't be fixed: {reason}")]
    Fixed { name: String, reason: &'static str },
    #[error("node '{node}' reads '{value}', which nothing before it makes")]
    UnknownValue { node: String, value: String },
    #[error("input '{name}': {reason}")]
    Input { name: String, reason: String },
    #[error("output '{name}': {reason}")]
    Output { name: String, reason: String },
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    #[error("node '{node}' can't be expressed in integers: {source}")]
    Quantize { node: String, source: OpError },
    #[error("node '{node}': its values on the calibration samples are not finite")]
    Unbounded { node: String },
    #[error("the model needs tables of {got} entries, at most {max} are allowed")]
    Tables { got: i64, max: i64 },
    #[error("the integer graph is refused: {0}")]
    Graph(#[from] GraphError),
}
