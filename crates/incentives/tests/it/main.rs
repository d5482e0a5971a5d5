//! Integration tests of the incentive rules.

mod float_vectors;
mod shared;
mod subtensor_vectors;
mod votes_vectors;
