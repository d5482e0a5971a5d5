//! Numbers are given once: by threads, after loss and damage, after shares.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;

const SEED: [u8; 32] = [0xa5; 32];

fn hiding(share: Range<u32>) -> Hiding {
    Hiding {
        seed: SEED,
        openings: 128,
        share,
    }
}

fn fresh(folder: &Path, hiding: &Hiding) -> Openings {
    let openings = Openings::beside(&folder.join("model.lmodel"));
    openings.create(hiding).unwrap();
    openings
}

#[test]
fn a_copy_has_its_share_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let hiding = hiding(5..8);
    let openings = fresh(folder.path(), &hiding);
    for number in 5..8 {
        assert_eq!(openings.take(&hiding).unwrap(), number);
    }
    let refused = openings.take(&hiding).unwrap_err();
    assert!(matches!(refused, OpeningsError::UsedUp { .. }));
    let said = refused.to_string();
    assert!(said.contains("model rotate") && said.contains("model share"));
    // Asked again, it says the same.
    assert!(openings.take(&hiding).is_err());
}

#[test]
fn threads_get_different_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let hiding = hiding(0..128);
    let openings = fresh(folder.path(), &hiding);
    let taken: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let take = || openings.take(&hiding).unwrap();
                scope.spawn(move || (0..16).map(|_| take()).collect::<Vec<_>>())
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(taken.len(), 64);
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>().len(), 64);
}

#[test]
fn a_missing_counter_is_not_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let hiding = hiding(0..128);
    let openings = fresh(folder.path(), &hiding);
    openings.take(&hiding).unwrap();
    fs::remove_file(folder.path().join("model.openings")).unwrap();
    for _ in 0..2 {
        let refused = openings.take(&hiding).unwrap_err();
        assert!(matches!(refused, OpeningsError::Missing { .. }));
        let said = refused.to_string();
        assert!(said.contains("model rotate") && said.contains("model share"));
    }
}

#[test]
fn every_change_of_a_counter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let hiding = hiding(0..128);
    let openings = fresh(folder.path(), &hiding);
    let path = folder.path().join("model.openings");
    let good = fs::read(&path).unwrap();
    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let refused = openings.take(&hiding).unwrap_err();
        assert!(matches!(refused, OpeningsError::Damaged { .. }));
    };
    for end in 0..good.len() {
        refused(&good[..end]);
    }
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 1;
        refused(&bytes);
    }
    refused(&[&good[..], b"\n"].concat());
    refused(&[b'0'; 4096]);
}

#[test]
fn another_models_counter_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let openings = fresh(folder.path(), &hiding(0..128));
    let other = Hiding {
        seed: [1; 32],
        ..hiding(0..128)
    };
    let refused = openings.take(&other).unwrap_err();
    assert!(matches!(refused, OpeningsError::Damaged { .. }));
}

#[test]
fn what_was_given_away_stays_given_away_when_the_model_file_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let hiding = hiding(0..10);
    let openings = fresh(folder.path(), &hiding);
    openings.take(&hiding).unwrap();
    let held = openings.hold().unwrap();
    assert_eq!(openings.split(&hiding, 4, &held).unwrap(), 6..10);
    for asked in [0, 6, u32::MAX] {
        let refused = openings.split(&hiding, asked, &held).unwrap_err();
        assert!(matches!(refused, OpeningsError::TooFew { .. }));
    }
    drop(held);
    // `hiding` still says 0 to 10, as an old copy of the model file would.
    assert_eq!(openings.left(&hiding).unwrap(), 1..6);
}

#[test]
fn the_counter_tells_nothing_about_the_seed() {
    let folder = tempfile::tempdir().unwrap();
    fresh(folder.path(), &hiding(0..10));
    let text = fs::read_to_string(folder.path().join("model.openings")).unwrap();
    assert!(!text.contains(&hex::encode(SEED)[..8]));
}
