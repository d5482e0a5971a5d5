//! Evidence that doesn't show what it should, and messages that aren't for the signer.

use lilliput_modules::identity::{SKEW_MS, VOUCHER_MAX_MS};
use lilliput_types::identity::{
    GroupTerms, IdentityMessage, IssuerKind, IssuerWeight, OpenGroup, SetIssuer, SetWeight, Voucher,
};
use lilliput_types::{AccountKey, Amount, Commitment, DurationMs, List, Text, TimeMs};

use crate::identity::{
    FIRST, GROUP, OWNER, People, SECOND, commitment, issuer_key, subject, terms,
};
use crate::world::{address, secret};

fn refused(told: crate::identity::Told) -> String {
    told.expect_err("it is refused")
}

#[test]
fn a_voucher_is_for_one_account() {
    let mut people = People::new();
    let voucher = people.voucher(FIRST, 1, subject(1));
    let told = people.join_with(2, commitment(1), &[voucher]);
    assert_eq!(refused(told), "identity.voucher");
}

#[test]
fn a_voucher_with_any_other_part_is_refused() {
    let mut people = People::new();
    let changes: [fn(&mut Voucher); 5] = [
        |voucher| voucher.subject = subject(2),
        |voucher| voucher.issuer = SECOND,
        |voucher| voucher.issued_at.0 -= 1,
        |voucher| voucher.expires_at.0 += 1,
        |voucher| {
            let signature = issuer_key(FIRST).sign(b"something else");
            voucher.signature = lilliput_types::AccountSignature::Ed25519(signature);
        },
    ];
    for change in changes {
        let mut voucher = people.voucher(FIRST, 1, subject(1));
        change(&mut voucher);
        let told = people.join_with(1, commitment(1), &[voucher]);
        assert_eq!(refused(told), "identity.voucher");
    }
    people.join(1, commitment(1)).unwrap();
}

#[test]
fn a_voucher_counts_while_it_says_so() {
    let mut people = People::new();
    let now = people.world.time.0;
    let times = [
        (now - 10, now, "identity.expired"),
        (now + SKEW_MS + 1, now + SKEW_MS + 2, "identity.expired"),
        (now, now + VOUCHER_MAX_MS + 1, "identity.voucher"),
        (now, now - 1, "identity.voucher"),
    ];
    for (issued_at, expires_at, code) in times {
        let mut voucher = people.voucher(FIRST, 1, subject(1));
        voucher.issued_at = TimeMs(issued_at);
        voucher.expires_at = TimeMs(expires_at);
        people.sign(&mut voucher, 1);
        assert_eq!(
            refused(people.join_with(1, commitment(1), &[voucher])),
            code
        );
    }
}

#[test]
fn a_subject_an_account_and_a_commitment_take_one_seat() {
    let mut people = People::new();
    people.join(1, commitment(1)).unwrap();
    let again = people.voucher(FIRST, 2, subject(1));
    let told = people.join_with(2, commitment(2), &[again]);
    assert_eq!(refused(told), "identity.subject_used");
    assert_eq!(
        refused(people.join(1, commitment(2))),
        "identity.account_used"
    );
    assert_eq!(
        refused(people.join(2, commitment(1))),
        "identity.commitment_used"
    );
    // A commitment that was left is used too: with it an old proof would hold again.
    people.rotate(1, commitment(5)).unwrap();
    people.next_period();
    for (account, of) in [(2, commitment(1)), (2, commitment(5))] {
        assert_eq!(
            refused(people.join(account, of)),
            "identity.commitment_used"
        );
    }
    assert_eq!(
        refused(people.rotate(1, commitment(1))),
        "identity.commitment_used"
    );
}

/// One human, two issuers that each suffice: two members. The specification says so.
#[test]
fn one_human_through_two_issuers_is_two_members() {
    let mut people = People::new();
    people.join(1, commitment(1)).unwrap();
    let other = people.voucher(SECOND, 2, subject(1));
    people.join_with(2, commitment(2), &[other]).unwrap();
    assert_eq!(people.group().members, 2);
}

#[test]
fn evidence_is_there_from_different_believed_issuers() {
    let mut people = People::new();
    let told = people.join_with(1, commitment(1), &[]);
    assert_eq!(refused(told), "identity.evidence");
    let two = [
        people.voucher(FIRST, 1, subject(1)),
        people.voucher(FIRST, 1, subject(2)),
    ];
    let told = people.join_with(1, commitment(1), &two);
    assert_eq!(refused(told), "identity.evidence");
    let weight = |weight| {
        IdentityMessage::SetWeight(SetWeight {
            group: GROUP,
            issuer: FIRST,
            weight,
        })
    };
    assert_eq!(refused(people.act(3, weight(0))), "identity.not_owner");
    people.act(OWNER, weight(0)).unwrap();
    assert_eq!(refused(people.join(1, commitment(1))), "identity.evidence");
    people.act(OWNER, weight(9)).unwrap();
    assert_eq!(refused(people.join(1, commitment(1))), "identity.threshold");
}

