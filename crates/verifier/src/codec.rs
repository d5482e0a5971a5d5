//! Fixed-size, canonical bytes: four a base element, twenty an extension element, little endian.
//!
//! There are no length prefixes: who decodes knows every length from the statement, so a hostile
//! length can't be expressed and there is one encoding of each value only.

use p3_field::{BasedVectorSpace, PrimeField32};
use thiserror::Error;

use crate::field::{EF, EXTENSION_DEGREE, F, MODULUS};

#[cfg(test)]
mod tests;

/// Bytes of a base element.
pub const BASE_BYTES: usize = 4;

/// Bytes of an extension element.
pub const EXTENSION_BYTES: usize = BASE_BYTES * EXTENSION_DEGREE;

/// Why bytes are not what they should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CodecError {
    /// Fewer bytes than the shape asks for.
    #[error("{expected} more bytes expected, got {got}")]
    Truncated {
        /// Bytes the next value needs.
        expected: usize,
        /// Bytes that are left.
        got: usize,
    },
    /// A field element that is not below the modulus.
    #[error("field element {0} is not reduced")]
    NotCanonical(u32),
    /// Bytes after the last value.
    #[error("{0} bytes after the end")]
    Trailing(usize),
    /// A value that breaks a rule of its type.
    #[error("{0} is out of bounds")]
    OutOfBounds(&'static str),
}

/// Appends values to a byte string.
#[derive(Clone, Debug, Default)]
pub struct Writer(Vec<u8>);

impl Writer {
    /// An empty byte string.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends raw bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Appends a base element.
    pub fn base(&mut self, value: F) {
        self.bytes(&value.as_canonical_u32().to_le_bytes());
    }

    /// Appends base elements.
    pub fn bases(&mut self, values: &[F]) {
        values.iter().for_each(|&value| self.base(value));
    }

    /// Appends an extension element, constant coordinate first.
    pub fn extension(&mut self, value: &EF) {
        self.bases(value.as_basis_coefficients_slice());
    }

    /// Appends extension elements.
    pub fn extensions(&mut self, values: &[EF]) {
        values.iter().for_each(|value| self.extension(value));
    }

    /// The bytes written so far.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// All bytes written.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// Takes values from the front of a byte string.
#[derive(Clone, Debug)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Bytes that are left.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.0.len()
    }

    /// Refuses to go on unless `count` values of `bytes_each` are left: call it before allocating.
    ///
    /// # Errors
    ///
    /// [`CodecError::Truncated`].
    pub fn require(&self, count: usize, bytes_each: usize) -> Result<(), CodecError> {
        let expected = count.saturating_mul(bytes_each);
        if self.0.len() < expected {
            return Err(CodecError::Truncated {
                expected,
                got: self.0.len(),
            });
        }
        Ok(())
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    ///
    /// [`CodecError::Truncated`].
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(CodecError::Truncated {
                expected: count,
                got: self.0.len(),
            })?;
        self.0 = rest;
        Ok(taken)
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    ///
    /// [`CodecError::Truncated`].
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], CodecError> {
        let (taken, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(CodecError::Truncated {
                expected: N,
                got: self.0.len(),
            })?;
        self.0 = rest;
        Ok(*taken)
    }

    /// The next base element.
    ///
    /// # Errors
    ///
    /// [`CodecError::Truncated`], [`CodecError::NotCanonical`].
    pub fn base(&mut self) -> Result<F, CodecError> {
        let value = u32::from_le_bytes(self.array()?);
        if value >= MODULUS {
            return Err(CodecError::NotCanonical(value));
        }
        Ok(F::new(value))
    }

    /// The next `count` base elements.
    ///
    /// # Errors
    ///
    /// As [`Reader::base`].
    pub fn bases(&mut self, count: usize) -> Result<Vec<F>, CodecError> {
        self.require(count, BASE_BYTES)?;
        (0..count).map(|_| self.base()).collect()
    }

    /// The next extension element.
    ///
    /// # Errors
    ///
    /// As [`Reader::base`].
    pub fn extension(&mut self) -> Result<EF, CodecError> {
        let mut coordinates = [F::default(); EXTENSION_DEGREE];
        for coordinate in &mut coordinates {
            *coordinate = self.base()?;
        }
        Ok(EF::new(coordinates))
    }

    /// The next `count` extension elements.
    ///
    /// # Errors
    ///
    /// As [`Reader::base`].
    pub fn extensions(&mut self, count: usize) -> Result<Vec<EF>, CodecError> {
        self.require(count, EXTENSION_BYTES)?;
        (0..count).map(|_| self.extension()).collect()
    }

    /// Refuses what is left over.
    ///
    /// # Errors
    ///
    /// [`CodecError::Trailing`].
    pub fn finish(self) -> Result<(), CodecError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(CodecError::Trailing(self.0.len()))
        }
    }
}
