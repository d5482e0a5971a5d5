//! Values that nobody may see, as a verifier computes with them.
//!
//! Every secret message m arrives as `c = m + mask`, with the mask committed before the first challenge. A
//! verifier therefore knows claims only as *forms*: affine combinations of secret messages. What it would check of
//! plain values becomes a list of [`Constraint`]s on forms, which one small argument settles at the end
//! (`specs/proof.md`, section 13).
//!
//! The walk through the layers is written once, for any [`Value`]: a prover runs it with field elements, a verifier
//! with forms.

use std::ops::{Add, Mul, Sub};

use p3_field::PrimeCharacteristicRing;

use crate::field::EF;

#[cfg(test)]
mod tests;

/// What claims are made of: field elements for a prover, forms for a verifier.
pub trait Value:
    Clone
    + From<EF>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Sub<EF, Output = Self>
    + Mul<EF, Output = Self>
{
}

impl Value for EF {}
impl Value for Form {}

/// `constant + sum of coefficient * message`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// The public part.
    pub constant: EF,
    /// Indices of messages with their coefficients; an index may stand there more than once.
    pub terms: Vec<(usize, EF)>,
}

impl Form {
    /// The message with that index.
    #[must_use]
    pub fn message(index: usize) -> Self {
        Self {
            constant: EF::ZERO,
            terms: vec![(index, EF::ONE)],
        }
    }

    /// The value for messages given by `lookup`.
    pub fn evaluate(&self, lookup: impl Fn(usize) -> EF) -> EF {
        let terms = self.terms.iter();
        terms.fold(self.constant, |sum, &(index, coefficient)| {
            sum + lookup(index) * coefficient
        })
    }

    /// Adds `scale` times the coefficients to a dense vector over all messages.
    pub fn add_to(&self, scale: EF, dense: &mut [EF]) {
        for &(index, coefficient) in &self.terms {
            if let Some(place) = dense.get_mut(index) {
                *place += scale * coefficient;
            }
        }
    }
}

impl From<EF> for Form {
    fn from(constant: EF) -> Self {
        Self {
            constant,
            terms: Vec::new(),
        }
    }
}

impl Add for Form {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        self.constant += other.constant;
        self.terms.extend(other.terms);
        self
    }
}

impl Sub for Form {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + other * EF::NEG_ONE
    }
}

impl Sub<EF> for Form {
    type Output = Self;

    fn sub(mut self, other: EF) -> Self {
        self.constant -= other;
        self
    }
}

impl Mul<EF> for Form {
    type Output = Self;

    fn mul(mut self, factor: EF) -> Self {
        self.constant *= factor;
        for (_, coefficient) in &mut self.terms {
            *coefficient *= factor;
        }
        self
    }
}

/// `sum of products = sum`: what has to hold of secret messages.
#[derive(Clone, Debug)]
pub struct Constraint {
    /// Pairs of factors.
    pub products: Vec<[Form; 2]>,
    /// What they sum to; zero without products.
    pub sum: Form,
}

impl Constraint {
    /// `form = 0`.
    #[must_use]
    pub fn zero(sum: Form) -> Self {
        Self {
            products: Vec::new(),
            sum,
        }
    }
}
