//! Messages about identities: one value, one encoding; periods, roots and scopes.

use lilliput_crypto::Digest;
use lilliput_types::codec::{decode, encode};
use lilliput_types::identity::{
    AddIssuer, AppId, CheckIn, Evidence, Group, GroupId, GroupTerms, IdentityMessage, IssuerId,
    IssuerKind, IssuerWeight, Join, OpenApp, OpenGroup, PastRoot, Recover, Revoke, Rotate,
    SetIssuer, SetWeight, TokenEvidence, Voucher, scope, token_binding, voucher_bytes,
};
use lilliput_types::{
    AccountKey, AccountSignature, Amount, ChainId, Commitment, DurationMs, GroupRoot, Height, List,
    LoginIssuerId, Message, Nullifier, Segment, Text, TimeMs,
};
use proptest::prelude::*;

use crate::samples::{address, secret};

fn voucher(a: u8) -> Voucher {
    Voucher {
        issuer: IssuerId(1 + u64::from(a)),
        subject: Digest([a; 32]),
        issued_at: TimeMs(1),
        expires_at: TimeMs(u64::from(a)),
        signature: AccountSignature::Ed25519(secret(a).sign(b"x")),
    }
}

#[expect(clippy::too_many_lines, reason = "a list of one message of each kind")]
fn messages(a: u8, fee: Amount) -> Vec<Message> {
    let (group, app, issuer) = (GroupId(1 + u64::from(a)), AppId(3), IssuerId(4));
    let (digest, commitment) = (Digest([a; 32]), Commitment(Digest([a; 32])));
    let terms = GroupTerms {
        period_ms: DurationMs(u64::from(a)),
        root_window_ms: DurationMs(3),
        threshold: 5,
    };
    let weights = vec![IssuerWeight { issuer, weight: 7 }];
    let key = AccountKey::from(&secret(a));
    let login = IssuerKind::Login {
        provider: LoginIssuerId(digest),
        audience: Text::new("client").unwrap(),
    };
    let token = Evidence::Token(TokenEvidence {
        issuer,
        token: Text::new("a.b.c").unwrap(),
        expires_at: TimeMs(9),
        randomness: digest,
    });
    let evidence = List::new(vec![Evidence::Voucher(voucher(a)), token]).unwrap();
    let all = [
        IdentityMessage::AddIssuer(AddIssuer {
            name: Text::new("town hall").unwrap(),
            terms: Text::new("in person").unwrap(),
            kind: IssuerKind::Vouching { key },
            fee,
        }),
        IdentityMessage::SetIssuer(SetIssuer {
            issuer,
            owner: address(a),
            terms: Text::new("by login").unwrap(),
            kind: login,
            fee,
        }),
        IdentityMessage::OpenGroup(OpenGroup {
            name: Text::new("humans").unwrap(),
            terms,
            weights: List::new(weights).unwrap(),
        }),
        IdentityMessage::SetWeight(SetWeight {
            group,
            issuer,
            weight: 0,
        }),
        IdentityMessage::Join(Join {
            group,
            commitment,
            evidence: evidence.clone(),
        }),
        IdentityMessage::Rotate(Rotate { group, commitment }),
        IdentityMessage::Recover(Recover {
            group,
            commitment,
            evidence,
        }),
        IdentityMessage::Revoke(Revoke {
            group,
            issuer,
            subject: digest,
        }),
        IdentityMessage::OpenApp(OpenApp {
            group,
            name: Text::new("forum").unwrap(),
        }),
        IdentityMessage::CheckIn(Box::new(CheckIn {
            app,
            period: u64::from(a),
            depth: 20,
            root: GroupRoot(digest),
            nullifier: Nullifier(digest),
            message: digest,
            points: [digest; 8],
        })),
    ];
    all.into_iter().map(Message::Identity).collect()
}

