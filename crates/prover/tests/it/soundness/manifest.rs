//! The tamper manifest: every kind of message is changed in several places and ways, and none is accepted.

use std::collections::{BTreeMap, BTreeSet};

use lilliput_verifier::link::verify as verify_link;
use lilliput_verifier::transcript::StepKind;
use lilliput_verifier::{Proof, VerifyingKey, verify};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::made::{CONTEXT, MADE, Made};
use super::parts::{Followed, Part, of_key, of_link, of_proof, range_start};

/// Parts of one label and kind that are changed, and changes of each.
const PARTS: usize = 12;
const CHANGES: usize = 6;

/// How often each change is made, at other places.
const TIMES: usize = 3;

/// A change of one part: what it does, and the bytes after it. None if it would change nothing.
fn changed(
    bytes: &[u8],
    part: &Part,
    next: Option<&Part>,
    change: usize,
    rng: &mut ChaCha8Rng,
) -> Option<Vec<u8>> {
    let mut other = bytes.to_vec();
    let units = part.range.len() / part.unit;
    let unit = part.range.start + part.unit * rng.random_range(0..units);
    let own = unit..unit + part.unit;
    match change {
        // The lowest bit of an element, a bit anywhere in it, an element of noise that is still canonical, zero.
        0 => other[unit] ^= 1,
        1 => other[rng.random_range(own)] ^= 1 << rng.random_range(0..8),
        2 => other[own].chunks_mut(4).for_each(|word| {
            let noise = rng.random_range(0..0x7f00_0001u32).to_le_bytes();
            word.copy_from_slice(&noise[..word.len()]);
        }),
        3 => other[own].fill(0),
        // Another element of the same part, and the next part of the same label, in its place.
        4 => {
            let from = part.range.start + part.unit * rng.random_range(0..units);
            other.copy_within(from..from + part.unit, unit);
        }
        _ => {
            let next = next?.range.clone();
            let length = next.len().min(part.range.len());
            let start = part.range.start;
            let (low, high) = other.split_at_mut(next.start);
            low[start..start + length].swap_with_slice(&mut high[..length]);
        }
    }
    (other != bytes).then_some(other)
}

/// Changes of each label, and how many were tried.
type Manifest = BTreeMap<String, usize>;

/// Changes all kinds of parts; none may be accepted.
fn tamper(
    followed: &Followed,
    bytes: &[u8],
    accepted: impl Fn(&[u8]) -> bool,
    manifest: &mut Manifest,
) {
    assert!(accepted(bytes));
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut groups: BTreeMap<_, Vec<&Part>> = BTreeMap::new();
    for part in &followed.parts {
        let group = groups.entry((part.label, part.kind)).or_default();
        group.push(part);
    }
    for ((label, kind), group) in groups {
        let step = group.len().div_ceil(PARTS);
        for (index, part) in group.iter().enumerate().step_by(step) {
            for change in (0..TIMES).flat_map(|_| 0..CHANGES) {
                let next = group.get(index + 1).copied();
                let Some(other) = changed(bytes, part, next, change, &mut rng) else {
                    continue;
                };
                assert!(!accepted(&other), "{label} {kind:?} {index} {change}");
                *manifest.entry(format!("{label} {kind:?}")).or_default() += 1;
            }
        }
    }
    // A label that is said and sent is in the manifest.
    let tried: BTreeSet<&str> = followed.parts.iter().map(|part| part.label).collect();
    let said = followed
        .steps
        .iter()
        .filter(|step| step.kind != StepKind::Challenge);
    for step in said {
        let known = STATEMENT.contains(&step.label) || tried.contains(step.label);
        assert!(known, "{} isn't in the manifest", step.label);
    }
}

/// Labels that are absorbed and not sent: what they stand for is changed in the statement, in the key, or is another key.
const STATEMENT: [&str; 10] = [
    "model",
    "models",
    "context",
    "inputs",
    "hidden inputs",
    "outputs",
    "hidden outputs",
    "graph",
    "openings",
    "weights",
];

#[test]
fn no_changed_message_of_a_proof_is_accepted() {
    let Made { key, proofs, .. } = &*MADE;
    let mut manifest = Manifest::new();
    for proof in proofs {
        let statement = &proof.statement;
        let accepted = |argument: &[u8]| {
            let proof = Proof {
                statement: statement.clone(),
                argument: argument.to_vec(),
            };
            verify(key, &CONTEXT, &proof).is_ok()
        };
        let followed = of_proof(key, proof);
        tamper(&followed, &proof.argument, accepted, &mut manifest);
    }
    print(&manifest, 21);
}

#[test]
fn no_changed_message_of_a_key_is_accepted() {
    let key = &MADE.key;
    let bytes = key.encode();
    let (head, argument) = bytes.split_at(range_start(key));
    let accepted = |argument: &[u8]| VerifyingKey::decode(&[head, argument].concat()).is_ok();
    let mut manifest = Manifest::new();
    tamper(&of_key_with_value(key), argument, accepted, &mut manifest);
    // What stands before the argument: root, openings, value; each of its words.
    let start = head.len() - 56;
    for word in (start..head.len()).step_by(4) {
        for bit in [0, 13, 30] {
            let mut other = bytes.clone();
            other[word + bit / 8] ^= 1 << (bit % 8);
            assert!(
                VerifyingKey::decode(&other).is_err(),
                "byte {word} bit {bit}"
            );
            *manifest.entry("head of the key".into()).or_default() += 1;
        }
    }
    print(&manifest, 18);
}

/// The value out of the domain is absorbed from the key's head, which is changed word by word.
fn of_key_with_value(key: &VerifyingKey) -> Followed {
    let mut followed = of_key(key);
    followed.steps.retain(|step| step.label != "outside");
    followed
}

#[test]
fn no_changed_message_of_a_link_is_accepted() {
    let Made {
        key,
        successor,
        link,
        ..
    } = &*MADE;
    let accepted = |bytes: &[u8]| verify_link(key, successor, bytes).is_ok();
    let mut manifest = Manifest::new();
    tamper(
        &of_link(key, successor, link),
        link,
        accepted,
        &mut manifest,
    );
    assert!(verify_link(successor, key, link).is_err());
    assert!(verify_link(key, key, link).is_err());
    print(&manifest, 16);
}

#[test]
fn no_changed_statement_is_accepted() {
    let Made { key, proofs, .. } = &*MADE;
    let mut tried = 0;
    for proof in proofs {
        let bytes = proof.encode();
        let head = bytes.len() - proof.argument.len();
        for byte in 0..head {
            for bit in [0, 3, 7] {
                let mut other = bytes.clone();
                other[byte] ^= 1 << bit;
                let accepted =
                    Proof::decode(&other).is_ok_and(|proof| verify(key, &CONTEXT, &proof).is_ok());
                assert!(!accepted, "byte {byte} bit {bit}");
                tried += 1;
            }
        }
    }
    let manifest = Manifest::from([("statement".into(), tried)]);
    print(&manifest, 1);
    assert!(tried > 1500);
}

#[expect(clippy::print_stdout, reason = "the manifest is for people")]
fn print(manifest: &Manifest, kinds: usize) {
    for (label, tried) in manifest {
        println!("{label}: {tried}");
        assert!(*tried >= 9, "{label}");
    }
    let all: usize = manifest.values().sum();
    println!("{} kinds, {all} changes", manifest.len());
    assert_eq!(manifest.len(), kinds);
}
