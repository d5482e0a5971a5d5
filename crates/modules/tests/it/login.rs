//! Sessions: opened by a login, signing for its account, over when they are over.

use lilliput_modules::login::SESSIONS_MAX;
use lilliput_types::login::{LoginMessage, LoginProof, OpenSession, TokenProof};
use lilliput_types::{DurationMs, Message, TimeMs};
use serde_json::json;

use crate::login_provider::{CLIENT, HOUR_MS, NAME, Provider, SPONSOR, own_address, pay, session};
use crate::world::{OTHER, address};

#[test]
fn a_login_opens_a_session_whose_key_pays_from_the_account() {
    let mut provider = Provider::new();
    provider.fund();
    let login = provider.login(1);
    provider.sponsor(&login).unwrap();
    let before = provider.world.held(address(OTHER), "LIL");
    provider
        .as_user(&login.session, pay(address(OTHER), 5_000))
        .unwrap();
    assert_eq!(provider.world.held(address(OTHER), "LIL"), before + 5_000);
    let left = provider.world.held(provider.account(), "LIL");
    assert!(left < 1_000_000 - 5_000, "the account pays the fee: {left}");
    let sessions = provider.sessions();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].expires_at, login.expires_at);
}

#[test]
fn an_account_pays_for_its_first_login_itself() {
    let mut provider = Provider::new();
    let login = provider.login(1);
    let open = Message::Login(LoginMessage::Open(provider.open(&login)));
    let messages = vec![open, pay(address(OTHER), 5_000)];
    let account = provider.account();
    let unfunded = provider.sign(account, &login.session, messages.clone());
    assert!(provider.world.hand_in(&unfunded).is_err());
    provider.fund();
    let funded = provider.sign(account, &login.session, messages);
    provider.world.hand_in(&funded).unwrap();
    assert_eq!(provider.sessions().len(), 1);
}

#[test]
fn another_key_or_account_can_not_ride_on_an_opening() {
    let mut provider = Provider::new();
    provider.fund();
    let login = provider.login(1);
    let open = Message::Login(LoginMessage::Open(provider.open(&login)));
    let thief = session(9);
    let steal = pay(own_address(&thief), 1_000);
    let account = provider.account();
    // A key that the login doesn't name.
    let by_thief = provider.sign(account, &thief, vec![open.clone(), steal.clone()]);
    assert_eq!(
        provider.world.hand_in(&by_thief).unwrap_err(),
        "login.no_session"
    );
    // The login opens its own account, not someone's that has money.
    let of_sponsor = provider.sign(
        address(SPONSOR),
        &login.session,
        vec![open.clone(), steal.clone()],
    );
    assert_eq!(
        provider.world.hand_in(&of_sponsor).unwrap_err(),
        "login.other_account"
    );
    // The opening has to come first.
    let later = provider.sign(account, &login.session, vec![steal.clone(), open]);
    assert_eq!(
        provider.world.hand_in(&later).unwrap_err(),
        "login.no_session"
    );
    // Nobody opened anything.
    assert_eq!(
        provider.as_user(&thief, steal).unwrap_err(),
        "login.no_session"
    );
    assert!(provider.sessions().is_empty());
}

#[test]
fn a_session_ends_when_it_expires() {
    let mut provider = Provider::new();
    provider.fund();
    let login = provider.login(1);
    provider.sponsor(&login).unwrap();
    provider.world.time = TimeMs(login.expires_at.0 - 1);
    provider
        .as_user(&login.session, pay(address(OTHER), 1))
        .unwrap();
    provider.world.time = login.expires_at;
    let late = provider.as_user(&login.session, pay(address(OTHER), 1));
    assert_eq!(late.unwrap_err(), "login.no_session");
}