proptest! {
    #[test]
    fn messages_about_identities_round_trip_in_bytes_and_json(a: u8, fee: u128) {
        for message in messages(a, Amount(fee)) {
            let bytes = encode(&message);
            prop_assert_eq!(&decode::<Message>(&bytes, 1 << 16).unwrap(), &message);
            let json = serde_json::to_string(&message).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Message>(&json).unwrap(), &message);
            prop_assert_eq!(message.segment(), Segment::Identity);
        }
    }
}

#[test]
fn dear_messages_cost_more_than_their_bytes() {
    let extra: Vec<u64> = messages(1, Amount(1))
        .iter()
        .map(Message::extra_kib)
        .collect();
    assert_eq!(extra, [0, 0, 0, 0, 4, 4, 4, 4, 0, 16]);
}

#[test]
fn scopes_differ_by_chain_app_and_period() {
    let (one, other) = (ChainId(Digest([1; 32])), ChainId(Digest([2; 32])));
    let scopes = [
        scope(one, AppId(1), 1),
        scope(other, AppId(1), 1),
        scope(one, AppId(2), 1),
        scope(one, AppId(1), 2),
        scope(one, AppId(2), 2),
    ];
    for (place, first) in scopes.iter().enumerate() {
        assert!(!scopes[..place].contains(first));
    }
}

#[test]
fn what_issuers_sign_binds_every_part() {
    let chain = ChainId(Digest([1; 32]));
    let base = voucher(3);
    let bytes = |chain, group, account, voucher: &Voucher| {
        voucher_bytes(chain, GroupId(group), address(account), voucher)
    };
    let mut all = vec![
        bytes(chain, 1, 1, &base),
        bytes(ChainId(Digest([2; 32])), 1, 1, &base),
        bytes(chain, 2, 1, &base),
        bytes(chain, 1, 2, &base),
    ];
    let changes: [fn(&mut Voucher); 4] = [
        |voucher| voucher.issuer.0 += 1,
        |voucher| voucher.subject.0[0] ^= 1,
        |voucher| voucher.issued_at.0 += 1,
        |voucher| voucher.expires_at.0 += 1,
    ];
    for change in changes {
        let mut changed = base;
        change(&mut changed);
        all.push(bytes(chain, 1, 1, &changed));
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
    let (group, issuer) = (GroupId(1), IssuerId(1));
    assert_ne!(
        token_binding(group, issuer, address(1)),
        token_binding(group, issuer, address(2))
    );
}

#[test]
fn periods_and_roots_follow_from_the_group() {
    let root = |number| GroupRoot(Digest([number; 32]));
    let mut group = Group {
        id: GroupId(1),
        name: Text::new("humans").unwrap(),
        owner: address(1),
        terms: GroupTerms {
            period_ms: DurationMs(100),
            root_window_ms: DurationMs(10),
            threshold: 1,
        },
        weights: List::default(),
        starts_at: TimeMs(1_000),
        size: 2,
        members: 2,
        root: root(1),
        past: List::new(vec![PastRoot {
            root: root(2),
            until: TimeMs(1_095),
        }])
        .unwrap(),
        waiting: 0,
        due: None,
        opened_at: Height(1),
    };
    for (time, period) in [(0, 0), (1_000, 0), (1_099, 0), (1_100, 1), (2_000, 10)] {
        assert_eq!(group.period(TimeMs(time)), period);
    }
    assert_eq!(group.begins(1), TimeMs(1_100));
    let takes = |group: &Group, number, time| group.takes(root(number), TimeMs(time));
    assert!(takes(&group, 1, 1_200));
    assert!(takes(&group, 2, 1_104));
    assert!(!takes(&group, 2, 1_105));
    assert!(!takes(&group, 3, 1_096));
    // Once changes are due, no root is taken until they are made.
    group.due = Some(TimeMs(1_100));
    assert!(takes(&group, 2, 1_099));
    assert!(!takes(&group, 1, 1_100));
    assert!(!takes(&group, 2, 1_100));
}
