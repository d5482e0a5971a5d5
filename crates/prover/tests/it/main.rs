//! Proofs from end to end.

mod end_to_end;
mod link;
mod nets;
mod random;
mod reference;
mod soundness;
mod tamper;
mod vectors;
