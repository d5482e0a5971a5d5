//! The crate's tests, in one binary. Most run on a checker of a few lines ([`world`]): the rules are
//! tested here, the proofs in the verifier's crate.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failing step fails the test"
)]

mod explore;
mod genesis;
mod histories;
mod identity;
mod identity_evidence;
mod identity_histories;
mod identity_logins;
mod identity_proofs;
mod jobs;
mod login;
mod login_hidden;
mod login_issuers;
mod login_provider;
mod market;
mod market_bids;
mod market_histories;
mod market_leases;
mod market_results;
mod money;
mod price_histories;
mod prices;
mod providers;
mod registry;
mod storage;
mod storage_histories;
mod subnet_audits;
mod subnet_field;
mod subnet_histories;
mod subnet_leave;
mod subnet_market;
mod subnet_money;
mod subnet_places;
mod subnet_rule;
mod subnet_scorers;
mod subnet_stake;
mod subnet_weights;
mod tournament_histories;
mod tournaments;
mod verifier;
mod world;
