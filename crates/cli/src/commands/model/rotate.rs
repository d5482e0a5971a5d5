//! `lilliput model rotate`: a successor of a key whose openings are used up.

use std::path::PathBuf;
use std::time::Instant;

use lilliput_graph::model::OPENINGS_MAX;
use serde_json::json;

use crate::commands::prove::milliseconds;
use crate::failure::Result;
use crate::files;
use crate::outcome::Outcome;
use crate::session::Session;

/// Make a successor of a model that hides its weights: the same weights, a fresh secret, new openings.
///
/// Writes the model, its key and DIR/model.llink, which shows that both keys commit to the same weights.
/// `lilliput model succeed` puts key and link on the ledger: the model keeps its id there, and old proofs
/// hold under the old key.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model file.
    #[arg(value_name = "FILE.lmodel")]
    model: PathBuf,

    /// For how many proofs the successor hides the weights [default: as many as before].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(OPENINGS_MAX)))]
    openings: Option<u32>,

    /// Where to write the successor.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let progress = session.progress("committing to the weights anew");
    let started = Instant::now();
    let file = files::model(&args.model)?;
    let before = file.model.hiding.as_ref();
    let openings = args
        .openings
        .unwrap_or_else(|| before.map_or(0, |hiding| hiding.openings));
    let made = file
        .rotate(openings, &args.out)
        .map_err(files::model_error)?;
    let rotate_ms = milliseconds(started);
    drop(progress);
    let (old, new) = (
        hex::encode(made.old.model_id().0),
        hex::encode(made.new.model_id().0),
    );
    let key = made.file.path().with_extension("lvk");
    Ok(Outcome::new(
        format!(
            "made a successor in {rotate_ms:.0} ms, for {openings} proofs\n\
             model  {}\nkey    {}\nlink   {} ({} bytes)\nid     {new}\nafter  {old}",
            made.file.path().display(),
            key.display(),
            made.link.display(),
            made.link_bytes,
        ),
        json!({
            "model": new,
            "after": old,
            "openings": openings,
            "model_file": made.file.path(),
            "key_file": key,
            "link_file": made.link,
            "link_bytes": made.link_bytes,
            "rotate_ms": rotate_ms,
        }),
    ))
}
