//! Joining by a login at a provider whose keys the ledger keeps.

use lilliput_crypto::Digest;
use lilliput_modules::identity::query;
use lilliput_types::identity::{
    AddIssuer, Evidence, GroupId, GroupTerms, IdentityMessage, IssuerId, IssuerKind, IssuerWeight,
    Join, OpenGroup, Recover, Revoke, TokenEvidence, login_subject, token_binding,
};
use lilliput_types::login::{LoginMessage, LoginProof};
use lilliput_types::{Amount, Commitment, DurationMs, List, Message, TimeMs};

use crate::identity::commitment;
use crate::login_provider::{
    AUTHORITY, CLIENT, HOUR_MS, Login, Provider, RANDOMNESS, SUBJECT, Told, text,
};
use crate::world::address;

const GROUP: GroupId = GroupId(1);
const ISSUER: IssuerId = IssuerId(1);

/// The provider with an issuer of its logins, and a group that believes it.
fn opened() -> Provider {
    let mut provider = Provider::new();
    let add = IdentityMessage::AddIssuer(AddIssuer {
        name: text("logins"),
        terms: text("whoever has an account there"),
        kind: IssuerKind::Login {
            provider: provider.issuer,
            audience: text(CLIENT),
        },
        fee: Amount(5),
    });
    act(&mut provider, 0, add).unwrap();
    let open = IdentityMessage::OpenGroup(OpenGroup {
        name: text("people"),
        terms: GroupTerms {
            period_ms: DurationMs(HOUR_MS),
            root_window_ms: DurationMs(1_000),
            threshold: 1,
        },
        weights: List::new(vec![IssuerWeight {
            issuer: ISSUER,
            weight: 1,
        }])
        .unwrap(),
    });
    act(&mut provider, 0, open).unwrap();
    provider
}

fn act(provider: &mut Provider, signer: u8, message: IdentityMessage) -> Told {
    provider.world.act(signer, Message::Identity(message))
}

/// A login to join with this account.
fn login(provider: &Provider, account: u8) -> Login {
    let mut login = provider.login(1);
    let binding = token_binding(GROUP, ISSUER, address(account));
    let chain = provider.world.chain;
    let nonce = lilliput_oidc::nonce(
        chain.as_bytes(),
        binding.as_bytes(),
        login.expires_at.0,
        RANDOMNESS.as_bytes(),
    );
    login.claims["nonce"] = nonce.into();
    login
}

fn evidence(provider: &Provider, login: &Login) -> Evidence {
    let open = provider.open(login);
    let LoginProof::Token(proof) = open.proof else {
        panic!("a token");
    };
    Evidence::Token(TokenEvidence {
        issuer: ISSUER,
        token: proof.token,
        expires_at: login.expires_at,
        randomness: RANDOMNESS,
    })
}

fn join(provider: &mut Provider, account: u8, of: Commitment, login: &Login) -> Told {
    let message = IdentityMessage::Join(Join {
        group: GROUP,
        commitment: of,
        evidence: List::new(vec![evidence(provider, login)]).unwrap(),
    });
    act(provider, account, message)
}

fn subject(provider: &Provider) -> Digest {
    login_subject(provider.issuer, CLIENT, SUBJECT)
}

fn code(code: &str) -> Told {
    Err(code.to_owned())
}

#[test]
fn a_login_joins_once() {
    let mut provider = opened();
    let first = login(&provider, 1);
    join(&mut provider, 1, commitment(1), &first).unwrap();
    let seat = query::seat(&provider.world.state, GROUP, address(1));
    let piece = seat.unwrap().unwrap().evidence[0];
    assert_eq!((piece.issuer, piece.subject), (ISSUER, subject(&provider)));
    // The same human with another account, and another token.
    let again = login(&provider, 2);
    let told = join(&mut provider, 2, commitment(2), &again);
    assert_eq!(told, code("identity.subject_used"));
    let mut other = login(&provider, 2);
    other.claims["sub"] = "user-2".into();
    join(&mut provider, 2, commitment(2), &other).unwrap();
}

