//! Worst-case interval of every tensor.

use borsh::{BorshDeserialize, BorshSerialize};

/// Every tensor value, partial sum and shifted value stays within this distance of zero: below half
/// of the KoalaBear modulus 2^31 - 2^24 + 1, so that equality in the field is equality of integers.
pub const VALUE_MAX: i64 = (1 << 30) - (1 << 23) - 1;

/// `lo ..= hi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Range {
    pub lo: i64,
    pub hi: i64,
}
