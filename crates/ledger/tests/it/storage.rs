//! What is on disk: opened again, copied in the middle, shared, pruned.

use lilliput_ledger::{OpenError, StateReader};
use lilliput_types::{Blob, DurationMs, Height, TimeMs};

use crate::toy::{Clock, START, address, answer, balance, bring, open, pay, publish, try_open};

#[test]
fn an_opened_folder_goes_on_with_the_same_chain() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    let mut head = None;
    for nonce in 0..3 {
        let solo = open(folder.path(), &clock);
        let found = solo.snapshot().unwrap().head().unwrap();
        assert!(head.is_none() || head == found);
        solo.submit(pay(0, nonce, 1, 5)).unwrap();
        head = solo.snapshot().unwrap().head().unwrap();
    }
    assert_eq!(head.unwrap().header.height, Height(3));
}

#[test]
fn two_cannot_open_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    let _solo = open(folder.path(), &clock);
    let error = try_open(folder.path(), &clock, crate::toy::VALIDATOR).map(drop);
    assert!(matches!(error, Err(OpenError::Locked { .. })), "{error:?}");
}

#[test]
fn a_folder_of_another_format_is_refused_by_that_name() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    drop(open(folder.path(), &clock));
    let database = redb::Database::open(folder.path().join("ledger.redb")).unwrap();
    let write = database.begin_write().unwrap();
    let meta = redb::TableDefinition::<&str, &[u8]>::new("meta");
    let mut table = write.open_table(meta).unwrap();
    table
        .insert("format", 1_u32.to_le_bytes().as_slice())
        .unwrap();
    drop(table);
    write.commit().unwrap();
    drop(database);
    let error = try_open(folder.path(), &clock, crate::toy::VALIDATOR).map(drop);
    let error = error.unwrap_err();
    assert!(
        matches!(error, OpenError::Format { got: 1, .. }),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("another version of lilliput"),
        "{error}"
    );
}

#[test]
fn another_validator_cannot_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    let error = try_open(folder.path(), &clock, 1).map(drop);
    assert!(matches!(error, Err(OpenError::Validator)), "{error:?}");
}

#[test]
fn a_file_that_is_no_database_gives_an_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ledger.redb"), vec![7; 10_000]).unwrap();
    let error = try_open(folder.path(), &Clock::default(), crate::toy::VALIDATOR).map(drop);
    assert!(matches!(error, Err(OpenError::Store(_))), "{error:?}");
}

/// What a machine that loses power leaves behind is the file as it is at that moment.
#[test]
fn a_copy_of_the_file_at_any_moment_has_every_acknowledged_block() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    let solo = open(folder.path(), &clock);
    for nonce in 0..8 {
        let included = solo.submit(pay(0, nonce, 1, 5)).unwrap();
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(
            folder.path().join("ledger.redb"),
            copy.path().join("ledger.redb"),
        )
        .unwrap();
        let reopened = open(copy.path(), &clock);
        let snapshot = reopened.snapshot().unwrap();
        let head = snapshot.head().unwrap().unwrap().header;
        assert_eq!((head.height, head.id()), (included.height, included.block));
        let paid = 5 * (u128::from(nonce) + 1);
        assert_eq!(balance(&snapshot, 1).0, START.0 + paid);
        reopened.submit(pay(0, nonce + 1, 1, 5)).unwrap();
    }
}

#[test]
fn time_stands_still_while_the_folder_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    clock.set(1_000);
    let solo = open(folder.path(), &clock);
    clock.set(3_000);
    solo.submit(pay(0, 0, 1, 5)).unwrap();
    drop(solo);
    clock.set(1_000_000);
    let solo = open(folder.path(), &clock);
    assert_eq!(solo.now(), TimeMs(3_000));
    clock.set(1_000_500);
    solo.submit(pay(0, 1, 1, 5)).unwrap();
    let header = solo.snapshot().unwrap().head().unwrap().unwrap().header;
    assert_eq!(header.time, TimeMs(3_500));
    assert_eq!(header.halted, DurationMs(997_000));
    // A clock that goes back doesn't take time along.
    clock.set(5);
    assert_eq!(solo.now(), TimeMs(3_500));
}

#[test]
fn the_tree_keeps_no_stale_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    solo.submit(pay(0, 0, 1, 5)).unwrap();
    let before = solo.snapshot().unwrap().tree_len().unwrap();
    for nonce in 1..100 {
        solo.submit(pay(0, nonce, 1, 5)).unwrap();
    }
    assert_eq!(solo.snapshot().unwrap().tree_len().unwrap(), before);
}

#[test]
fn pruning_forgets_proofs_and_keeps_keys() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    let blob = |bytes: &[u8]| Blob::new(bytes.to_vec()).unwrap();
    let (key, old, shared) = (blob(b"key"), blob(b"old proof"), blob(b"shared"));
    solo.submit(bring(0, 0, publish(&key), key.clone()))
        .unwrap();
    solo.submit(bring(0, 1, answer(&old), old.clone())).unwrap();
    solo.submit(bring(0, 2, answer(&shared), shared.clone()))
        .unwrap();
    solo.submit(bring(0, 3, answer(&shared), shared.clone()))
        .unwrap();
    assert_eq!(solo.store().prune_blobs(Height(4), 2).unwrap(), 1);
    assert_eq!(solo.store().prune_blobs(Height(4), 10).unwrap(), 0);
    let snapshot = solo.snapshot().unwrap();
    assert_eq!(snapshot.blob(old.id()).unwrap(), None);
    assert_eq!(snapshot.blob(key.id()).unwrap(), Some(b"key".to_vec()));
    assert_eq!(
        snapshot.blob(shared.id()).unwrap(),
        Some(b"shared".to_vec())
    );
    assert!(snapshot.block(Height(2)).unwrap().is_none());
    assert!(snapshot.header(Height(2)).unwrap().is_some());
    assert!(snapshot.block(Height(4)).unwrap().is_some());
    assert_eq!(snapshot.next_nonce(address(0)).unwrap().0, 4);
}
