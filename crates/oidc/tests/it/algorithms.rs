//! Which algorithms are taken, and that a key is used with its own alone.

use lilliput_oidc::OidcError;
use rsa::signature::SignatureEncoding;
use serde_json::json;

use crate::maker::{self, check, encoded, header, payload, sign, token};

#[test]
fn both_algorithms_are_taken() {
    for algorithm in ["RS256", "ES256"] {
        let claims = check(&token(algorithm, |_| ())).unwrap();
        assert_eq!(claims.subject, "user-1");
        assert_eq!(claims.audiences, ["client-1"]);
    }
}

#[test]
fn none_is_refused_in_every_spelling() {
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let header = json!({ "alg": name, "kid": "rsa" });
        let (header, payload) = (header.to_string(), payload().to_string());
        for signature in ["", "AA"] {
            let token = format!("{}.{}.{signature}", encoded(&header), encoded(&payload));
            let got = name.to_owned();
            assert_eq!(check(&token), Err(OidcError::Algorithm { got }));
        }
    }
}

#[test]
fn a_public_key_is_no_secret_of_a_mac() {
    // HS256 over the RSA key as published: the classic confusion. The name alone is refused.
    for name in [
        "HS256", "HS384", "HS512", "RS384", "PS256", "ES384", "EdDSA", "rs256",
    ] {
        let token = sign("RS256", &json!({ "alg": name, "kid": "rsa" }), &payload());
        let got = name.to_owned();
        assert_eq!(check(&token), Err(OidcError::Algorithm { got }));
    }
}

#[test]
fn a_key_is_used_with_its_own_algorithm_alone() {
    for (claimed, key_id) in [("RS256", "ec"), ("ES256", "rsa")] {
        for signed in ["RS256", "ES256"] {
            let token = sign(
                signed,
                &json!({ "alg": claimed, "kid": key_id }),
                &payload(),
            );
            assert!(matches!(
                check(&token),
                Err(OidcError::AlgorithmOfKey { .. })
            ));
        }
    }
}

#[test]
fn the_signature_of_another_key_is_refused() {
    let header = json!({ "alg": "ES256", "kid": "ec-2" });
    assert_eq!(
        check(&sign("ES256", &header, &payload())),
        Err(OidcError::Signature)
    );
    let header = json!({ "alg": "ES256", "kid": "ec-3" });
    let unknown = check(&sign("ES256", &header, &payload()));
    assert!(matches!(unknown, Err(OidcError::UnknownKey { .. })));
}

#[test]
fn rsa_signatures_are_as_long_as_the_modulus_and_prefixed() {
    let (header, payload) = (header("RS256").to_string(), payload().to_string());
    let signed = format!("{}.{}", encoded(header), encoded(payload));
    let good = maker::rs256(signed.as_bytes());
    let with = |signature: &[u8]| check(&format!("{signed}.{}", encoded(signature)));
    assert!(with(&good).is_ok());
    let longer = [&[0], good.as_slice()].concat();
    for wrong in [
        &longer[..],
        &good[1..],
        &good[..255],
        &[],
        &[0; 256],
        &[255; 256],
    ] {
        assert_eq!(with(wrong), Err(OidcError::Signature));
    }
    // Without the prefix that names the hash.
    let bare =
        rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new_unprefixed(maker::rsa_secret().clone());
    let bare = p256::ecdsa::signature::Signer::sign(&bare, signed.as_bytes()).to_vec();
    assert_eq!(with(&bare), Err(OidcError::Signature));
}

#[test]
fn elliptic_signatures_out_of_range_are_refused() {
    let (header, payload) = (header("ES256").to_string(), payload().to_string());
    let signed = format!("{}.{}", encoded(header), encoded(payload));
    let good = maker::es256(signed.as_bytes());
    let with = |signature: &[u8]| check(&format!("{signed}.{}", encoded(signature)));
    assert!(with(&good).is_ok());
    let zero_r = [&[0; 32], &good[32..]].concat();
    let zero_s = [&good[..32], &[0; 32]].concat();
    for wrong in [&zero_r[..], &zero_s, &[0; 64], &[255; 64], &good[..63], &[]] {
        assert_eq!(with(wrong), Err(OidcError::Signature));
    }
    let der = p256::ecdsa::Signature::from_slice(&good).unwrap().to_der();
    assert_eq!(with(der.as_bytes()), Err(OidcError::Signature));
}
