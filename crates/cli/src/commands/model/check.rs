//! `lilliput model check`: whether an ONNX file can be imported.

use std::path::PathBuf;

use lilliput_import::FloatModel;
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::files;
use crate::outcome::Outcome;

/// Say whether an ONNX model can be imported, and if not, which node stands in the way.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ONNX file.
    onnx: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let bytes = files::read(&args.onnx, files::ONNX_BYTES_MAX)?;
    FloatModel::read(&bytes)
        .or_bad_input(format!("{} can't be imported", args.onnx.display()))
        .map_err(|failure| {
            failure
                .fact("supported", false)
                .hint("docs of `lilliput model import` list the operators")
        })?;
    Ok(Outcome::new(
        format!("{} can be imported", args.onnx.display()),
        json!({ "supported": true, "file": args.onnx }),
    ))
}
