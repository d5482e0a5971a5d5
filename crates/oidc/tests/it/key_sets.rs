//! Key sets as issuers publish them.

use lilliput_oidc::{Key, KeySet, OidcError};
use serde_json::{Value, json};

use crate::maker::{ec_point, encoded, rsa_modulus};

fn rsa(key_id: &str) -> Value {
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": key_id, "e": "AQAB", "n": encoded(rsa_modulus()) })
}

fn ec(key_id: &str) -> Value {
    let (x, y) = ec_point(3);
    json!({ "kty": "EC", "crv": "P-256", "kid": key_id, "x": encoded(x), "y": encoded(y) })
}

fn read(keys: &[Value]) -> Result<KeySet, OidcError> {
    KeySet::from_json(json!({ "keys": keys }).to_string().as_bytes())
}

fn changed(mut key: Value, name: &str, value: Value) -> Result<KeySet, OidcError> {
    key[name] = value;
    read(&[key, ec("another")])
}

#[test]
fn keys_of_ours_are_read_and_others_passed_over() {
    let okp = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "o", "x": "AA" });
    let curve = json!({ "kty": "EC", "crv": "P-384", "kid": "c", "x": "AA", "y": "AA" });
    let mac = json!({ "kty": "oct", "kid": "m", "k": "AA" });
    let mut encryption = rsa("e");
    encryption["use"] = json!("enc");
    let mut other = rsa("p");
    other["alg"] = json!("PS256");
    let mut signing = ec("s");
    signing["key_ops"] = json!(["sign"]);
    let mut nameless = ec("");
    nameless.as_object_mut().unwrap().remove("kid");
    let set = read(&[
        okp,
        curve,
        mac,
        encryption,
        other,
        signing,
        nameless,
        rsa("r"),
        ec("k"),
    ]);
    let set = set.unwrap();
    let names: Vec<&str> = set.iter().map(|named| named.key_id.as_str()).collect();
    assert_eq!(names, ["r", "k"]);
    assert_eq!(set.find("r").map(Key::algorithm), Some("RS256"));
    assert_eq!(set.find("k").map(Key::algorithm), Some("ES256"));
    assert_eq!(set.find("e"), None);
    assert_eq!(read(&[]), Err(OidcError::NoKey));
}

#[test]
fn weak_and_malformed_keys_are_refused() {
    let is_key = |result| matches!(result, Err(OidcError::Key { .. }));
    let modulus = rsa_modulus();
    let mut even = modulus.clone();
    *even.last_mut().unwrap() &= 0xfe;
    let leading = [&[0], modulus.as_slice()].concat();
    for n in [&modulus[..128], &even, &leading, &[255; 513], &[]] {
        assert!(is_key(changed(rsa("r"), "n", json!(encoded(n)))));
    }
    for e in ["Aw", "AQ", "AQAC", "AAEAAQ"] {
        assert!(is_key(changed(rsa("r"), "e", json!(e))));
    }
    assert!(is_key(changed(rsa("r"), "d", json!("AA"))));
    assert!(is_key(changed(ec("k"), "d", json!("AA"))));
    for coordinate in [
        vec![0; 32],
        vec![255; 32],
        ec_point(4).1.to_vec(),
        vec![1; 31],
        vec![0; 33],
    ] {
        assert!(is_key(changed(ec("k"), "y", json!(encoded(coordinate)))));
    }
    let padded = format!("{}=", encoded(ec_point(3).1));
    assert!(matches!(
        changed(ec("k"), "y", json!(padded)),
        Err(OidcError::Base64 { .. })
    ));
    assert!(matches!(
        changed(ec("k"), "y", json!(7)),
        Err(OidcError::Field { .. })
    ));
}

#[test]
fn sets_are_bounded_and_name_a_key_once() {
    assert!(matches!(
        read(&[rsa("r"), ec("r")]),
        Err(OidcError::KeyTwice { .. })
    ));
    let many: Vec<Value> = (0..65).map(|number| ec(&number.to_string())).collect();
    assert!(matches!(
        read(&many),
        Err(OidcError::TooManyKeys { got: 65, .. })
    ));
    let long = format!("{}{}", json!({ "keys": [ec("k")] }), " ".repeat(64 << 10));
    assert!(matches!(
        KeySet::from_json(long.as_bytes()),
        Err(OidcError::TooLong { .. })
    ));
    let twice = br#"{"keys":[],"keys":[]}"#;
    for bytes in [
        &twice[..],
        b"",
        b"[]",
        b"{}",
        b"{\"keys\":{}}",
        b"{\"keys\":[7]}",
        b"{\"keys\":[{}]}",
    ] {
        assert!(KeySet::from_json(bytes).is_err());
    }
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(KeySet::from_json(deep.as_bytes()).is_err());
}
