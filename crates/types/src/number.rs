//! Numbers with a meaning.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::text_form::ParseError;

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
    /// A subnet, by the order of their opening, from 1.
    SubnetId,
    u32
);
number!(
    /// An epoch of a subnet, from 0.
    SubnetEpoch,
    u64
);
number!(
    /// A registration in a subnet, from 1; never used again.
    Registration,
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

macro_rules! from_digits {
    ($type:ident, $expected:literal) => {
        impl FromStr for $type {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let error = || ParseError::new($expected, text);
                let canonical = text == "0" || !text.starts_with(['0', '+']);
                if !canonical {
                    return Err(error());
                }
                text.parse().map(Self).map_err(|_| error())
            }
        }
    };
}

from_digits!(SubnetId, "a subnet (decimal digits)");
from_digits!(SubnetEpoch, "an epoch of a subnet (decimal digits)");
from_digits!(Registration, "a registration (decimal digits)");

impl SubnetEpoch {
    /// The epoch behind this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Registration {
    /// The registration after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}
