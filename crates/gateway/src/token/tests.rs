use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::SecretKey;
use lilliput_types::Address;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{LeaseId, Leases, Scope, SigningKey, TokenError, Verified, Wanted, issue, verify};

const NOW: u64 = 1_700_000_000;
const LEASE: LeaseId = LeaseId {
    dseq: 7,
    gseq: 1,
    oseq: 2,
};

fn keys() -> [SigningKey; 2] {
    [
        SigningKey::Ed25519(SecretKey::from_seed([7; 32])),
        SigningKey::secp256k1(&[9; 32]).unwrap(),
    ]
}

fn provider() -> Address {
    SigningKey::Ed25519(SecretKey::from_seed([1; 32]))
        .public()
        .address()
}

fn leases(value: Value) -> Leases {
    serde_json::from_value(value).unwrap()
}

fn full() -> Leases {
    leases(json!({"access": "full"}))
}

/// A token of any header and claims, rightly signed.
fn token(key: &SigningKey, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()));
    format!("{message}.{signature}")
}

fn header(key: &SigningKey) -> Value {
    let public = key.public();
    json!({"alg": public.algorithm(), "typ": "JWT", "kid": public.id()})
}

fn claims(key: &SigningKey) -> Value {
    json!({
        "iss": key.public().address().to_string(), "iat": NOW, "nbf": NOW, "exp": NOW + 60,
        "jti": "any", "version": "v1", "leases": {"access": "full"},
    })
}

fn allows(
    verified: &Verified,
    scope: Scope,
    lease: Option<LeaseId>,
    service: Option<&str>,
) -> bool {
    let wanted = Wanted {
        scope,
        provider: &provider(),
        dseq: LEASE.dseq,
        lease,
        service,
    };
    verified.allows(&wanted).is_ok()
}

#[test]
fn both_kinds_of_key_sign_tokens_that_are_good_for_their_time() {
    for key in keys() {
        let token = issue(&key, full(), NOW, 60).unwrap();
        let verified = verify(&token, NOW + 59).unwrap();
        assert_eq!(verified.issuer, key.public().address());
        assert_eq!(verify(&token, NOW + 60), Err(TokenError::Expired));
        assert_eq!(verify(&token, NOW - 31), Err(TokenError::Early));
        assert!(verify(&token, NOW - 30).is_ok());
    }
}

#[test]
fn a_token_of_another_hand_is_refused() {
    let [ed25519, secp256k1] = keys();
    let cases: Vec<(Value, Value, TokenError)> = vec![
        (
            json!({"alg": "none", "kid": ed25519.public().id()}),
            claims(&ed25519),
            TokenError::Algorithm,
        ),
        (
            json!({"alg": "HS256", "kid": ed25519.public().id()}),
            claims(&ed25519),
            TokenError::Algorithm,
        ),
        (
            json!({"alg": "ES256K", "kid": ed25519.public().id()}),
            claims(&ed25519),
            TokenError::Algorithm,
        ),
        (
            json!({"alg": "eddsa", "kid": ed25519.public().id()}),
            claims(&ed25519),
            TokenError::Algorithm,
        ),
        (
            json!({"alg": "EdDSA", "kid": secp256k1.public().id()}),
            claims(&ed25519),
            TokenError::Algorithm,
        ),
        (
            header(&secp256k1),
            claims(&secp256k1),
            TokenError::Signature,
        ),
        (header(&ed25519), claims(&secp256k1), TokenError::Issuer),
        (
            json!({"alg": "EdDSA", "kid": ed25519.public().id(), "crit": ["exp"]}),
            claims(&ed25519),
            TokenError::Form("it asks for what isn't understood here"),
        ),
        (
            json!({"alg": "EdDSA"}),
            claims(&ed25519),
            TokenError::Form("its header names no key as kid"),
        ),
    ];
    for (header, claims, expected) in cases {
        let token = token(&ed25519, &header, &claims);
        assert_eq!(verify(&token, NOW), Err(expected), "{header}");
    }
}

#[test]
fn any_changed_letter_makes_a_token_worthless() {
    for key in keys() {
        let good = issue(&key, full(), NOW, 60).unwrap();
        for at in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify(&changed, NOW).is_err(), "letter {at}");
        }
    }
}

