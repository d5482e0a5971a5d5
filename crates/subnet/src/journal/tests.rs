//! Rounds survive, are private, and don't pile up.

use lilliput_crypto::Digest;
use lilliput_modules::subnet::round::Round;
use lilliput_types::subnet::WeightsOpening;
use lilliput_types::{ChainId, List, Registration, SubnetEpoch, SubnetId};

use super::{Journal, Kept};
use crate::error::SubnetError;

fn kept(epoch: u64, salt: u8) -> Kept {
    let opening = WeightsOpening {
        chain: ChainId(Digest([1; 32])),
        subnet: SubnetId(1),
        epoch: SubnetEpoch(epoch),
        uid: 2,
        registration: Registration(3),
        salt: Digest([salt; 32]),
        row: List::new(vec![(0, 65_535)]).unwrap(),
        transcript: Digest([4; 32]),
        seed: Digest([5; 32]),
    };
    Kept {
        round: Round {
            opening,
            entries: Vec::new(),
            votes: List::default(),
        },
        seed: Digest([6; 32]),
    }
}

#[test]
fn what_is_kept_is_read_again_by_whoever_opens_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(journal.read(SubnetEpoch(7)).unwrap(), None);
    journal.keep(&kept(7, 1)).unwrap();
    journal.keep(&kept(7, 2)).unwrap();
    let again = Journal::open(folder.path()).unwrap();
    assert_eq!(again.read(SubnetEpoch(7)).unwrap(), Some(kept(7, 2)));
}

#[test]
fn old_rounds_are_forgotten_and_other_files_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lock"), "").unwrap();
    std::fs::write(folder.path().join("epoch-x.json"), "").unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    for epoch in 0..20 {
        journal.keep(&kept(epoch, 0)).unwrap();
    }
    let count = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(count, 8 + 2);
    assert_eq!(journal.read(SubnetEpoch(11)).unwrap(), None);
    assert!(journal.read(SubnetEpoch(12)).unwrap().is_some());
}

#[test]
fn damaged_and_exposed_rounds_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    journal.keep(&kept(1, 0)).unwrap();
    let path = folder.path().join("epoch-1.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |mode| std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        mode(0o644);
        let refused = journal.read(SubnetEpoch(1));
        assert!(
            matches!(refused, Err(SubnetError::Private(_))),
            "{refused:?}"
        );
        mode(0o600);
    }
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.truncate(bytes.len() - 2);
    std::fs::write(&path, bytes).unwrap();
    let refused = journal.read(SubnetEpoch(1));
    assert!(
        matches!(refused, Err(SubnetError::Journal { .. })),
        "{refused:?}"
    );
}