#[test]
fn a_token_is_for_one_account_group_and_purpose() {
    let mut provider = opened();
    let one = login(&provider, 1);
    let told = join(&mut provider, 2, commitment(1), &one);
    assert_eq!(told, code("login.token"));
    // A login that opens a session joins nothing, and the other way round.
    let session = provider.login(1);
    let told = join(&mut provider, 1, commitment(1), &session);
    assert_eq!(told, code("login.token"));
    let open = provider.open(&one);
    let told = provider.act(2, LoginMessage::Open(open));
    assert_eq!(told, code("login.token"));
}

/// What is done to a login before it is shown.
type Change = fn(&mut Login);

#[test]
fn a_token_that_is_wrong_in_any_part_joins_nothing() {
    let changes: [(&str, Change); 6] = [
        ("login.token", |login| login.signer = 4),
        ("login.token", |login| {
            login.claims["aud"] = "client-2".into();
        }),
        ("login.token", |login| login.claims["exp"] = 1_000.into()),
        ("login.token", |login| login.header["alg"] = "none".into()),
        ("login.unknown_key", |login| {
            login.header["kid"] = "k2".into();
        }),
        ("login.token", |login| login.expires_at.0 += 1),
    ];
    for (expected, change) in changes {
        let mut provider = opened();
        let mut changed = login(&provider, 1);
        change(&mut changed);
        let told = join(&mut provider, 1, commitment(1), &changed);
        assert_eq!(told, code(expected));
    }
    let mut provider = opened();
    let late = login(&provider, 1);
    provider.world.time = late.expires_at;
    let told = join(&mut provider, 1, commitment(1), &late);
    assert_eq!(told, code("identity.expired"));
}

#[test]
fn a_new_login_recovers_and_an_old_one_does_not() {
    let mut provider = opened();
    let first = login(&provider, 1);
    join(&mut provider, 1, commitment(1), &first).unwrap();
    let recover = |provider: &mut Provider, account, of, login: &Login| {
        let message = IdentityMessage::Recover(Recover {
            group: GROUP,
            commitment: of,
            evidence: List::new(vec![evidence(provider, login)]).unwrap(),
        });
        act(provider, account, message)
    };
    let same = login(&provider, 2);
    let told = recover(&mut provider, 2, commitment(2), &same);
    assert_eq!(told, code("identity.old_evidence"));
    provider.world.wait(2_000);
    let kept = login(&provider, 2);
    provider.world.wait(2_000);
    let revoke = IdentityMessage::Revoke(Revoke {
        group: GROUP,
        issuer: ISSUER,
        subject: subject(&provider),
    });
    assert_eq!(
        act(&mut provider, AUTHORITY, revoke.clone()),
        code("identity.not_issuer")
    );
    act(&mut provider, 0, revoke).unwrap();
    let told = recover(&mut provider, 2, commitment(2), &kept);
    assert_eq!(told, code("identity.old_evidence"));
    provider.world.time = TimeMs(provider.world.time.0 + 2_000);
    let new = login(&provider, 2);
    recover(&mut provider, 2, commitment(2), &new).unwrap();
}

#[test]
fn a_voucher_is_no_evidence_for_logins() {
    use lilliput_types::AccountSignature;
    use lilliput_types::identity::Voucher;
    let mut provider = opened();
    let now = provider.world.time;
    let voucher = Voucher {
        issuer: ISSUER,
        subject: Digest([1; 32]),
        issued_at: now,
        expires_at: now.after(DurationMs(1_000)),
        signature: AccountSignature::Ed25519(crate::world::secret(1).sign(b"")),
    };
    let message = IdentityMessage::Join(Join {
        group: GROUP,
        commitment: commitment(1),
        evidence: List::new(vec![Evidence::Voucher(voucher)]).unwrap(),
    });
    assert_eq!(act(&mut provider, 1, message), code("identity.evidence"));
}
