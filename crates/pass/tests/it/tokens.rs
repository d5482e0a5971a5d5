//! Blind signatures: the vectors of RFC 9578, and what a changed number does.

use lilliput_pass::blind::Blinding;
use lilliput_pass::token::{MODULUS_LEN, Token, TokenKey, TokenPublicKey, token_challenge};
use serde_json::Value;

fn vectors() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/privacy_pass.json"
    );
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}

fn vector_key(vectors: &Value) -> TokenKey {
    TokenKey::from_primes(
        &bytes(&vectors["first_prime"]),
        &bytes(&vectors["second_prime"]),
    )
    .unwrap()
}

#[test]
fn the_vectors_of_rfc_9578_hold() {
    let vectors = vectors();
    let key = vector_key(&vectors);
    assert_eq!(key.public().spki(), bytes(&vectors["public_key"]));
    let public = TokenPublicKey::from_spki(&bytes(&vectors["public_key"])).unwrap();
    assert_eq!(public.id(), key.public().id());
    let all = vectors["vectors"].as_array().unwrap();
    assert_eq!(all.len(), 5);
    for vector in all {
        let blinding = Blinding::with(
            &public,
            &bytes(&vector["token_challenge"]),
            &array(&vector["nonce"]),
            &array(&vector["salt"]),
            &array(&vector["blind"]),
        )
        .unwrap();
        let request = bytes(&vector["token_request"]);
        assert_eq!(request[2], public.id()[31]);
        assert_eq!(blinding.blinded()[..], request[3..]);
        let signed = key.blind_sign(blinding.blinded()).unwrap();
        assert_eq!(signed[..], bytes(&vector["token_response"]));
        let token = blinding.finish(&public, &signed).unwrap();
        assert_eq!(token.to_bytes()[..], bytes(&vector["token"]));
        public
            .verify(&Token::from_text(&token.to_text()).unwrap())
            .unwrap();
    }
}

#[test]
fn a_changed_byte_makes_a_token_worthless() {
    let vectors = vectors();
    let key = vector_key(&vectors);
    let token = bytes(&vectors["vectors"][0]["token"]);
    for at in 0..token.len() {
        let mut changed = token.clone();
        changed[at] ^= 1;
        let counts =
            Token::from_bytes(&changed).is_ok_and(|token| key.public().verify(&token).is_ok());
        assert!(!counts, "byte {at}");
    }
    assert!(Token::from_bytes(&token[1..]).is_err());
    assert!(Token::from_bytes(&[&token[..], &[0]].concat()).is_err());
}

#[test]
fn a_wrong_answer_is_noticed_by_its_receiver() {
    let vectors = vectors();
    let key = vector_key(&vectors);
    let challenge = token_challenge("ducks.example").unwrap();
    let blinding = Blinding::new(key.public(), &challenge).unwrap();
    let other = Blinding::new(key.public(), &challenge).unwrap();
    assert_ne!(blinding.blinded(), other.blinded());
    let signed = key.blind_sign(other.blinded()).unwrap();
    assert!(blinding.finish(key.public(), &signed).is_err());
    assert!(blinding.finish(key.public(), &signed[1..]).is_err());
    assert!(blinding.finish(key.public(), &[0xff; MODULUS_LEN]).is_err());
    let signed = key.blind_sign(blinding.blinded()).unwrap();
    blinding.finish(key.public(), &signed).unwrap();
}

#[test]
fn numbers_from_the_modulus_up_are_not_signed() {
    let key = vector_key(&vectors());
    let spki = key.public().spki();
    let modulus: [u8; MODULUS_LEN] = spki[81..81 + MODULUS_LEN].try_into().unwrap();
    assert!(key.blind_sign(&modulus).is_err());
    assert!(key.blind_sign(&[0xff; MODULUS_LEN]).is_err());
}

#[test]
fn other_keys_and_names_are_refused() {
    let spki = vector_key(&vectors()).public().spki().to_vec();
    for at in [0, 17, 60, 80, spki.len() - 1] {
        let mut changed = spki.clone();
        changed[at] ^= 1;
        assert!(TokenPublicKey::from_spki(&changed).is_err(), "byte {at}");
    }
    assert!(TokenPublicKey::from_spki(&spki[1..]).is_err());
    // The modulus must be odd, and of 2048 bits.
    for at in [81, 81 + MODULUS_LEN - 1] {
        let mut changed = spki.clone();
        changed[at] = 0;
        assert!(TokenPublicKey::from_spki(&changed).is_err(), "byte {at}");
    }
    assert!(token_challenge("").is_err());
    assert!(token_challenge(&"a".repeat(256)).is_err());
    assert_eq!(format!("{:?}", vector_key(&vectors())), "TokenKey(hidden)");
}
