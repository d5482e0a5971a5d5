//! From ONNX to the integer graph.
//!
//! Floats live here and nowhere below.

pub mod onnx;
