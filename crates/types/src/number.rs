//! Numbers with a meaning.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $type:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(
            Clone,
            Copy,
            Debug,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            Default,
            BorshSerialize,
            BorshDeserialize,
            Serialize,
            Deserialize,
        )]
        #[serde(transparent)]
        pub struct $type(pub $inner);

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number!(
    /// Place of a block in its chain; the genesis block is 0.
    Height,
    u64
);
number!(
    /// Number of transactions an account has signed before this one.
    Nonce,
    u64
);
number!(
    /// A span of heights with one set of validators.
    Epoch,
    u64
);
number!(
    /// Network time in milliseconds since 1970: never goes back and stands still while the network
    /// is halted.
    TimeMs,
    u64
);
number!(
    /// A span of time in milliseconds.
    DurationMs,
    u64
);
number!(
    /// Hundredths of a percent.
    BasisPoints,
    u16
);

impl Height {
    /// The height of the next block.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Nonce {
    /// The nonce of the account's next transaction.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl TimeMs {
    /// A later time; the end of time is never passed.
    #[must_use]
    pub const fn after(self, span: DurationMs) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl BasisPoints {
    /// The whole.
    pub const WHOLE: Self = Self(10_000);
}
