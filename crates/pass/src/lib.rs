//! What lets a visitor through a gate, and how a gate remembers it. No proxy and no policy: what is asked
//! of whom is the gate's to decide.
//!
//! | module | purpose |
//! |---|---|
//! | [`work`] | proof of work in small puzzles |
//! | [`wait`] | tickets for who has no JavaScript, and the room that spaces them |
//! | [`session`] | the cookie of who has passed |
//! | [`token`], [`blind`] | unlinkable tokens: the signer's and the holder's side |
//! | [`issuer`] | a batch of tokens for a human; redeeming one |
//! | [`human`] | humans by Semaphore proofs |
//! | [`store`] | what was spent, in a folder or a Redis |
//! | [`page`] | the pages that a visitor sees, in the languages of [`language`] |
//! | [`query`] | where a visitor may be sent back to |
//! | [`desk`] | all of it behind a few calls, for a gate |
//! | [`secrets`] | the gate's secret |
//!
//! Times are seconds since 1970, given by the caller; only [`store`] does I/O, and `Secrets::from_file`.
//!
//! Invariants: nothing that is spent counts twice, and it is durably spent before its spender is served;
//! a session says nothing of the token that opened it, nor a token of the proof that bought it; nothing
//! is decoded before its length is known to be right.
#![warn(missing_docs)]

pub mod blind;
mod decimal;
pub mod desk;
mod error;
mod fields;
pub mod human;
pub mod issuer;
pub mod language;
pub mod page;
pub mod query;
pub mod secrets;
pub mod session;
pub mod store;
pub mod token;
mod tries;
pub mod wait;
pub mod work;

pub use desk::{Desk, DeskFiles, DeskRequest, DeskResponse, DeskRules, HumanCheck, Offer};
pub use error::{PassError, Thing};
pub use human::semaphore_check;
pub use secrets::Secrets;
pub use session::{Session, Way};
pub use store::{Place, SpendKey, Store, StoreError};
pub use work::{Class, Effort};
