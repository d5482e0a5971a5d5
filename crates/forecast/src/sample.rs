//! Uncertainty: many draws of the uncertain inputs, through the model, into quantiles with their errors.

mod correlation;

pub(crate) use correlation::CorrelationMatrix;