#[test]
fn a_signature_with_the_other_root_is_refused() {
    let [_, key] = keys();
    let good = issue(&key, full(), NOW, 60).unwrap();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let low = k256::ecdsa::Signature::from_slice(&bytes).unwrap();
    let (r, s) = low.split_scalars();
    let high = k256::ecdsa::Signature::from_scalars(r, -s).unwrap();
    let other = format!("{message}.{}", URL_SAFE_NO_PAD.encode(high.to_bytes()));
    assert_eq!(verify(&other, NOW), Err(TokenError::Signature));
}

#[test]
fn claims_that_contradict_themselves_are_refused() {
    let [key, _] = keys();
    let with = |name: &str, value: Value| {
        let mut claims = claims(&key);
        claims[name] = value;
        verify(&token(&key, &header(&key), &claims), NOW)
    };
    assert!(with("jti", json!("other")).is_ok());
    assert_eq!(
        with("version", json!("v2")).unwrap_err(),
        TokenError::Claims("the version is another than v1")
    );
    assert_eq!(with("exp", json!(NOW + 90_000)), Err(TokenError::LongLived));
    assert!(matches!(
        with("exp", json!(NOW)),
        Err(TokenError::Claims(_))
    ));
    assert!(matches!(with("exp", json!(1.5)), Err(TokenError::Form(_))));
    for leases in [
        json!({"access": "scoped"}),
        json!({"access": "scoped", "scope": []}),
        json!({"access": "scoped", "scope": ["everything"]}),
        json!({"access": "granular", "scope": ["logs"]}),
        json!({"access": "granular", "permissions": []}),
        json!({"access": "full", "permissions": []}),
        json!({"access": "full", "only": "logs"}),
        json!({"access": "root"}),
        json!({"access": "granular", "permissions": [
            {"provider": "a", "access": "full"}, {"provider": "a", "access": "full"}]}),
        json!({"access": "granular", "permissions": [{"provider": "a", "access": "granular",
            "deployments": [{"dseq": 1, "scope": ["logs"], "oseq": 1}]}]}),
    ] {
        assert!(with("leases", leases.clone()).is_err(), "{leases}");
    }
}

#[test]
fn a_token_reaches_as_far_as_its_lists() {
    let [key, _] = keys();
    let check = |value: Value| verify(&issue(&key, leases(value), NOW, 60).unwrap(), NOW).unwrap();
    let (own, other) = (provider().to_string(), key.public().address().to_string());
    let lease = Some(LEASE);
    let scoped = check(json!({"access": "scoped", "scope": ["logs", "status"]}));
    assert!(allows(&scoped, Scope::Logs, lease, Some("web")));
    assert!(!allows(&scoped, Scope::Restart, lease, Some("web")));
    let elsewhere = check(
        json!({"access": "granular", "permissions": [{"provider": other, "access": "full"}]}),
    );
    assert!(!allows(&elsewhere, Scope::Logs, lease, Some("web")));
    let granular = |entry: Value| {
        check(json!({"access": "granular", "permissions": [
            {"provider": own, "access": "granular", "deployments": [entry]}]}))
    };
    let one =
        granular(json!({"dseq": 7, "gseq": 1, "oseq": 2, "services": ["web"], "scope": ["logs"]}));
    assert!(allows(&one, Scope::Logs, lease, Some("web")));
    assert!(!allows(&one, Scope::Logs, lease, Some("db")));
    assert!(
        !allows(&one, Scope::Logs, lease, None),
        "a service isn't all services"
    );
    assert!(
        !allows(&one, Scope::Logs, None, Some("web")),
        "a lease isn't the deployment"
    );
    let another = granular(json!({"dseq": 7, "gseq": 1, "oseq": 3, "scope": ["logs"]}));
    assert!(!allows(&another, Scope::Logs, lease, None));
    let whole = granular(json!({"dseq": 7, "scope": ["send-manifest"]}));
    assert!(allows(&whole, Scope::SendManifest, None, None));
    let foreign = granular(json!({"dseq": 8, "scope": ["logs"]}));
    assert!(!allows(&foreign, Scope::Logs, lease, None));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in ".{0,300}") {
        prop_assert!(verify(&text, NOW).is_err());
    }

    #[test]
    fn no_json_breaks_the_reader(header in "[{}\\[\\]\",:a-z0-9]{0,80}", claims in "[{}\\[\\]\",:a-z0-9]{0,80}") {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.{}", part(&header), part(&claims), part("x"));
        prop_assert!(verify(&token, NOW).is_err());
    }
}
