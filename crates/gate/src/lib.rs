//! The gate.
pub mod path;
pub mod policy;
pub mod price;
pub mod request;
