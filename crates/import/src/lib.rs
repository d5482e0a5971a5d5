//! From ONNX to the integer graph.
//!
//! [`import`] reads a file, runs it on samples and writes it down in integers: a
//! [`lilliput_graph::Graph`] with its weights. Floats live here and nowhere below; they decide scales,
//! never whether a graph is correct. The same file and samples give the same bytes on every machine:
//! sums have their order in the source, functions come from one library, and no map without order is
//! iterated.
//!
//! | module | purpose |
//! |---|---|
//! | [`onnx`] | the messages of the format |
//! | `check`, `advice` | every node that stands in the way, and what to do about it |
//! | `element` | floats, integers, booleans |
//! | `read` | bounded decoding of hostile bytes |
//! | `lower` | nodes to steps with known shapes, constants folded |
//! | `program`, `window`, `array` | those steps |
//! | `fuse` | steps that networks write out, joined into the one they mean |
//! | `interpret` | steps in floating point |
//! | [`calibration`] | samples from JSON and numpy files |
//! | `quantize` | steps to integer nodes, scales, tables |
//! | [`number`] | a model's numbers to integers and back |

mod advice;
mod array;
pub mod calibration;
mod check;
mod element;
mod error;
mod fuse;
mod import;
mod interpret;
mod lower;
pub mod number;
pub mod onnx;
mod program;
mod quantize;
mod read;
mod window;

pub use calibration::{Calibration, CalibrationError};
pub use check::{Refusal, made_up_sample, refusals};
pub use error::ImportError;
pub use import::{FloatModel, Imported, import, tensor_numbers};
pub use number::{NumberError, Quantized, dequantize, quantize_input};
pub use quantize::{Options, Report};
