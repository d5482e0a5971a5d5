//! The root of what was asked and answered: a tree over the lines of the files that the harness kept.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_crypto::{Digest, DigestHasher, Label, MerkleTree};
use lilliput_types::registry::Transcript;

use crate::failure::{Failure, OrExit, Result};

/// The most bytes of all files, and of one line.
const BYTES_MAX: u64 = 4 << 30;
const LINE_MAX: u64 = 64 << 20;
/// The most lines of all files.
const LINES_MAX: usize = 1 << 24;

/// Files in the order of their names, each line a leaf; empty lines are none.
pub(super) fn transcript(files: &[PathBuf]) -> Result<Option<Transcript>> {
    let mut files = files.to_vec();
    files.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
    let (mut leaves, mut bytes): (Vec<Digest>, u64) = (Vec::new(), 0);
    for path in &files {
        let name = path.display();
        let file = File::open(path).or_bad_input(format!("failed to read {name}"))?;
        let mut reader = BufReader::new(file);
        loop {
            let mut line = Vec::new();
            let read = (&mut reader)
                .take(LINE_MAX + 1)
                .read_until(b'\n', &mut line);
            let read = read.or_bad_input(format!("failed to read {name}"))? as u64;
            bytes = bytes.saturating_add(read);
            if read > LINE_MAX || bytes > BYTES_MAX || leaves.len() >= LINES_MAX {
                return Err(Failure::bad_input(anyhow!(
                    "{name}: a line is longer than {LINE_MAX} bytes, or the files are larger than {BYTES_MAX} bytes or {LINES_MAX} lines"
                )));
            }
            if read == 0 {
                break;
            }
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            if !text.is_empty() {
                let mut hasher = DigestHasher::new(Label::Blob);
                hasher.update(text);
                leaves.push(hasher.finish());
            }
        }
    }
    if files.is_empty() {
        return Ok(None);
    }
    if leaves.is_empty() {
        return Err(Failure::bad_input(anyhow!(
            "the files of samples are empty"
        )));
    }
    let lines = leaves.len() as u64;
    let root = MerkleTree::new(leaves.iter().map(|leaf| leaf.0)).root();
    Ok(Some(Transcript { root, lines }))
}

/// The root over what tasks were asked from: name and hash of each, in the order of their names.
pub(super) fn data_root<'a>(tasks: impl IntoIterator<Item = (&'a str, &'a str)>) -> Digest {
    let leaves = tasks.into_iter().map(|(task, hash)| {
        let mut leaf = task.as_bytes().to_vec();
        leaf.push(0);
        leaf.extend_from_slice(hash.as_bytes());
        leaf
    });
    MerkleTree::new(leaves).root()
}
