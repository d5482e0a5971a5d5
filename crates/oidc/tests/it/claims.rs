//! What a token has to say, and when.

use lilliput_oidc::{AGE_MAX_S, OidcError, SKEW_S, nonce, salt_seed};
use serde_json::{Value, json};

use crate::maker::{AUDIENCE, NOW_S, check, check_at, header, payload, sign, sign_raw, token};

fn with(name: &'static str, value: Value) -> Result<(), OidcError> {
    let token = token("ES256", |payload| payload[name] = value);
    check(&token).map(|_| ())
}

fn without(name: &'static str) -> Result<(), OidcError> {
    let token = token("ES256", |payload| {
        payload.as_object_mut().unwrap().remove(name);
    });
    check(&token).map(|_| ())
}

#[test]
fn issuer_audience_and_nonce_are_held_to_the_letter() {
    for issuer in [
        "https://login.example/",
        "https://LOGIN.example",
        "login.example",
    ] {
        assert!(matches!(
            with("iss", json!(issuer)),
            Err(OidcError::Issuer { .. })
        ));
    }
    for audience in [json!("client-2"), json!("client-1 "), json!(["client-2"])] {
        assert!(matches!(
            with("aud", audience),
            Err(OidcError::Audience { .. })
        ));
    }
    for nonce in ["", "the-nonce ", "The-nonce"] {
        assert_eq!(with("nonce", json!(nonce)), Err(OidcError::Nonce));
    }
    assert_eq!(without("nonce"), Err(OidcError::Nonce));
}

#[test]
fn a_token_for_several_counts_for_who_asked() {
    let several = json!([AUDIENCE, "client-2"]);
    let check_party = |party: Option<&str>| {
        let token = token("ES256", |payload| {
            payload["aud"] = several.clone();
            if let Some(party) = party {
                payload["azp"] = json!(party);
            }
        });
        check(&token)
    };
    assert!(check_party(Some(AUDIENCE)).is_ok());
    assert!(matches!(check_party(None), Err(OidcError::Audience { .. })));
    assert!(matches!(
        check_party(Some("client-2")),
        Err(OidcError::Audience { .. })
    ));
    // One audience, asked for by another client.
    assert!(matches!(
        with("azp", json!("client-2")),
        Err(OidcError::Audience { .. })
    ));
    assert!(with("aud", json!([AUDIENCE])).is_ok());
}

#[test]
fn missing_and_mistyped_claims_are_named() {
    for name in ["iss", "aud", "sub", "exp", "iat"] {
        let missing = without(name);
        assert!(matches!(missing, Err(OidcError::Field { name: got, .. }) if got == name));
        for value in [
            json!(null),
            json!(true),
            json!({}),
            json!([]),
            json!([1]),
            json!(""),
        ] {
            let wrong = with(name, value);
            let refused = matches!(
                &wrong,
                Err(OidcError::Field { .. } | OidcError::Audience { .. })
            );
            assert!(refused, "{name}: {wrong:?}");
        }
    }
    for (name, value) in [
        ("exp", json!(-1)),
        ("exp", json!(1_800_003_600.5)),
        ("exp", json!("1800003600")),
        ("iat", json!(1e300)),
        ("nbf", json!("now")),
        ("sub", json!(7)),
        ("sub", json!("Zoë")),
        ("nonce", json!(["the-nonce"])),
    ] {
        assert!(
            matches!(with(name, value), Err(OidcError::Field { .. })),
            "{name}"
        );
    }
    assert!(matches!(
        with("sub", json!("x".repeat(256))),
        Err(OidcError::TooLong { .. })
    ));
    assert!(with("sub", json!("x".repeat(255))).is_ok());
}

#[test]
fn times_are_held_with_the_named_skew() {
    let token = token("ES256", |payload| {
        payload["iat"] = json!(NOW_S);
        payload["exp"] = json!(NOW_S + 600);
        payload["nbf"] = json!(NOW_S + 5);
    });
    let expired = NOW_S + 600 + SKEW_S;
    assert!(check_at(&token, expired - 1).is_ok());
    assert!(matches!(
        check_at(&token, expired),
        Err(OidcError::Expired { .. })
    ));
    assert!(matches!(
        check_at(&token, u64::MAX),
        Err(OidcError::Expired { .. })
    ));
    let early = NOW_S + 5 - SKEW_S;
    assert!(check_at(&token, early).is_ok());
    assert!(matches!(
        check_at(&token, early - 1),
        Err(OidcError::Early { .. })
    ));
    assert!(matches!(check_at(&token, 0), Err(OidcError::Early { .. })));
}

