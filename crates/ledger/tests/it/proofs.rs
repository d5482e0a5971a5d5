//! State proofs: every true one holds, every changed one is refused.

use lilliput_crypto::StateProof;
use lilliput_ledger::{ProvenValue, Snapshot};

use crate::toy::{Clock, address, balance_key, open, pay};

fn proven() -> (Vec<(String, ProvenValue)>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    for (nonce, to) in (4..24).enumerate() {
        solo.submit(pay(0, nonce as u64, to, 5)).unwrap();
    }
    let snapshot: Snapshot = solo.snapshot().unwrap();
    let keys = (0..24).map(|number| balance_key(address(number))).chain([
        "toy/nobody".to_owned(),
        String::new(),
        "ledger/block".to_owned(),
    ]);
    let proven = keys.map(|key| {
        let value = snapshot.prove(&key).unwrap();
        (key, value)
    });
    (proven.collect(), folder)
}

#[test]
fn presence_and_absence_are_proven_against_the_header() {
    let (all, _folder) = proven();
    assert!(all.iter().any(|(_, proven)| proven.value.is_none()));
    for (key, proven) in &all {
        let root = proven.header.header.state_root;
        let value = proven.value.as_deref();
        assert_eq!(proven.proof.verify(&root, key, value), Ok(()));
        let read = StateProof::decode(&proven.proof.encode()).unwrap();
        assert_eq!(read, proven.proof);
    }
}

#[test]
fn another_value_key_or_root_is_refused() {
    let (all, _folder) = proven();
    for (index, (key, proven)) in all.iter().enumerate() {
        let root = proven.header.header.state_root;
        let value = proven.value.as_deref();
        let other = match value {
            Some(_) => None,
            None => Some(b"something".as_slice()),
        };
        assert!(proven.proof.verify(&root, key, other).is_err());
        assert!(proven.proof.verify(&root, key, Some(b"else")).is_err());
        let (next_key, _) = &all[(index + 1) % all.len()];
        if value.is_some() {
            assert!(proven.proof.verify(&root, next_key, value).is_err());
        }
        let mut other_root = root;
        other_root.0[31] ^= 1;
        assert!(proven.proof.verify(&other_root, key, value).is_err());
    }
}

#[test]
fn a_proof_with_any_bit_changed_cut_or_extended_is_refused() {
    let (all, _folder) = proven();
    for (key, proven) in all.iter().step_by(5) {
        let root = proven.header.header.state_root;
        let bytes = proven.proof.encode();
        let holds = |bytes: &[u8]| {
            StateProof::decode(bytes)
                .and_then(|proof| proof.verify(&root, key, proven.value.as_deref()))
                .is_ok()
        };
        assert!(holds(&bytes));
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!holds(&changed), "bit {bit} of the proof for {key}");
        }
        for length in 0..bytes.len() {
            assert!(!holds(&bytes[..length]));
        }
        assert!(!holds(&[bytes.as_slice(), &[0]].concat()));
    }
}