#[test]
fn a_session_that_was_ended_is_not_opened_by_the_same_login() {
    let mut provider = Provider::new();
    provider.fund();
    let login = provider.login(1);
    provider.sponsor(&login).unwrap();
    assert_eq!(provider.sponsor(&login).unwrap_err(), "login.session_known");
    let key = login.session.public_key();
    provider.end(&login.session, key).unwrap();
    let ended = provider.as_user(&login.session, pay(address(OTHER), 1));
    assert_eq!(ended.unwrap_err(), "login.no_session");
    assert_eq!(provider.sponsor(&login).unwrap_err(), "login.session_known");
    let riding = vec![
        Message::Login(LoginMessage::Open(provider.open(&login))),
        pay(address(OTHER), 1),
    ];
    let riding = provider.sign(provider.account(), &login.session, riding);
    assert_eq!(
        provider.world.hand_in(&riding).unwrap_err(),
        "login.session_known"
    );
    // Once it has expired the login is too old.
    provider.world.time = login.expires_at;
    assert_eq!(provider.sponsor(&login).unwrap_err(), "login.expired");
}

#[test]
fn one_session_ends_another_of_the_same_account_only() {
    let mut provider = Provider::new();
    provider.fund();
    let (first, second) = (provider.login(1), provider.login(2));
    provider.sponsor(&first).unwrap();
    provider.sponsor(&second).unwrap();
    let mut stranger = provider.login(3);
    stranger.claims["sub"] = json!("user-2");
    provider.sponsor(&stranger).unwrap();
    let key = stranger.session.public_key();
    assert_eq!(
        provider.end(&first.session, key).unwrap_err(),
        "login.no_session"
    );
    provider
        .end(&first.session, second.session.public_key())
        .unwrap();
    let ended = provider.as_user(&second.session, pay(address(OTHER), 1));
    assert_eq!(ended.unwrap_err(), "login.no_session");
    provider
        .as_user(&first.session, pay(address(OTHER), 1))
        .unwrap();
}

#[test]
fn every_part_of_a_login_counts() {
    let mut provider = Provider::new();
    let now_s = provider.world.time.0 / 1_000;
    for (name, value) in [
        ("iss", json!("https://login.example.org")),
        ("aud", json!("client-2")),
        ("nonce", json!("another")),
        ("exp", json!(now_s - 61)),
        ("iat", json!(now_s + 61)),
        ("sub", json!(null)),
    ] {
        let refused = provider.refused(|login| login.claims[name] = value);
        assert_eq!(refused, "login.token", "{name}");
    }
    for (name, value, code) in [
        ("alg", json!("none"), "login.token"),
        ("alg", json!("HS256"), "login.token"),
        ("alg", json!("RS256"), "login.token"),
        ("crit", json!(["b64"]), "login.token"),
        ("kid", json!("k2"), "login.unknown_key"),
    ] {
        assert_eq!(
            provider.refused(|login| login.header[name] = value),
            code,
            "{name}"
        );
    }
    assert_eq!(provider.refused(|login| login.signer = 4), "login.token");
    assert_eq!(
        provider.refused(|login| login.audience = "client-2"),
        "login.token"
    );
    // Bound by the nonce.
    assert_eq!(
        provider.refused(|login| login.session = session(2)),
        "login.token"
    );
    let later = |login: &mut crate::login_provider::Login| {
        login.expires_at = login.expires_at.after(DurationMs(1));
    };
    assert_eq!(provider.refused(later), "login.token");
    assert!(provider.sessions().is_empty());
}

#[test]
fn the_provider_alone_does_not_reach_the_account() {
    let mut provider = Provider::new();
    provider.fund();
    // A token for the user, made by the provider, and another salt: an account of its own.
    let mut login = provider.login(1);
    login.salt_key = session(50);
    provider.sponsor(&login).unwrap();
    assert!(provider.sessions().is_empty());
    let stolen = provider.as_user(&login.session, pay(address(OTHER), 1));
    assert_eq!(stolen.unwrap_err(), "login.no_session");
    // The salt key named without its signature.
    let login = provider.login(2);
    let mut open = provider.open(&login);
    let LoginProof::Token(proof) = &mut open.proof else {
        panic!("a token");
    };
    proof.salt_signature = session(50).sign(b"anything");
    let refused = provider.act(SPONSOR, LoginMessage::Open(open));
    assert_eq!(refused.unwrap_err(), "login.salt");
}

