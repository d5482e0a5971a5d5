//! The parts of an argument: which bytes are which message.
//!
//! The verifier's own code reads the argument with a transcript that keeps its steps; from these, and from the sizes of
//! the trees, follows what each byte is.

use std::ops::Range;

use lilliput_verifier::argument::{Parts, argue};
use lilliput_verifier::key::{absorb_weights, range_argument};
use lilliput_verifier::link::{Pair, argue as link_argue, transcript as link_transcript};
use lilliput_verifier::pcs::settle::{Columns, labels};
use lilliput_verifier::pcs::{Code, Oracle, Root, settle};
use lilliput_verifier::receiver::Receiver;
use lilliput_verifier::transcript::{Step, StepKind, Transcript};
use lilliput_verifier::{Proof, Subject, VerifyingKey};

/// What binds a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// The transcript's hash.
    Absorbed,
    /// It is checked as a proof of work, and absorbed with it.
    Work,
    /// It hashes to a leaf of a tree whose root is absorbed.
    Rows,
    /// It leads from leaves to a root that is absorbed.
    Siblings,
}

/// Some bytes of an argument.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
    /// Bytes of one element: a change of a part is a change of some of its elements.
    pub(crate) unit: usize,
}

/// A conversation, step by step, and the parts of what was sent.
pub(crate) struct Followed {
    pub(crate) steps: Vec<Step>,
    pub(crate) parts: Vec<Part>,
}

/// Follows a proof that holds.
pub(crate) fn of_proof(key: &VerifyingKey, proof: &Proof) -> Followed {
    let statement = &proof.statement;
    let mut transcript = Transcript::new(lilliput_verifier::statement::PROTOCOL);
    transcript.record();
    statement.absorb(&key.model_id(), &mut transcript);
    let subject = Subject::new(key, statement.task, statement.hidden()).expect("the layout holds");
    let parts = Parts {
        checked: subject.checked(),
        layout: subject.layout(),
        weights: key.weights(),
        inputs: &statement.inputs,
        outputs: &statement.outputs,
    };
    follow(&proof.argument, transcript, |receiver| {
        argue(&parts, receiver).expect("the argument is followed")
    })
}

/// Where a key's range argument starts.
pub(crate) fn range_start(key: &VerifyingKey) -> usize {
    // Version, length, graph, root, openings, value.
    1 + 4 + key.graph().encode().len() + 32 + 4 + 20
}

/// Follows the range argument of a key that holds.
pub(crate) fn of_key(key: &VerifyingKey) -> Followed {
    let bytes = key.encode();
    let weights = key.weights().expect("the key has weights");
    let polynomial = key.layout().weights.as_ref().expect("it lays them out");
    let mut transcript = Transcript::new("lilliput weights 2");
    transcript.record();
    absorb_weights(&key.graph().encode(), weights, &mut transcript);
    follow(&bytes[range_start(key)..], transcript, |receiver| {
        range_argument(polynomial, weights, receiver).expect("the argument is followed")
    })
}

/// Follows a link that holds.
pub(crate) fn of_link(old: &VerifyingKey, new: &VerifyingKey, bytes: &[u8]) -> Followed {
    let pair = Pair::new(old, new).expect("a key and its successor");
    let mut transcript = link_transcript(old, new);
    transcript.record();
    follow(bytes, transcript, |receiver| {
        link_argue(&pair, receiver).expect("the argument is followed")
    })
}

fn follow(
    bytes: &[u8],
    transcript: Transcript,
    argue: impl FnOnce(&mut Receiver<'_>) -> (Root, Vec<Oracle>),
) -> Followed {
    let said = transcript.recorded().len();
    let mut receiver = Receiver::new(bytes, transcript);
    let (masks, oracles) = argue(&mut receiver);
    settle(&masks, &oracles, &mut receiver).expect("the argument holds");
    let messages = receiver.counts().messages;
    let (_, transcript) = receiver.opening().expect("there are bytes");
    let steps = transcript.recorded().to_vec();
    receiver.finish().expect("nothing is left over");
    let codes: Vec<Code> = oracles.iter().map(|oracle| oracle.code).collect();
    let columns = Columns::new(messages + 2, &codes);
    let parts = parts(&steps[said..], &codes, &columns);
    Followed { steps, parts }
}

/// Lays the parts one behind the other.
fn parts(steps: &[Step], codes: &[Code], columns: &Columns) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut push = |label, kind, bytes: usize, unit| {
        let start = parts.last().map_or(0, |part| part.range.end);
        if bytes > 0 {
            let range = start..start + bytes;
            parts.push(Part {
                label,
                kind,
                range,
                unit,
            });
        }
    };
    let mut codes = codes.iter();
    for step in steps {
        match &step.kind {
            // A root has 32 values, bytes; all others have 20 bytes each.
            StepKind::Absorb(bytes) => push(
                step.label,
                Kind::Absorbed,
                *bytes,
                bytes / step.count.max(1),
            ),
            StepKind::Work => push(step.label, Kind::Work, 4, 4),
            StepKind::Challenge => {}
            StepKind::Positions(positions) => {
                let (widths, code) = if step.label == labels::LAST_POSITIONS {
                    (columns.widths().to_vec(), &columns.code)
                } else {
                    let code = codes.next().expect("a code for each polynomial");
                    (vec![code.width()], code)
                };
                for width in widths {
                    let rows = positions.len() * width * 4;
                    push(step.label, Kind::Rows, rows, 4);
                    let digests = siblings(positions, code.log_domain);
                    push(step.label, Kind::Siblings, digests * 32, 32);
                }
            }
        }
    }
    parts
}

/// How many digests lead from leaves at these positions to the root.
fn siblings(positions: &[usize], depth: usize) -> usize {
    let mut open: Vec<usize> = positions.to_vec();
    let mut count = 0;
    for _ in 0..depth {
        let alone = |position: &&usize| open.binary_search(&(**position ^ 1)).is_err();
        count += open.iter().filter(alone).count();
        open = open.iter().map(|position| position / 2).collect();
        open.dedup();
    }
    count
}
