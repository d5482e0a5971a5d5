//! Shapes with named limits.

use borsh::{BorshDeserialize, BorshSerialize};

/// Most axes a tensor may have.
pub const AXES_MAX: usize = 6;
/// Most elements a tensor may have.
pub const ELEMENTS_MAX: u64 = 1 << 28;

/// Lengths of the axes, slowest first (row-major). No axes: a scalar.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Shape(pub Vec<u32>);

/// Why a shape is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    #[error("a tensor has {got} axes, at most {AXES_MAX} are allowed")]
    TooManyAxes { got: usize },
    #[error("axis {axis} has length 0")]
    EmptyAxis { axis: usize },
    #[error("a tensor of shape {shape:?} has more than {ELEMENTS_MAX} elements")]
    TooManyElements { shape: Vec<u32> },
}

impl Shape {
    /// Refuses empty axes and anything over the limits.
    pub fn check(&self) -> Result<(), ShapeError> {
        if self.0.len() > AXES_MAX {
            return Err(ShapeError::TooManyAxes { got: self.0.len() });
        }
        let mut elements = 1u64;
        for (axis, &length) in self.0.iter().enumerate() {
            if length == 0 {
                return Err(ShapeError::EmptyAxis { axis });
            }
            elements = elements
                .checked_mul(u64::from(length))
                .filter(|&product| product <= ELEMENTS_MAX)
                .ok_or_else(|| ShapeError::TooManyElements {
                    shape: self.0.clone(),
                })?;
        }
        Ok(())
    }

    /// Number of elements of a shape that passed [`Shape::check`].
    #[must_use]
    pub fn elements(&self) -> usize {
        self.0.iter().map(|&length| length as usize).product()
    }

    /// Distance in elements between neighbours along each axis.
    #[must_use]
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![1; self.0.len()];
        for axis in (1..self.0.len()).rev() {
            strides[axis - 1] = strides[axis] * self.0[axis] as usize;
        }
        strides
    }

    /// Number of variables of each axis in a multilinear extension: the logarithm of its length,
    /// rounded up.
    #[must_use]
    pub fn variables(&self) -> Vec<u32> {
        self.0
            .iter()
            .map(|&length| length.next_power_of_two().trailing_zeros())
            .collect()
    }
}
