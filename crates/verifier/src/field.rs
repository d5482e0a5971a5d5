//! The base field, its quintic extension, and integers in both.

use p3_field::extension::QuinticTrinomialExtensionField;
use p3_field::integers::QuotientMap;
use p3_koala_bear::KoalaBear;

#[cfg(test)]
mod tests;

/// The base field: integers modulo `2^31 - 2^24 + 1`.
pub type F = KoalaBear;

/// The field of challenges and claims: `F[X] / (X^5 + X^2 - 1)`.
pub type EF = QuinticTrinomialExtensionField<KoalaBear>;

/// The order of [`F`].
pub const MODULUS: u32 = 0x7f00_0001;

/// Coordinates of an [`EF`] over [`F`].
pub const EXTENSION_DEGREE: usize = 5;

/// Bits of security a uniform challenge can give: `log2 |EF|`, rounded down.
pub const EXTENSION_BITS: u32 = 154;

/// The residue of an integer of either sign.
#[inline]
pub fn base_from_i64(value: i64) -> F {
    F::from_int(value)
}

/// The residue of an integer of either sign, as an element of the extension.
#[inline]
pub fn extension_from_i64(value: i64) -> EF {
    EF::from(F::from_int(value))
}
