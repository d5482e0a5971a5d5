//! What a proof needs of the machine's memory, said before it is begun.
//!
//! An estimate from the sizes of what is committed, for two cores of an x86 server: what is counted is what a proof holds
//! at its peak, rounded up. `cargo xtask bench prover` measures.

use std::fs;

use anyhow::anyhow;
use lilliput_graph::Checked;
use lilliput_verifier::layout::{Hidden, Layout};
use lilliput_verifier::pcs::Code;
use lilliput_verifier::{Subject, Task, VerifyingKey};

use crate::failure::{Failure, OrExit, Result};

/// Memory of any proof: the program, its buffers, the masks.
const BASE_BYTES: u64 = 64 << 20;
/// An element of the base field.
const ELEMENT_BYTES: u64 = 4;
/// A position's part of a tree of hashes.
const TREE_BYTES: u64 = 64;
/// Coefficients are held twice: as they are, and being folded.
const COEFFICIENTS: u64 = 2;
/// A lookup: numerator and denominator of its fraction, in every layer of the tree of sums.
const LOOKUP_BYTES: u64 = 112;
/// A value of the run, or a weight: as the executor has it, and once more as the argument has it.
const VALUE_BYTES: u64 = 16;

/// Encoding the weights, where they aren't encoded on disk yet: a buffer, and this part of the encoding beside it.
const ENCODING_BYTES: u64 = 16 << 20;
const ENCODING_PART: u64 = 4;

/// Refuses a proof that needs more memory than there is: than `limit`, if one is named, else than what the
/// operating system says is available.
///
/// `encoded`: the weights are encoded on disk.
pub(crate) fn check(
    key: &VerifyingKey,
    encoded: bool,
    task: Task,
    hidden: Hidden,
    limit_mib: Option<u64>,
) -> Result<()> {
    let need = need(key, encoded, task, hidden)?;
    let limit = limit_mib.map(|mib| mib.saturating_mul(1 << 20));
    match limit.or_else(available) {
        Some(limit) if need > limit => Err(too_much(need, limit)),
        _ => Ok(()),
    }
}

fn too_much(need: u64, limit: u64) -> Failure {
    Failure::failed(anyhow!(
        "a proof of this model needs about {} MiB of memory, {} MiB are available",
        need >> 20,
        limit >> 20
    ))
    .hint("close other programs, use a larger machine, or raise the limit with --memory-mib MIB")
    .fact("memory_bytes_needed", need)
    .fact("memory_bytes_available", limit)
}

/// About how many bytes a proof needs.
fn need(key: &VerifyingKey, encoded: bool, task: Task, hidden: Hidden) -> Result<u64> {
    let subject =
        Subject::new(key, task, hidden).or_bad_input("there is no such proof of this model")?;
    let layout = subject.layout();
    let witness = layout.witness.iter();
    let witness = witness.map(|own| Code::witness(own.variables));
    let ports = layout.inputs.iter().chain(&layout.outputs);
    let codes = witness.chain(ports.map(|own| own.code()));
    let committed = codes.map(|code| coefficients(&code).saturating_add(encoding(&code)));
    let all = committed.fold(BASE_BYTES, u64::saturating_add);
    let weights = key.weights().map_or(0, |own| weights(&own.code(), encoded));
    Ok(all
        .saturating_add(weights)
        .saturating_add(values(subject.checked()).saturating_mul(VALUE_BYTES))
        .saturating_add(lookups(layout).saturating_mul(LOOKUP_BYTES)))
}

fn weights(code: &Code, encoded: bool) -> u64 {
    let own = coefficients(code);
    if encoded {
        return own;
    }
    let encoding = encoding(code);
    own.saturating_add(encoding)
        .saturating_add(encoding / ENCODING_PART)
        .saturating_add(ENCODING_BYTES)
}

fn coefficients(code: &Code) -> u64 {
    (code.coefficients() as u64)
        .saturating_mul(row(code))
        .saturating_mul(COEFFICIENTS)
}

fn encoding(code: &Code) -> u64 {
    (code.domain() as u64).saturating_mul(row(code).saturating_add(TREE_BYTES))
}

fn row(code: &Code) -> u64 {
    (code.width() as u64).saturating_mul(ELEMENT_BYTES)
}

/// Values of the run and weights.
fn values(checked: &Checked) -> u64 {
    let graph = checked.graph();
    let nodes = 0..graph.nodes.len();
    let nodes = nodes.map(|index| checked.tensor_shape(graph.node_id(index)).elements());
    let weights = graph.weights.iter().map(|spec| spec.shape.elements());
    let all = nodes.chain(weights).map(|elements| elements as u64);
    all.fold(0, u64::saturating_add)
}

fn lookups(layout: &Layout) -> u64 {
    let witness = layout.witness.as_ref();
    witness.map_or(0, |own| own.lookups.lookups())
}

/// What the operating system can give without swapping; none where it doesn't say.
fn available() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib.saturating_mul(1024))
}
