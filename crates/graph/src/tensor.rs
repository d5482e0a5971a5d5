//! A shape and its values.

use crate::shape::Shape;

/// Row-major `i64` values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    pub shape: Shape,
    pub values: Vec<i64>,
}

impl Tensor {
    /// A tensor whose number of values fits its shape, or `None`.
    #[must_use]
    pub fn new(shape: Shape, values: Vec<i64>) -> Option<Self> {
        (shape.check().is_ok() && shape.elements() == values.len())
            .then_some(Self { shape, values })
    }
}
