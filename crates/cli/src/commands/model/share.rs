//! `lilliput model share`: a copy of a model with openings of its own.

use std::path::PathBuf;

use serde_json::json;

use crate::failure::Result;
use crate::files;
use crate::outcome::Outcome;
use crate::session::Session;

/// Copy a model that hides its weights, with a share of its openings.
///
/// The copy gets the last openings that are left here, and this file gives them up first: no two copies ever
/// use the same one, which would show the weights. A copy made by other means would.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model file.
    #[arg(value_name = "FILE.lmodel")]
    model: PathBuf,

    /// How many openings the copy gets.
    #[arg(long, value_name = "K")]
    openings: u32,

    /// Where to write the copy.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let _progress = session.progress("sharing");
    let file = files::model(&args.model)?;
    let copy = file
        .share(args.openings, &args.out)
        .map_err(files::model_error)?;
    let given = copy.openings_left().map_err(files::model_error)?;
    let given = given.unwrap_or_default();
    let left = file.openings_left().map_err(files::model_error)?;
    let left = left.unwrap_or_default();
    Ok(Outcome::new(
        format!(
            "copied to {}\nit has {} openings ({} to {}), {} are left here",
            copy.path().display(),
            given.len(),
            given.start,
            given.end,
            left.len(),
        ),
        json!({
            "model_file": copy.path(),
            "openings": given.len(),
            "from": given.start,
            "to": given.end,
            "openings_left": left.len(),
        }),
    ))
}
