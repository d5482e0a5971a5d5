//! Tokens that another library signed.

use lilliput_oidc::{Expectations, KeySet, OidcError, verify};
use serde_json::Value;

#[test]
fn tokens_of_another_library_are_taken_and_changed_ones_are_not() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/vectors/oidc.json");
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let keys = KeySet::from_json(vectors["key_set"].to_string().as_bytes()).unwrap();
    let now_s = vectors["now_s"].as_u64().unwrap();
    let expected = Expectations {
        issuer: "https://login.example",
        audience: "client-1",
        nonce: Some("the-nonce"),
    };
    let tokens: Vec<&str> = vectors["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one.as_str().unwrap())
        .collect();
    assert_eq!(tokens.len(), keys.iter().count());
    for (token, named) in tokens.iter().zip(keys.iter()) {
        let claims = verify(token, &keys, &expected, now_s).unwrap();
        // Each says as its subject which key signed it.
        assert_eq!(claims.subject, named.key_id);
    }
    // The signature of one under the content of another.
    for (one, other) in [(0, 1), (3, 4), (4, 3)] {
        let (content, _) = tokens[one].rsplit_once('.').unwrap();
        let (_, signature) = tokens[other].rsplit_once('.').unwrap();
        let mixed = format!("{content}.{signature}");
        assert_eq!(
            verify(&mixed, &keys, &expected, now_s),
            Err(OidcError::Signature)
        );
    }
}