#[test]
fn commitments_are_elements_other_than_zero() {
    let mut people = People::new();
    for bytes in [[0; 32], [255; 32]] {
        let of = Commitment(lilliput_crypto::Digest(bytes));
        assert_eq!(refused(people.join(1, of)), "identity.commitment");
    }
}

#[test]
fn a_copied_or_kept_voucher_recovers_nothing() {
    let mut people = People::new();
    let first = people.voucher(FIRST, 1, subject(1));
    let mut kept = people.voucher(FIRST, 1, subject(1));
    kept.expires_at.0 += 1;
    people.sign(&mut kept, 1);
    people.join_with(1, commitment(1), &[first]).unwrap();
    people.world.wait(5);
    let newer = people.voucher(FIRST, 2, subject(1));
    people.recover(2, commitment(2), &[newer]).unwrap();
    // Whoever has the old account's key shows what everybody can read, or what it kept.
    for old in [first, kept] {
        let told = people.recover(1, commitment(3), &[old]);
        assert_eq!(refused(told), "identity.old_evidence");
    }
    let told = people.recover(2, commitment(3), &[newer]);
    assert_eq!(refused(told), "identity.old_evidence");
}

/// An issuer's clock that is ahead must not make a voucher outlive its revocation.
#[test]
fn what_was_issued_before_a_revocation_recovers_nothing() {
    let mut people = People::new();
    people.join(1, commitment(1)).unwrap();
    people.world.wait(5);
    let kept = people.voucher(FIRST, 1, subject(1));
    people.world.wait(5);
    people.revoke(OWNER, FIRST, subject(1)).unwrap();
    let told = people.recover(1, commitment(2), &[kept]);
    assert_eq!(refused(told), "identity.old_evidence");
}

#[test]
fn recovery_is_about_one_known_seat() {
    let mut people = People::new();
    let unknown = people.voucher(FIRST, 1, subject(1));
    let told = people.recover(1, commitment(1), &[unknown]);
    assert_eq!(refused(told), "identity.subject_unknown");
    people.join(1, commitment(1)).unwrap();
    let other = people.voucher(SECOND, 2, subject(2));
    people.join_with(2, commitment(2), &[other]).unwrap();
    people.world.wait(5);
    let both = [
        people.voucher(FIRST, 3, subject(1)),
        people.voucher(SECOND, 3, subject(2)),
    ];
    let told = people.recover(3, commitment(3), &both);
    assert_eq!(refused(told), "identity.other_seat");
    let mine = people.voucher(FIRST, 2, subject(1));
    let told = people.recover(2, commitment(3), &[mine]);
    assert_eq!(refused(told), "identity.account_used");
}

#[test]
fn an_issuer_is_changed_by_its_owner() {
    let mut people = People::new();
    let key = AccountKey::from(&secret(150));
    let set = IdentityMessage::SetIssuer(SetIssuer {
        issuer: FIRST,
        owner: address(4),
        terms: Text::new("a stolen key was replaced").unwrap(),
        kind: IssuerKind::Vouching { key },
        fee: Amount(1),
    });
    assert_eq!(refused(people.act(4, set.clone())), "identity.not_issuer");
    people.act(OWNER, set.clone()).unwrap();
    assert_eq!(refused(people.act(OWNER, set)), "identity.not_issuer");
    // The old key vouches no more.
    assert_eq!(refused(people.join(1, commitment(1))), "identity.voucher");
}

#[test]
fn terms_of_groups_are_bounded() {
    let mut people = People::new();
    let good = terms(10);
    let bad = [
        GroupTerms {
            period_ms: DurationMs(999),
            root_window_ms: DurationMs(0),
            ..good
        },
        GroupTerms {
            root_window_ms: DurationMs(good.period_ms.0 + 1),
            ..good
        },
        GroupTerms {
            threshold: 0,
            ..good
        },
    ];
    let open = |terms, weights: Vec<IssuerWeight>| {
        IdentityMessage::OpenGroup(OpenGroup {
            name: Text::new("humans").unwrap(),
            terms,
            weights: List::new(weights).unwrap(),
        })
    };
    for terms in bad {
        let told = people.act(OWNER, open(terms, Vec::new()));
        assert_eq!(refused(told), "identity.terms");
    }
    let weight = IssuerWeight {
        issuer: FIRST,
        weight: 1,
    };
    let told = people.act(OWNER, open(good, vec![weight, weight]));
    assert_eq!(refused(told), "identity.terms");
    let unknown = IssuerWeight {
        issuer: lilliput_types::identity::IssuerId(9),
        weight: 1,
    };
    let told = people.act(OWNER, open(good, vec![unknown]));
    assert_eq!(refused(told), "identity.unknown_issuer");
}