#[test]
fn the_salt_signature_is_for_one_opening() {
    let mut provider = Provider::new();
    let (first, second) = (provider.login(1), provider.login(2));
    let (mut open, other) = (provider.open(&first), provider.open(&second));
    let (LoginProof::Token(proof), LoginProof::Token(theirs)) = (&mut open.proof, other.proof)
    else {
        panic!("tokens");
    };
    *proof = TokenProof {
        salt_signature: theirs.salt_signature,
        ..proof.clone()
    };
    let moved: OpenSession = open;
    let refused = provider.act(SPONSOR, LoginMessage::Open(moved));
    assert_eq!(refused.unwrap_err(), "login.salt");
}

#[test]
fn sessions_are_bounded_in_time_and_number() {
    let mut provider = Provider::new();
    let longest = provider.world.time.after(DurationMs(12 * HOUR_MS));
    let login = provider.login_until(1, longest.after(DurationMs(1)));
    assert_eq!(provider.sponsor(&login).unwrap_err(), "login.too_long");
    let login = provider.login_until(1, provider.world.time);
    assert_eq!(provider.sponsor(&login).unwrap_err(), "login.expired");
    for number in 0..SESSIONS_MAX {
        let login = provider.login(u8::try_from(number).unwrap());
        provider.sponsor(&login).unwrap();
    }
    let login = provider.login(60);
    assert_eq!(
        provider.sponsor(&login).unwrap_err(),
        "login.too_many_sessions"
    );
    // When they have expired, the next one makes room.
    provider.world.time = provider.world.time.after(DurationMs(HOUR_MS));
    let login = provider.login(60);
    provider.sponsor(&login).unwrap();
    assert_eq!(provider.sessions().len(), 1);
}

#[test]
fn accounts_of_different_apps_subjects_and_issuers_differ() {
    let provider = Provider::new();
    let key = provider.salt_key().public_key();
    let of = |audience: &str, subject: &str| {
        lilliput_types::login::account(provider.issuer, audience, subject, key)
    };
    assert_eq!(of(CLIENT, "user-1"), provider.account());
    assert_ne!(of("client-2", "user-1"), provider.account());
    assert_ne!(of(CLIENT, "user-2"), provider.account());
    let name = lilliput_types::Text::new(NAME).unwrap();
    let other = lilliput_types::LoginIssuerId::of(address(OTHER), &name);
    let account = lilliput_types::login::account(other, CLIENT, "user-1", key);
    assert_ne!(account, provider.account());
}

#[test]
fn logins_go_by_the_wall_and_not_by_a_network_that_was_halted() {
    let mut provider = Provider::new();
    provider.fund();
    let login = provider.login(1);
    provider.sponsor(&login).unwrap();
    // Two hours without a block: network time stands still, the session is over all the same.
    provider.world.halted = DurationMs(2 * HOUR_MS);
    let late = provider.as_user(&login.session, pay(address(OTHER), 1));
    assert_eq!(late.unwrap_err(), "login.no_session");
    assert_eq!(
        provider.refused(|login| login.expires_at = TimeMs(u64::MAX)),
        "login.too_long"
    );
    // A new login carries the wall's time.
    let now = provider.world.time.after(provider.world.halted);
    let mut login = provider.login_until(2, now.after(DurationMs(HOUR_MS)));
    login.claims["iat"] = json!(now.0 / 1_000);
    login.claims["exp"] = json!(now.0 / 1_000 + 600);
    provider.sponsor(&login).unwrap();
    provider
        .as_user(&login.session, pay(address(OTHER), 1))
        .unwrap();
}
