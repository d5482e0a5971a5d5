//! `specs/vectors/transcript.json`: every label of the transcript, how often it is said, and what of an argument it binds.

use std::collections::{BTreeMap, BTreeSet};

use lilliput_verifier::transcript::StepKind;
use serde_json::{Value, json};

use super::made::{MADE, MANY, Made};
use super::parts::{Followed, Kind, of_key, of_link, of_proof};

const PATH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../specs/vectors/transcript.json"
);

/// The census of one argument of that many bytes: the labels in the order in which they are first said.
fn census(name: &str, followed: &Followed, bytes: usize) -> Value {
    let mut order = Vec::new();
    let mut lines: BTreeMap<(&str, &str), (usize, usize, usize)> = BTreeMap::new();
    for step in &followed.steps {
        let (kind, absorbed) = match &step.kind {
            StepKind::Absorb(bytes) => ("absorb", *bytes),
            StepKind::Challenge => ("challenge", 0),
            StepKind::Work => ("work", 4),
            StepKind::Positions(_) => ("positions", 0),
        };
        let line = lines.entry((step.label, kind)).or_insert_with(|| {
            order.push((step.label, kind));
            (0, 0, 0)
        });
        line.0 += 1;
        line.1 += step.count;
        line.2 += absorbed;
    }
    let steps: Vec<Value> = order
        .into_iter()
        .map(|(label, kind)| {
            let (times, values, bytes) = lines[&(label, kind)];
            json!({"label": label, "kind": kind, "times": times, "values": values, "bytes": bytes})
        })
        .collect();
    let of = |kind| -> usize {
        let parts = followed.parts.iter().filter(|part| part.kind == kind);
        parts.map(|part| part.range.len()).sum()
    };
    let [absorbed, work] = [Kind::Absorbed, Kind::Work].map(of);
    let [rows, siblings] = [Kind::Rows, Kind::Siblings].map(of);
    // Nothing of an argument is left out.
    assert_eq!(absorbed + work + rows + siblings, bytes, "{name}");
    json!({
        "name": name,
        "steps": steps,
        "absorbed": absorbed,
        "work": work,
        "bound_by_roots": ["rows", "siblings"],
    })
}

fn all() -> Vec<Value> {
    let Made {
        key,
        successor,
        link,
        proofs,
        ..
    } = &*MADE;
    let names = ["inputs hidden", "nothing hidden", "all hidden"];
    let proofs = names.iter().zip(proofs).map(|(name, proof)| {
        let followed = of_proof(key, proof);
        census(&format!("proof, {name}"), &followed, proof.argument.len())
    });
    let range = key.encode().len() - super::parts::range_start(key);
    let (other, proof) = &*MANY;
    let others = [
        census(
            "proof, convolution read twice, all hidden",
            &of_proof(other, proof),
            proof.argument.len(),
        ),
        census("key", &of_key(key), range),
        census("link", &of_link(key, successor, link), link.len()),
    ];
    proofs.chain(others).collect()
}

#[test]
fn every_byte_is_absorbed_or_bound_by_a_root_and_the_steps_are_the_published_ones() {
    let file = std::fs::read_to_string(PATH).unwrap_or_default();
    let published: Vec<Value> = serde_json::from_str(&file).unwrap_or_default();
    let fresh = all();
    let lines: Vec<String> = fresh.iter().map(Value::to_string).collect();
    assert!(
        published == fresh,
        "after a change of the protocol, which needs a new version, the file is:\n[\n{}\n]",
        lines.join(",\n")
    );
}

/// Claims on one tensor are merged somewhere in the second model: it has every label there is.
#[test]
fn the_second_model_merges_claims() {
    let (key, proof) = &*MANY;
    let steps = of_proof(key, proof).steps;
    let labels: BTreeSet<&str> = steps.iter().map(|step| step.label).collect();
    for label in ["merge", "evaluations", "product end", "hidden output"] {
        assert!(labels.contains(label), "{label}");
    }
}

/// What the statement has is absorbed before the first message.
#[test]
fn the_statement_comes_first() {
    let Made { key, proofs, .. } = &*MADE;
    for (proof, expected) in proofs.iter().zip([
        ["model", "context", "hidden inputs", "outputs", "masks"],
        ["model", "context", "inputs", "outputs", "masks"],
        [
            "model",
            "context",
            "hidden inputs",
            "hidden outputs",
            "masks",
        ],
    ]) {
        let steps = of_proof(key, proof).steps;
        let labels: Vec<&str> = steps.iter().take(5).map(|step| step.label).collect();
        assert_eq!(labels, expected);
    }
}

/// All roots of an argument come before the first challenge, but the one of the foldings, which comes before
/// anything is combined.
#[test]
fn commitments_come_before_challenges() {
    let Made { key, proofs, .. } = &*MADE;
    for proof in proofs {
        let steps = of_proof(key, proof).steps;
        let place = |label: &str| steps.iter().position(|step| step.label == label);
        let first = steps
            .iter()
            .position(|step| step.kind == StepKind::Challenge);
        assert!(place("masks") < first && place("witness") < first);
        assert!(place("folded") < place("constraints"));
        assert!(place("folded") < place("positions"));
        assert!(place("last column") < place("last positions"));
        assert!(place("blinding") < place("blinded"));
    }
}
