//! The model through its public interface.

mod model;
