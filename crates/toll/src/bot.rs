//! Who a bot is: requests signed by HTTP Message Signatures (RFC 9421) in the profile of Web Bot Auth.
//!
//! | module | purpose |
//! |---|---|
//! | `head` | a request as the signature sees it |
//! | `base` | covered components and the bytes that are signed |
//! | `signature` | `Signature` and `Signature-Input` |
//! | `agent` | `Signature-Agent`: where a bot publishes its keys, and so who it is |
//! | `key` | published keys and their thumbprints |
//! | `address` | which network addresses may be fetched from |
//! | `fetch` | fetches a directory that a stranger named |
//! | `directories` | what directories said, for how long that counts |
//! | `spent` | which signatures were used |
//! | `verify` | all of it together |
//! | `sign` | the other side: signs a crawler's requests |
//!
//! Invariants: a request is attributed to an agent only by a key that this agent's own directory (or the
//! configuration) gave for it; a signature is used once; nothing that a stranger sends makes the gate
//! fetch from a private address, follow a redirect, or remember without bound.

mod address;
mod agent;
mod base;
mod directories;
mod fetch;
mod head;
mod key;
mod sign;
mod signature;
mod spent;
mod verify;

pub use address::is_public;
pub use agent::{Agent, AgentKind};
pub use base::{Component, signature_base};
pub use directories::{Directories, DirectoryPolicy, Lookup};
pub use fetch::{Fetch, FetchError, Fetched, HttpsFetch};
pub use head::RequestHead;
pub use key::{BotKey, KeySet, PublishedKey, Thumbprint};
pub use sign::{SignedHeaders, Signer};
pub use spent::{Spending, SpentSignatures};
pub use verify::{Bot, BotPolicy, Invalid, Outcome, Unverified, Verifier};
