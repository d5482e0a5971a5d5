//! What can't be known: neither served nor charged twice, and asked about until it is known.

use lilliput_toll::payment::{Answer, RecordState};
use tempfile::tempdir;

use crate::support::{FacilitatorInMemory, Manner, NOW, booth, charge, paid, payment, reason};

/// Whatever the facilitator does but say yes to just this payment, nothing is served.
#[test]
fn lies_and_silence_leave_a_payment_unknown_and_it_is_served_once_when_known() {
    let manners = [
        Manner::Silent,
        Manner::NoTransaction,
        Manner::OtherPayer,
        Manner::OtherNetwork,
        Manner::OtherAmount,
        Manner::PaidButSaysFailed,
        Manner::Garbage,
        Manner::Endless,
    ];
    for manner in manners {
        let folder = tempdir().unwrap();
        let facilitator = FacilitatorInMemory::start(manner);
        let booth = booth(&facilitator, &folder.path().join("toll"));
        let header = payment(&booth, &charge("/page"));
        let first = booth.pay(&charge("/page"), &header, NOW).unwrap();
        assert!(
            matches!(first, Answer::Unknown { .. }),
            "{manner:?}: {first:?}"
        );
        let id = booth.unknown(10).unwrap();
        assert_eq!(id.len(), 1, "{manner:?}");
        // Asked again at once, no one is asked.
        let asked = facilitator.moved.lock().unwrap().asked_to_settle;
        let again = booth.pay(&charge("/page"), &header, NOW + 1).unwrap();
        assert!(matches!(again, Answer::Unknown { .. }));
        assert_eq!(facilitator.moved.lock().unwrap().asked_to_settle, asked);

        facilitator.be(Manner::Honest);
        assert_eq!(booth.resolve(NOW + 5, 10).unwrap(), 1, "{manner:?}");
        assert!(booth.unknown(10).unwrap().is_empty());
        paid(booth.pay(&charge("/page"), &header, NOW + 6).unwrap());
        let third = booth.pay(&charge("/page"), &header, NOW + 7).unwrap();
        assert!(matches!(third, Answer::AlreadyServed(_)));
        assert_eq!(facilitator.settlements(), 1, "{manner:?}");
    }
}

#[test]
fn a_retry_of_the_client_resolves_its_payment_too() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Silent);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let header = payment(&booth, &charge("/page"));
    booth.pay(&charge("/page"), &header, NOW).unwrap();
    facilitator.be(Manner::Honest);
    paid(booth.pay(&charge("/page"), &header, NOW + 3).unwrap());
    assert_eq!(facilitator.settlements(), 1);
}

#[test]
fn a_facilitator_that_is_away_or_refuses_costs_nothing() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::SaysInvalid);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let header = payment(&booth, &charge("/page"));
    let refused = booth.pay(&charge("/page"), &header, NOW).unwrap();
    assert!(reason(&refused).contains("insufficient_funds"));
    facilitator.be(Manner::Honest);
    paid(booth.pay(&charge("/page"), &header, NOW).unwrap());

    let mut away = facilitator;
    away.url = "http://127.0.0.1:1".to_owned();
    let other = crate::support::booth(&away, &folder.path().join("other"));
    let header = payment(&other, &charge("/page"));
    let answer = other.pay(&charge("/page"), &header, NOW).unwrap();
    assert!(matches!(answer, Answer::Unavailable(_)));
    assert!(other.unknown(1).unwrap().is_empty());
}

#[test]
fn a_payment_that_failed_for_good_stays_failed() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::NoFunds);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let header = payment(&booth, &charge("/page"));
    let refused = booth.pay(&charge("/page"), &header, NOW).unwrap();
    assert_eq!(reason(&refused), "insufficient_funds");
    facilitator.be(Manner::Honest);
    let again = booth.pay(&charge("/page"), &header, NOW + 5).unwrap();
    assert_eq!(reason(&again), "insufficient_funds");
    assert_eq!(facilitator.settlements(), 0);
}

#[test]
fn what_no_one_can_be_asked_about_is_decided_by_the_owner() {
    let folder = tempdir().unwrap();
    let facilitator = FacilitatorInMemory::start(Manner::Silent);
    let booth = booth(&facilitator, &folder.path().join("toll"));
    let header = payment(&booth, &charge("/page"));
    booth.pay(&charge("/page"), &header, NOW).unwrap();
    let asked = facilitator.moved.lock().unwrap().asked_to_settle;
    // Expired: asking a facilitator to settle it says nothing any more.
    assert_eq!(booth.resolve(NOW + 100, 10).unwrap(), 0);
    assert_eq!(facilitator.moved.lock().unwrap().asked_to_settle, asked);
    let id = booth.unknown(1).unwrap()[0];
    // It isn't forgotten, however old.
    booth.forget(NOW + 400 * 24 * 3600, 100).unwrap();
    assert_eq!(booth.unknown(1).unwrap(), [id]);
    assert!(booth.decide(id, Some("0xaa"), NOW + 200).unwrap());
    assert_eq!(
        booth.payment(id).unwrap().unwrap().state,
        RecordState::Settled
    );
    paid(booth.pay(&charge("/page"), &header, NOW + 201).unwrap());
    assert!(
        !booth.decide(id, None, NOW + 202).unwrap(),
        "what is known isn't decided"
    );
}
