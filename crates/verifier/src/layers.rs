//! The walk from claims on results to claims on operands, node by node.
//!
//! The order of messages and the checks exist once, here: [`Walk`] is run by the verifier and by every prover,
//! each through its own [`Side`]. A verifier's side reads messages, a prover's side computes them; both absorb
//! them. So the two can't drift apart, and a prover that computes something wrong fails its own check.
//!
//! | module | purpose |
//! |---|---|
//! | [`axes`] | points and indices of tensors, axis by axis |
//! | [`claims`] | claims by tensor; equal points count once |
//! | [`side`] | what a prover and a verifier do differently |
//! | [`walk`] | the order of nodes, merging of several claims |
//! | `linear`, `axis`, `reshape`, `contract`, `conv` | the rewrite of each operator |
//! | [`limits`] | which graphs can be proven at all; the degree rule |
//! | [`reading`] | the verifier's side |
//!
//! **Invariant:** all weights that the verifier evaluates here follow from the graph and from challenges, never from
//! a value of a tensor.

pub mod axes;
mod axis;
pub mod claims;
mod contract;
pub mod conv;
pub mod limits;
mod linear;
pub mod reading;
mod reshape;
pub mod side;
pub mod walk;

pub use claims::{Claim, Claims};
pub use limits::{Unprovable, check_provable};
pub use side::{Ended, Folded, Product, Side, Weight};
pub use walk::{LayerError, Walk};
