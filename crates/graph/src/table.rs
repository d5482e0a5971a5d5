//! One-variable functions that a lookup can apply.

use borsh::{BorshDeserialize, BorshSerialize};

/// Most entries a table may have: 2^18.
pub const ENTRIES_MAX: i64 = 1 << 18;

/// A function from the integers `lo ..= hi` to integers.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Table {
    /// `min(max(x, out_lo), out_hi)`: ReLU is `out_lo = 0`, saturation is both.
    Clamp {
        lo: i32,
        hi: i32,
        out_lo: i32,
        out_hi: i32,
    },
    /// `values[x - lo]`.
    Values { lo: i32, values: Vec<i32> },
}
