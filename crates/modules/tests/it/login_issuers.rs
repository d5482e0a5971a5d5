//! Issuers' keys: who may publish and retire them, and when a token counts.

use lilliput_modules::login::{KEYS_MAX, SESSION_MAX_MS, query};
use lilliput_types::login::{
    EcPoint, IssuerKey, LoginMessage, PublishKey, RegisterIssuer, RetireKey, SetAuthority,
};
use lilliput_types::{DurationMs, List, TimeMs};

use crate::login_provider::{AUTHORITY, HOUR_MS, NAME, Provider, Told, ec_point, text};
use crate::world::{OTHER, address};

fn later(provider: &Provider, hours: u64) -> TimeMs {
    provider.world.time.after(DurationMs(hours * HOUR_MS))
}

fn retire(provider: &mut Provider, by: u8, key_id: &str, at: TimeMs) -> Told {
    let message = RetireKey {
        issuer: provider.issuer,
        key_id: text(key_id),
        at,
    };
    provider.act(by, LoginMessage::RetireKey(message))
}

fn log_in(provider: &mut Provider, number: u8, key_id: &str) -> Told {
    let mut login = provider.login(number);
    login.header["kid"] = key_id.into();
    provider.sponsor(&login)
}

#[test]
fn a_key_counts_between_its_times_only() {
    let mut provider = Provider::without_key();
    let (from, until) = (later(&provider, 1), later(&provider, 2));
    provider.publish("k1", 3, from, until).unwrap();
    assert_eq!(
        log_in(&mut provider, 1, "k1").unwrap_err(),
        "login.key_time"
    );
    provider.world.time = TimeMs(from.0 - 1);
    assert_eq!(
        log_in(&mut provider, 1, "k1").unwrap_err(),
        "login.key_time"
    );
    provider.world.time = from;
    log_in(&mut provider, 1, "k1").unwrap();
    provider.world.time = TimeMs(until.0 - 1);
    log_in(&mut provider, 2, "k1").unwrap();
    provider.world.time = until;
    assert_eq!(
        log_in(&mut provider, 3, "k1").unwrap_err(),
        "login.key_time"
    );
}

#[test]
fn keys_are_rotated_with_an_overlap() {
    let mut provider = Provider::new();
    let (now, day) = (provider.world.time, later(&provider, 24));
    let mut login = provider.login(1);
    (login.header["kid"], login.signer) = ("k2".into(), 4);
    assert_eq!(provider.sponsor(&login).unwrap_err(), "login.unknown_key");
    provider.publish("k2", 4, now, day).unwrap();
    provider.sponsor(&login).unwrap();
    log_in(&mut provider, 2, "k1").unwrap();
    let hour = later(&provider, 1);
    retire(&mut provider, AUTHORITY, "k1", hour).unwrap();
    log_in(&mut provider, 3, "k1").unwrap();
    provider.world.time = hour;
    assert_eq!(
        log_in(&mut provider, 4, "k1").unwrap_err(),
        "login.key_time"
    );
    let mut login = provider.login(5);
    (login.header["kid"], login.signer) = ("k2".into(), 4);
    provider.sponsor(&login).unwrap();
}

#[test]
fn a_stolen_key_is_retired_at_once() {
    let mut provider = Provider::new();
    retire(&mut provider, AUTHORITY, "k1", TimeMs(0)).unwrap();
    assert_eq!(
        log_in(&mut provider, 1, "k1").unwrap_err(),
        "login.key_time"
    );
    let again = retire(&mut provider, AUTHORITY, "k1", TimeMs(0));
    assert_eq!(again.unwrap_err(), "login.key_time");
    let unknown = retire(&mut provider, AUTHORITY, "k7", TimeMs(0));
    assert_eq!(unknown.unwrap_err(), "login.unknown_key");
}

