//! From a submission to a block, or to the reason why not.

use lilliput_ledger::{BlockContext, BlockExecution, MemoryState, Rejection, SubmitError};
use lilliput_types::{
    AccountKey, Amount, BLOCK_BLOB_BYTES_MAX, Blob, ChainId, Height, List, Outcome, Submission,
    TimeMs, TransactionError,
};

use crate::toy::{
    Clock, START, Toy, VALIDATOR, WITH_DEADLINE, address, answer, balance, bring, burn, open, pay,
    secret, signed, transaction, transfer,
};

fn rejection(result: Result<lilliput_ledger::Included, SubmitError>) -> Rejection {
    match result.unwrap_err() {
        SubmitError::Rejected(rejection) => rejection,
        other => panic!("not a rejection: {other}"),
    }
}

#[test]
fn an_acknowledged_transaction_is_in_the_newest_block() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    let submission = pay(0, 0, 1, 500);
    let id = submission.transaction.transaction.id();
    let included = solo.submit(submission.clone()).unwrap();
    assert_eq!(included.height, Height(1));
    assert_eq!(included.receipt.outcome, Outcome::Applied);
    assert_eq!(included.receipt.fee, Amount(1));
    let snapshot = solo.snapshot().unwrap();
    assert_eq!(balance(&snapshot, 0), Amount(START.0 - 501));
    assert_eq!(balance(&snapshot, 1), Amount(START.0 + 500));
    let (place, stored, receipt) = snapshot.transaction(id).unwrap().unwrap();
    assert_eq!(place.height, Height(1));
    assert_eq!(stored, submission.transaction);
    assert_eq!(receipt, included.receipt);
    let head = snapshot.head().unwrap().unwrap();
    assert_eq!(head.header.id(), included.block);
    assert_eq!(snapshot.height_of(included.block).unwrap(), Some(Height(1)));
    assert_eq!(head.check_signature(), Ok(()));
}

#[test]
fn what_may_not_enter_a_block_is_refused_each_for_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    solo.submit(pay(0, 0, 1, 500)).unwrap();
    let replayed = rejection(solo.submit(pay(0, 0, 1, 500)));
    assert!(
        matches!(replayed, Rejection::NonceUsed { .. }),
        "{replayed}"
    );
    let ahead = rejection(solo.submit(pay(0, 2, 1, 500)));
    assert!(matches!(ahead, Rejection::NonceAhead { .. }), "{ahead}");

    let refused = |change: fn(&mut lilliput_types::Transaction)| {
        let mut changed = transaction(0, 1, vec![transfer(1, Amount(5))]);
        change(&mut changed);
        rejection(solo.submit(signed(0, changed)))
    };
    let error = refused(|t| t.expires_at = Height(1));
    assert!(matches!(error, Rejection::Expired { .. }), "{error}");
    let error = refused(|t| t.fee_max = Amount(0));
    assert!(matches!(error, Rejection::FeeTooLow { .. }), "{error}");
    let error = refused(|t| t.messages = List::new(vec![burn()]).unwrap());
    assert!(
        matches!(error, Rejection::Message { index: 0, .. }),
        "{error}"
    );
    let error = refused(|t| t.messages = List::default());
    assert_eq!(error, TransactionError::Empty.into());
    let error = refused(|t| t.chain = ChainId::default());
    assert!(matches!(
        error,
        Rejection::Transaction(TransactionError::Chain { .. })
    ));
    let error = refused(|t| t.signer = (&secret(1)).into());
    assert!(matches!(
        error,
        Rejection::Transaction(TransactionError::Signature { .. })
    ));
    let unpaid = rejection(solo.submit(pay(9, 0, 1, 0)));
    assert!(matches!(unpaid, Rejection::FeeUnpaid(_)), "{unpaid}");
    let blob = Blob::new(vec![1]).unwrap();
    let without_blob = signed(0, transaction(0, 1, vec![answer(&blob)]));
    let error = rejection(solo.submit(without_blob));
    assert!(matches!(
        error,
        Rejection::Transaction(TransactionError::Blobs { .. })
    ));
    // None of it left a trace.
    let head = solo.snapshot().unwrap().head().unwrap().unwrap();
    assert_eq!(head.header.height, Height(1));
}

#[test]
fn a_submission_that_is_too_long_is_refused_unread() {
    let wire = vec![0; lilliput_types::SUBMISSION_LEN_MAX + 1];
    let error = Submission::decode(&wire).unwrap_err();
    assert!(error.to_string().contains("at most"), "{error}");
}

