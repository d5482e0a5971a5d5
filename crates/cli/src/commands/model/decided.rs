//! What the caller decides about a model: lengths that the file leaves open, inputs that become constants, how finely
//! weights are rounded.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::anyhow;
use lilliput_import::Options;

use crate::failure::{Failure, Result};

/// Most lengths of a shape.
const AXES_MAX: usize = 8;

/// See the module's text.
#[derive(clap::Args)]
pub(super) struct Decided {
    /// The shape of an input whose lengths the file leaves open, as in `tokens=1x32`.
    #[arg(long = "shape", value_name = "NAME=1x32")]
    shapes: Vec<String>,

    /// An input that becomes a constant, with its value in the samples: what shapes depend on.
    #[arg(long = "fix", value_name = "NAME")]
    fixed: Vec<String>,

    /// Most bits of a weight: more round less, and make the key larger.
    #[arg(long, value_name = "BITS", default_value_t = Options::default().weight_bits, value_parser = clap::value_parser!(u8).range(4..=16))]
    weight_bits: u8,
}

impl Decided {
    pub(super) fn options(&self) -> Result<Options> {
        let shapes = self.shapes.iter().map(|text| shape(text));
        Ok(Options {
            shapes: shapes.collect::<Result<BTreeMap<_, _>>>()?,
            fixed: self.fixed.iter().cloned().collect::<BTreeSet<_>>(),
            weight_bits: self.weight_bits,
            ..Options::default()
        })
    }
}

/// `NAME=1x32`; the name may hold equals signs itself.
fn shape(text: &str) -> Result<(String, Vec<usize>)> {
    let refuse = || {
        Failure::bad_input(anyhow!("'{text}' is no shape"))
            .hint("write the input's name and its lengths, as in --shape tokens=1x32")
    };
    let (name, lengths) = text.rsplit_once('=').ok_or_else(refuse)?;
    let lengths: Vec<usize> = lengths
        .split('x')
        .map(|length| length.parse::<usize>().map_err(|_| refuse()))
        .collect::<Result<_>>()?;
    if name.is_empty() || lengths.len() > AXES_MAX || lengths.contains(&0) {
        return Err(refuse());
    }
    Ok((name.to_owned(), lengths))
}