#[test]
fn only_the_authority_writes_and_can_hand_over() {
    let mut provider = Provider::new();
    let (now, day) = (provider.world.time, later(&provider, 24));
    let publish = PublishKey {
        issuer: provider.issuer,
        key_id: text("k2"),
        key: ec_point(4),
        valid_from: now,
        valid_until: day,
    };
    let hand_over = SetAuthority {
        issuer: provider.issuer,
        authority: address(OTHER),
    };
    for message in [
        LoginMessage::PublishKey(publish.clone()),
        LoginMessage::SetAuthority(hand_over),
    ] {
        assert_eq!(provider.act(OTHER, message).unwrap_err(), "login.authority");
    }
    assert_eq!(
        retire(&mut provider, OTHER, "k1", now).unwrap_err(),
        "login.authority"
    );
    let account = provider.account();
    provider
        .act(AUTHORITY, LoginMessage::SetAuthority(hand_over))
        .unwrap();
    assert_eq!(
        retire(&mut provider, AUTHORITY, "k1", now).unwrap_err(),
        "login.authority"
    );
    provider
        .act(OTHER, LoginMessage::PublishKey(publish))
        .unwrap();
    // Accounts stay what they are.
    assert_eq!(provider.account(), account);
    log_in(&mut provider, 1, "k1").unwrap();
    assert_eq!(provider.sessions().len(), 1);
}

#[test]
fn issuers_are_checked() {
    let mut provider = Provider::new();
    let register = |issuer: &str, span| {
        LoginMessage::RegisterIssuer(RegisterIssuer {
            issuer: text(issuer),
            session_max_ms: DurationMs(span),
        })
    };
    for (message, code) in [
        (register("", HOUR_MS), "login.issuer"),
        (register("https://other.example", 999), "login.terms"),
        (
            register("https://other.example", SESSION_MAX_MS + 1),
            "login.terms",
        ),
        (register(NAME, HOUR_MS), "login.issuer_known"),
    ] {
        assert_eq!(provider.act(AUTHORITY, message).unwrap_err(), code);
    }
    // Someone else's issuer of that name is another one.
    provider.act(OTHER, register(NAME, HOUR_MS)).unwrap();
}

#[test]
fn keys_are_checked_and_bounded() {
    let mut provider = Provider::new();
    let (now, day) = (provider.world.time, later(&provider, 24));
    let off_curve = IssuerKey::Es256(EcPoint {
        x: lilliput_crypto::Digest([1; 32]),
        y: lilliput_crypto::Digest([1; 32]),
    });
    for (key_id, key, from, until) in [
        ("", ec_point(4), now, day),
        ("k2", ec_point(4), now, now),
        ("k2", off_curve, now, day),
        (
            "k2",
            IssuerKey::Rs256(List::new(vec![255; 128]).unwrap()),
            now,
            day,
        ),
        (
            "k2",
            IssuerKey::Rs256(List::new(vec![2; 256]).unwrap()),
            now,
            day,
        ),
    ] {
        let message = PublishKey {
            issuer: provider.issuer,
            key_id: text(key_id),
            key,
            valid_from: from,
            valid_until: until,
        };
        let refused = provider.act(AUTHORITY, LoginMessage::PublishKey(message));
        assert_eq!(refused.unwrap_err(), "login.key");
    }
    assert_eq!(
        provider.publish("k1", 4, now, day).unwrap_err(),
        "login.key_known"
    );
    for number in 1..KEYS_MAX {
        provider
            .publish(&format!("more-{number}"), 4, now, day)
            .unwrap();
    }
    assert_eq!(
        provider.publish("last", 4, now, day).unwrap_err(),
        "login.too_many_keys"
    );
    // A key whose time is over makes room, and its name is free.
    provider.world.time = day;
    let until = later(&provider, 24);
    provider.publish("k1", 5, day, until).unwrap();
    assert_eq!(
        query::keys(&provider.world.state, provider.issuer)
            .unwrap()
            .len(),
        1
    );
}
