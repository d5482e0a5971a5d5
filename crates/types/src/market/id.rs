//! Names of deployments, orders and leases.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::text_form::ParseError;

macro_rules! numbered {
    ($(#[$doc:meta])* $type:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize,
            BorshDeserialize, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $type(pub u64);

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $type {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let digits = text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse().ok();
                let canonical = number.filter(|_| digits && !text.starts_with('0'));
                canonical
                    .map(Self)
                    .ok_or_else(|| ParseError::new($expected, text))
            }
        }
    };
}

numbered!(
    /// A deployment: the first one of a chain is 1.
    DeploymentId,
    "a deployment (a number from 1)"
);
numbered!(
    /// An order: the first one of a chain is 1.
    OrderId,
    "an order (a number from 1)"
);
numbered!(
    /// A lease: the first one of a chain is 1.
    LeaseId,
    "a lease (a number from 1)"
);
