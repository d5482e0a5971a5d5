//! Integration tests of the incentive rules.

mod epoch_properties;
mod float_vectors;
mod market;
mod own_vectors;
mod shared;
mod subtensor_hostile;
mod subtensor_vectors;
mod tournament_vectors;
mod votes_vectors;
