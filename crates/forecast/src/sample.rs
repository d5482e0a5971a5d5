//! Uncertainty: many draws of the uncertain inputs, through the model, into quantiles with their errors.
//!
//! **Invariant:** a replica's draws depend on seed and number of the replica alone, and replicas are joined in their
//! order: results are the same on any number of threads. Memory doesn't grow with the number of draws.

mod correlation;
mod directions;
mod draw;
mod histogram;
mod points;
mod run;
mod table;

#[cfg(test)]
mod tests;

pub(crate) use correlation::CorrelationMatrix;
pub(crate) use draw::Inputs;
pub use histogram::BIN_RELATIVE_WIDTH;
pub(crate) use points::Points;
pub use points::Sampling;
pub use run::{Estimate, Options, OutputSummary, QUANTILES, Run, UNCERTAIN_MAX, run};
pub(crate) use run::{check as check_options, standard_error};
