//! The rules of the network, one folder a module.
//!
//! | module | owns |
//! |---|---|
//! | [`bank`] | assets, balances, fees, revenue by segment |
//! | [`registry`] | models: owner, price, licence, parents |
//! | [`provider`] | providers, their offers, their stake |
//! | [`job`] | orders, acceptance, answers, payment, refund, slashing |
//! | [`subnet`] | subnets: members, stake, weights with evidence, emission |
//! | [`tournament`] | rounds of predictions: stake, scores, payouts |
//! | [`prices`] | feeds of reported prices, contests of signals on them |
//! | [`identity`] | issuers of humans, groups of them, nullifiers shown to apps |
//! | [`login`] | login providers and their keys, sessions that sign for accounts |
//! | [`market`] | orders for compute, bids, leases, escrow |
//! | [`storage`] | blobs kept for money, challenges that show that they are |
//! | [`network`] | all of them together, as the ledger's machine |
//! | [`genesis`] | the document a chain begins with |
//! | [`params`] | fees, bonds, deadlines |
//! | [`check`] | what the rules ask of a proof checker |
//!
//! Every module has the same files: `state` (the only place that spells storage keys), `execute` (one
//! message a file), `query`, `invariants`.
//!
//! Invariants: no I/O, clock, randomness or float; money moves through [`bank`] alone; every change
//! emits an event; no loop without a named bound runs at a block's end.

pub mod bank;
pub mod check;
pub mod genesis;
pub mod identity;
pub mod job;
pub mod login;
pub mod market;
pub mod network;
pub mod params;
pub mod prices;
pub mod provider;
pub mod registry;
pub mod storage;
pub mod subnet;
pub mod tournament;

mod keyed;
mod refuse;
mod verifier;

pub use check::{KeyFacts, ProofCheck, ProofClaim};
pub use genesis::{Genesis, GenesisAccount, GenesisAsset, GenesisError};
pub use network::Network;
pub use params::Params;
pub use verifier::Verifier;
