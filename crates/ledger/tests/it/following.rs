//! Others make the same of the same blocks, and nothing of changed ones.

use lilliput_crypto::Digest;
use lilliput_ledger::{Solo, Store, apply_block};
use lilliput_types::{Blob, Block, DurationMs, Epoch, Header, Height, List, TimeMs};
use proptest::prelude::*;

use crate::toy::{Clock, Toy, VALIDATOR, answer, bring, open, pay, publish, secret};

fn blocks(solo: &Solo<Toy>) -> Vec<Block> {
    let snapshot = solo.snapshot().unwrap();
    let head = snapshot.head().unwrap().unwrap().header.height;
    (0..=head.0)
        .map(|height| snapshot.block(Height(height)).unwrap().unwrap())
        .collect()
}

fn some_history() -> (tempfile::TempDir, Solo<Toy>) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    clock.set(5_000);
    drop(open(folder.path(), &clock));
    // Opened again later: the time between counts as halted.
    clock.set(9_000);
    let solo = open(folder.path(), &clock);
    let blob = Blob::new(b"key".to_vec()).unwrap();
    solo.submit(pay(0, 0, 1, 500)).unwrap();
    solo.submit(bring(1, 0, publish(&blob), blob)).unwrap();
    let proof = Blob::new(b"proof".to_vec()).unwrap();
    solo.submit(bring(1, 1, answer(&proof), proof)).unwrap();
    (folder, solo)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn a_follower_reaches_the_same_roots(
        steps in prop::collection::vec((0_u8..4, 0_u8..8, 0_u128..900_000, 0_u64..500), 1..30),
    ) {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let clock = Clock::default();
        let solo = open(folder.path(), &clock);
        let mut now = 0;
        for (from, to, amount, pause) in steps {
            now += pause;
            clock.set(now);
            let nonce = solo.snapshot().unwrap().next_nonce(crate::toy::address(from)).unwrap();
            let _ = solo.submit(pay(from, nonce.0, to, amount));
            solo.tick().unwrap();
        }
        let store = Store::open(other.path()).unwrap();
        for block in blocks(&solo) {
            let events = apply_block(&store, &Toy::new(VALIDATOR), &block).unwrap();
            let made = solo.snapshot().unwrap().events(block.header.header.height).unwrap();
            prop_assert_eq!(Some(events), made);
        }
        let (mine, theirs) = (solo.snapshot().unwrap(), store.snapshot().unwrap());
        prop_assert_eq!(mine.head().unwrap(), theirs.head().unwrap());
        prop_assert_eq!(mine.tree_len().unwrap(), theirs.tree_len().unwrap());
    }
}

#[test]
fn a_header_with_anything_changed_is_refused() {
    let (_folder, solo) = some_history();
    let all = blocks(&solo);
    let (last, before) = all.split_last().unwrap();
    let other = tempfile::tempdir().unwrap();
    let store = Store::open(other.path()).unwrap();
    let toy = Toy::new(VALIDATOR);
    for block in before {
        apply_block(&store, &toy, block).unwrap();
    }
    let changes: Vec<fn(&mut Header)> = vec![
        |header| header.version = 2,
        |header| header.chain.0.0[0] ^= 1,
        |header| header.height = Height(9),
        |header| header.parent.0.0[0] ^= 1,
        |header| header.time = TimeMs(4_999),
        |header| header.halted = DurationMs(0),
        |header| header.epoch = Epoch(1),
        |header| header.transactions_root = Digest::ZERO,
        |header| header.proofs_root = Digest::ZERO,
        |header| header.events_root = Digest::ZERO,
        |header| header.state_root = Digest::ZERO,
        |header| header.proposer = secret(1).public_key(),
        |header| header.validators.0.0[0] ^= 1,
        |header| header.next_validators.0.0[0] ^= 1,
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut header = last.header.header.clone();
        change(&mut header);
        assert_ne!(header, last.header.header, "change {index} changes nothing");
        let mut changed = last.clone();
        // Signed again by the validator: it is the rules that refuse it, not the signature.
        changed.header = header.sign(&secret(VALIDATOR));
        let applied = apply_block(&store, &toy, &changed);
        assert!(applied.is_err(), "change {index} was accepted");
    }
    let mut forged = last.clone();
    forged.header = last.header.header.clone().sign(&secret(1));
    assert!(apply_block(&store, &toy, &forged).is_err());
    assert!(apply_block(&store, &toy, before.last().unwrap()).is_err());
    apply_block(&store, &toy, last).unwrap();
}

#[test]
fn a_body_with_anything_changed_is_refused() {
    let (_folder, solo) = some_history();
    let all = blocks(&solo);
    let (last, before) = all.split_last().unwrap();
    let other = tempfile::tempdir().unwrap();
    let store = Store::open(other.path()).unwrap();
    let toy = Toy::new(VALIDATOR);
    for block in before {
        apply_block(&store, &toy, block).unwrap();
    }
    let mut without_blob = last.clone();
    without_blob.blobs = List::default();
    let mut other_blob = last.clone();
    other_blob.blobs = List::new(vec![Blob::new(b"other".to_vec()).unwrap()]).unwrap();
    let mut more_blobs = last.clone();
    let blob = last.blobs[0].clone();
    more_blobs.blobs = List::new(vec![blob.clone(), blob]).unwrap();
    let mut without_transaction = last.clone();
    without_transaction.transactions = List::default();
    without_transaction.blobs = List::default();
    let mut replayed = last.clone();
    replayed.transactions = all[1].transactions.clone();
    replayed.blobs = List::default();
    for changed in [
        without_blob,
        other_blob,
        more_blobs,
        without_transaction,
        replayed,
    ] {
        assert!(apply_block(&store, &toy, &changed).is_err());
    }
    apply_block(&store, &toy, last).unwrap();
}

#[test]
fn another_genesis_or_validator_is_refused() {
    let (_folder, solo) = some_history();
    let other = tempfile::tempdir().unwrap();
    let store = Store::open(other.path()).unwrap();
    let all = blocks(&solo);
    assert!(apply_block(&store, &Toy::new(1), &all[0]).is_err());
    assert!(apply_block(&store, &Toy::new(VALIDATOR), &all[1]).is_err());
    apply_block(&store, &Toy::new(VALIDATOR), &all[0]).unwrap();
}
