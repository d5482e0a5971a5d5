//! Reading a JSON file of cases that a command recomputes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::anyhow;
use serde::de::DeserializeOwned;

use crate::failure::{Failure, OrExit, Result};

/// The largest file read.
const READ_BYTES_MAX: u64 = 256 << 20;

/// The parsed file; what is wrong with it is named with line and column.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let name = path.display();
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(READ_BYTES_MAX + 1).read_to_string(&mut text))
        .or_bad_input(format!("failed to read {name}"))?;
    if text.len() as u64 > READ_BYTES_MAX {
        return Err(Failure::bad_input(anyhow!(
            "{name} is larger than {READ_BYTES_MAX} bytes"
        )));
    }
    serde_json::from_str(&text).or_bad_input(format!("failed to parse {name}"))
}
