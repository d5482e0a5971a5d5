//! zkLogin, as Sui published it: a Groth16 proof that someone holds an ID token of an issuer, for an ephemeral key until an
//! epoch, whose subject, audience and salt hash to an *address seed*. The token itself stays with its owner. Proofs are made
//! elsewhere, by the public provers; here they are checked.
//!
//! | module | purpose |
//! |---|---|
//! | `login` | the prover's answer, bounded; points on the curve and in the subgroup |
//! | `key` | the verifying key of circuit version 1 |
//! | `claim` | the issuer as it stands in the token's base64, at any offset |
//! | `field` | texts and numbers as elements of the curve's scalar field |
//! | `verify` | the check |
//!
//! Invariants: no I/O, clock, randomness or float; nothing here panics on bytes from outside; a number that isn't canonical and
//! a point off the curve or outside of the subgroup are refused.
#![warn(missing_docs)]

mod claim;
mod error;
mod field;
mod key;
mod login;
mod verify;

pub use error::ZkLoginError;
pub use field::{Seed, address_seed, nonce};
pub use key::VerifyingKey;
pub use login::{HEADER_LEN_MAX, ISSUER_LEN_MAX, JSON_LEN_MAX, Login, Points};
pub use verify::{EPHEMERAL_LEN_MAX, EPHEMERAL_LEN_MIN, MODULUS_LEN, Statement, verify};
