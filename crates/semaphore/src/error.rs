//! Why a proof, or a part of one, is refused.

use crate::{Element, Value};

/// One variant a cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Longer than any proof.
    #[error("the proof has {got} bytes, at most {max}")]
    TooLong {
        /// The limit.
        max: usize,
        /// What came.
        got: usize,
    },
    /// Not what the client writes.
    #[error("the proof isn't what the Semaphore client writes: {0}")]
    Json(String),
    /// No verification key has this depth.
    #[error("the depth is {got}, 1 to {max}")]
    Depth {
        /// What came.
        got: u8,
        /// The largest.
        max: u8,
    },
    /// Not a number in its one decimal form.
    #[error("'{got}' isn't a number below 2^256 in decimal digits, without leading zeros")]
    Number {
        /// What came, cut short.
        got: String,
    },
    /// A number that isn't below the modulus.
    #[error("{name} isn't below the field's modulus")]
    NotCanonical {
        /// Of what.
        name: &'static str,
    },
    /// Not a point of the group: off the curve, outside of the subgroup, or at infinity.
    #[error("point {name} isn't in the curve's group")]
    Point {
        /// Which: a, b or c.
        name: &'static str,
    },
    /// A text that can't be a message or scope.
    #[error("a text has 1 to 31 bytes, this one has {got}; use its hash as a number")]
    Text {
        /// How many.
        got: usize,
    },
    /// A text that clients read as different numbers.
    #[error(
        "'{got}' is read as different values; write a number in plain decimal or 0x digits, a text with a letter first"
    )]
    Ambiguous {
        /// What came, cut short.
        got: String,
    },
    /// The proof is for something else.
    #[error("the proof is for scope {got}, expected {expected}; make one for this scope")]
    Scope {
        /// What it should be for.
        expected: Value,
        /// What it is for.
        got: Value,
    },
    /// The proof is about another group, or an older state of it.
    #[error(
        "the proof is for root {got}, expected {expected}; make one with the group's present members"
    )]
    Root {
        /// The group's.
        expected: Element,
        /// The proof's.
        got: Element,
    },
    /// The equation doesn't hold.
    #[error("the proof doesn't hold: it isn't about this root, nullifier, message and scope")]
    Invalid,
    /// A tree can't be deeper.
    #[error("the group is full: {max} members")]
    Full {
        /// The most.
        max: u64,
    },
    /// A place that nobody has.
    #[error("the group has no member {index}, it has {size}")]
    NoMember {
        /// Which was asked for.
        index: u64,
        /// How many there are.
        size: u64,
    },
}
