//! From the bytes of a file to the model.

use crate::at::At;
use crate::check::check;
use crate::decode::draft;
use crate::limits::TEXT_BYTES_MAX;
use crate::model::Sdl;
use crate::problem::{Cause, Finding, Place, Refusal, Report};
use crate::tree::load;

/// Reads a file.
pub fn read(bytes: &[u8]) -> Result<Sdl, Refusal> {
    let tree = load(text(bytes)?)?;
    let root = At::root(&tree);
    let mut report = Report::default();
    let draft = draft(&root, &mut report);
    check(draft, &root, report)
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    let at = |line, column, cause| {
        Refusal::from(Finding {
            place: Place { line, column },
            path: String::new(),
            cause,
        })
    };
    let max = TEXT_BYTES_MAX;
    if bytes.len() > max {
        return Err(at(1, 1, Cause::TooLong { max }));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = &bytes[..error.valid_up_to()];
        let line = good.iter().filter(|byte| **byte == b'\n').count();
        let last = good
            .rsplit(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let column = String::from_utf8_lossy(last).chars().count();
        // Both are below TEXT_BYTES_MAX.
        at(line as u32 + 1, column as u32 + 1, Cause::NotUtf8)
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}
