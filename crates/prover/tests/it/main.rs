//! Proofs from end to end.

mod batch;
mod code_file;
mod end_to_end;
mod fuzz;
mod link;
mod nets;
mod random;
mod reference;
mod score;
mod soundness;
mod tamper;
mod transformers;
mod vectors;
mod zero_knowledge;
