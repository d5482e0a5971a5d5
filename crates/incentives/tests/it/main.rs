//! Integration tests of the incentive rules.

mod shared;
mod subtensor_vectors;