#[test]
fn a_token_that_never_expires_is_refused() {
    assert!(with("exp", json!(NOW_S - 10 + AGE_MAX_S)).is_ok());
    for exp in [NOW_S - 9 + AGE_MAX_S, u64::MAX] {
        assert!(matches!(
            with("exp", json!(exp)),
            Err(OidcError::LivesTooLong { .. })
        ));
    }
}

#[test]
fn no_name_stands_twice() {
    let header = header("ES256").to_string();
    let twice = payload()
        .to_string()
        .replacen('{', r#"{"sub":"user-2","#, 1);
    let deep = payload()
        .to_string()
        .replacen('{', r#"{"act":{"a":[{"b":1,"b":2}]},"#, 1);
    for payload in [twice, deep] {
        let token = sign_raw("ES256", header.as_bytes(), payload.as_bytes());
        let refused = check(&token);
        let told =
            matches!(&refused, Err(OidcError::Json { reason, .. }) if reason.contains("twice"));
        assert!(told, "{refused:?}");
    }
    let header = header.replacen('{', r#"{"alg":"none","#, 1);
    let token = sign_raw("ES256", header.as_bytes(), payload().to_string().as_bytes());
    assert!(matches!(check(&token), Err(OidcError::Json { .. })));
}

#[test]
fn extensions_and_other_kinds_of_tokens_are_refused() {
    let with = |name: &str, value: Value| {
        let mut header = header("ES256");
        header[name] = value;
        check(&sign("ES256", &header, &payload())).map(|_| ())
    };
    for value in [json!(["b64"]), json!([]), json!(null)] {
        assert_eq!(with("crit", value), Err(OidcError::Critical));
    }
    assert!(matches!(
        with("typ", json!("at+jwt")),
        Err(OidcError::Type { .. })
    ));
    assert!(with("typ", json!("jwt")).is_ok());
    assert!(matches!(
        with("kid", json!("")),
        Err(OidcError::Field { .. })
    ));
    assert!(matches!(
        with("kid", json!(7)),
        Err(OidcError::Field { .. })
    ));
    assert!(matches!(
        with("kid", json!("k".repeat(129))),
        Err(OidcError::TooLong { .. })
    ));
    // A key brought along is no key of the issuer's.
    let mut header = header("ES256");
    header["jwk"] = json!({ "kty": "EC" });
    header["kid"] = json!("mine");
    let brought = check(&sign("ES256", &header, &payload()));
    assert!(matches!(brought, Err(OidcError::UnknownKey { .. })));
}

#[test]
fn nonce_and_seed_depend_on_every_part() {
    let base = nonce(&[1; 32], &[2; 32], 3, &[4; 32]);
    let others = [
        nonce(&[9; 32], &[2; 32], 3, &[4; 32]),
        nonce(&[1; 32], &[9; 32], 3, &[4; 32]),
        nonce(&[1; 32], &[2; 32], 9, &[4; 32]),
        nonce(&[1; 32], &[2; 32], 3, &[9; 32]),
    ];
    assert_eq!(base.len(), 43);
    assert!(others.iter().all(|other| *other != base));
    let base = salt_seed("i", "a", "s", &[1; 32]);
    let others = [
        salt_seed("ia", "", "s", &[1; 32]),
        salt_seed("i", "as", "", &[1; 32]),
        salt_seed("i", "a", "t", &[1; 32]),
        salt_seed("i", "a", "s", &[2; 32]),
    ];
    assert!(others.iter().all(|other| *other != base));
}

#[test]
fn nonce_and_seed_are_those_of_the_vectors() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/login.json"
    );
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let bytes = |value: &Value| -> [u8; 32] {
        let digits = value.as_str().unwrap().as_bytes().chunks(2);
        let bytes: Vec<u8> = digits
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect();
        bytes.try_into().unwrap()
    };
    let of = &vectors["nonce"];
    let (chain, key) = (bytes(&of["chain"]), bytes(&of["ephemeral_key"]));
    let expiry = of["expires_at_ms"].as_u64().unwrap();
    assert_eq!(
        of["nonce"],
        nonce(&chain, &key, expiry, &bytes(&of["randomness"]))
    );
    let of = &vectors["salt_seed"];
    let text = |name: &str| of[name].as_str().unwrap();
    let seed = salt_seed(
        text("issuer"),
        text("audience"),
        text("subject"),
        &bytes(&of["salt"]),
    );
    assert_eq!(bytes(&of["seed"]), seed);
}