#[test]
fn a_failed_message_costs_fee_and_nonce_and_undoes_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    let messages = vec![transfer(1, Amount(10)), transfer(1, START)];
    let included = solo.submit(signed(0, transaction(0, 0, messages))).unwrap();
    let Outcome::Failed { message, code, .. } = included.receipt.outcome else {
        panic!("it was applied");
    };
    assert_eq!((message, code.as_str()), (1, "toy.balance"));
    assert!(included.receipt.events.is_empty());
    let snapshot = solo.snapshot().unwrap();
    assert_eq!(balance(&snapshot, 0), Amount(START.0 - 2));
    assert_eq!(balance(&snapshot, 1), START);
    assert_eq!(snapshot.next_nonce(address(0)).unwrap().0, 1);
}

#[test]
fn a_fee_payer_pays_in_the_signers_place() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    let mut sponsored = transaction(0, 0, vec![transfer(1, Amount(10))]);
    sponsored.fee_payer = Some(AccountKey::from(&secret(2)));
    let transaction = sponsored.sign(&secret(0)).sign_as_fee_payer(&secret(2));
    let blobs = List::default();
    solo.submit(Submission { transaction, blobs }).unwrap();
    let snapshot = solo.snapshot().unwrap();
    assert_eq!(balance(&snapshot, 0), Amount(START.0 - 10));
    assert_eq!(balance(&snapshot, 2), Amount(START.0 - 1));
}

#[test]
fn a_dry_run_tells_what_happens_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    let submission = pay(0, 0, 1, 500);
    let before = solo.snapshot().unwrap().head().unwrap();
    let dry = solo.dry_run(&submission).unwrap();
    assert_eq!(solo.snapshot().unwrap().head().unwrap(), before);
    let keys: Vec<&str> = dry
        .changes
        .iter()
        .map(|change| change.key.as_str())
        .collect();
    assert_eq!(keys.len(), 3, "two balances and the nonce: {keys:?}");
    let included = solo.submit(submission.clone()).unwrap();
    assert_eq!(dry.receipt, included.receipt);
    assert!(solo.dry_run(&submission).is_err());
}

#[test]
fn many_at_once_are_all_answered() {
    let folder = tempfile::tempdir().unwrap();
    let solo = open(folder.path(), &Clock::default());
    std::thread::scope(|scope| {
        for from in 0..4 {
            let solo = &solo;
            scope.spawn(move || {
                for nonce in 0..25 {
                    solo.submit(pay(from, nonce, (from + 1) % 4, 3)).unwrap();
                }
            });
        }
    });
    let snapshot = solo.snapshot().unwrap();
    let sum: u128 = (0..4).map(|number| balance(&snapshot, number).0).sum();
    assert_eq!(sum, 4 * START.0 - 100);
    let height = snapshot.head().unwrap().unwrap().header.height;
    let included: usize = (1..=height.0)
        .map(|height| {
            snapshot
                .transactions(Height(height))
                .unwrap()
                .unwrap()
                .len()
        })
        .sum();
    assert_eq!(included, 100);
}

#[test]
fn a_tick_makes_a_block_only_when_a_deadline_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    clock.set(10_000);
    let solo = open(folder.path(), &clock);
    assert!(!solo.tick().unwrap());
    solo.submit(pay(0, 0, 1, WITH_DEADLINE.0)).unwrap();
    clock.set(10_999);
    assert!(!solo.tick().unwrap());
    clock.set(11_000);
    assert!(solo.tick().unwrap());
    assert!(!solo.tick().unwrap());
    let snapshot = solo.snapshot().unwrap();
    assert_eq!(
        snapshot.head().unwrap().unwrap().header.time,
        TimeMs(11_000)
    );
    assert_eq!(snapshot.events(Height(2)).unwrap().unwrap().end.len(), 1);
}

#[test]
fn the_blob_section_of_a_block_is_bounded() {
    let toy = Toy::new(VALIDATOR);
    let mut state = MemoryState::default();
    let context = BlockContext {
        chain: lilliput_ledger::Machine::chain(&toy),
        height: Height(1),
        time: TimeMs(0),
        halted: lilliput_types::DurationMs(0),
        proposer: secret(VALIDATOR).public_key(),
    };
    let mut genesis = lilliput_ledger::Changes::default();
    for number in 0..2 {
        let value = lilliput_types::codec::encode(&START);
        let key = crate::toy::balance_key(address(number));
        genesis.writes.push((key, Some(value)));
    }
    state.apply(&genesis);
    let mut execution = BlockExecution::new(&toy, &state, context);
    let mut bytes = 0;
    for nonce in 0..1_000 {
        let blob = Blob::new(vec![nonce as u8; 1 << 20]).unwrap();
        let submission = bring(0, nonce, answer(&blob), blob);
        if !execution.has_room_for(&submission) {
            assert_eq!(bytes, BLOCK_BLOB_BYTES_MAX);
            return;
        }
        execution.apply(&submission).unwrap();
        bytes += 1 << 20;
    }
    panic!("a block without end");
}
