//! Constants of a model: floats, or the integers that shapes are computed from.

use crate::element::Element;
use crate::error::ImportError;

/// Most elements of one constant or value: 2^28.
pub(crate) const ELEMENTS_MAX: usize = 1 << 28;

/// What is added to a score that is to be hidden: below all others, and so that sums of several are numbers.
pub(crate) const HIDDEN: f32 = -1e37;

/// Whether a number can only be meant to hide what it is added to.
pub(crate) fn hides(number: f32) -> bool {
    number <= HIDDEN * 1e-7
}

/// Row-major floats.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f32>,
}

impl Array {
    pub(crate) fn scalar(value: f32) -> Self {
        Self {
            shape: vec![],
            values: vec![value],
        }
    }

    /// The same rows and columns the other way round, for two axes.
    pub(crate) fn transposed(&self) -> Self {
        let (rows, columns) = (self.shape[0], self.shape[1]);
        let place = |index: usize| self.values[index % rows * columns + index / rows];
        Self {
            shape: vec![columns, rows],
            values: (0..self.values.len()).map(place).collect(),
        }
    }

    /// Element by element after broadcasting both, as numpy does. `None`: the shapes don't fit.
    pub(crate) fn zip(&self, other: &Self, f: impl Fn(f32, f32) -> f32) -> Option<Self> {
        let shape = broadcast_shape(&self.shape, &other.shape)?;
        let (a, b) = (self.expanded(&shape), other.expanded(&shape));
        let values = a.iter().zip(&b).map(|(&a, &b)| f(a, b)).collect();
        Some(Self { shape, values })
    }

    /// The values repeated along axes of length 1 and new axes, for a shape that fits.
    pub(crate) fn expanded(&self, shape: &[usize]) -> Vec<f32> {
        expand(&self.values, &self.shape, shape)
    }
}

/// A constant of either kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Constant {
    Float(Array),
    /// Integers or booleans.
    Int {
        shape: Vec<usize>,
        values: Vec<i64>,
        element: Element,
    },
}

impl Constant {
    /// A list of numbers that shapes are computed from.
    pub(crate) fn list(values: Vec<i64>) -> Self {
        Self::Int {
            shape: vec![values.len()],
            values,
            element: Element::INT64,
        }
    }

    pub(crate) fn element(&self) -> Element {
        match self {
            Self::Float(_) => Element::Float,
            Self::Int { element, .. } => *element,
        }
    }

    /// The values in floating point, to which large integers are rounded.
    pub(crate) fn floats(&self) -> Vec<f32> {
        match self {
            Self::Float(array) => array.values.clone(),
            Self::Int { values, .. } => values.iter().map(|&value| value as f32).collect(),
        }
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::Float(array) => &array.shape,
            Self::Int { shape, .. } => shape,
        }
    }

    pub(crate) fn with_shape(self, shape: Vec<usize>) -> Self {
        match self {
            Self::Float(array) => Self::Float(Array {
                shape,
                values: array.values,
            }),
            Self::Int {
                values, element, ..
            } => Self::Int {
                shape,
                values,
                element,
            },
        }
    }
}

/// The shape that both fit into, as numpy does.
pub(crate) fn broadcast_shape(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let length = |shape: &[usize], axis: usize| {
        (axis + shape.len())
            .checked_sub(rank)
            .map_or(1, |axis| shape[axis])
    };
    let fit = |axis| match (length(a, axis), length(b, axis)) {
        (a, b) if a == b => Some(a),
        (1, b) => Some(b),
        (a, 1) => Some(a),
        _ => None,
    };
    (0..rank).map(fit).collect()
}

/// Repeats values of one shape to fill another that it fits into.
pub(crate) fn expand<T: Copy>(values: &[T], from: &[usize], to: &[usize]) -> Vec<T> {
    if from == to {
        return values.to_vec();
    }
    let mut strides = vec![0; to.len()];
    let mut stride = 1;
    for (axis, &length) in from.iter().enumerate().rev() {
        if length > 1 {
            strides[to.len() - from.len() + axis] = stride;
        }
        stride *= length;
    }
    gather(values, to, &strides, 0)
}

/// `out[i0, i1, ..] = values[base + i0 * strides[0] + ..]`.
pub(crate) fn gather<T: Copy>(
    values: &[T],
    lengths: &[usize],
    strides: &[usize],
    base: usize,
) -> Vec<T> {
    let elements: usize = lengths.iter().product();
    let mut out = Vec::with_capacity(elements);
    let mut position = vec![0; lengths.len()];
    let mut offset = base;
    for _ in 0..elements {
        out.push(values[offset]);
        for axis in (0..lengths.len()).rev() {
            position[axis] += 1;
            offset += strides[axis];
            if position[axis] < lengths[axis] {
                break;
            }
            offset -= strides[axis] * lengths[axis];
            position[axis] = 0;
        }
    }
    out
}

/// Distance between neighbours along each axis.
pub(crate) fn strides(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}

/// Number of elements of a shape from a file, or why it is refused.
pub(crate) fn checked_shape(name: &str, dims: &[i64]) -> Result<Vec<usize>, ImportError> {
    let refuse = || ImportError::Shape {
        name: name.into(),
        shape: dims.to_vec(),
    };
    let mut elements = 1usize;
    let mut shape = Vec::with_capacity(dims.len());
    for &length in dims {
        let length = usize::try_from(length).map_err(|_| refuse())?;
        elements = elements
            .checked_mul(length)
            .filter(|&product| product <= ELEMENTS_MAX)
            .ok_or_else(refuse)?;
        shape.push(length);
    }
    Ok(shape)
}
