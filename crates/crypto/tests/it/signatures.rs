//! ed25519 under ZIP-215.

use lilliput_crypto::{KeyError, PublicKey, SecretKey, Signature};

#[test]
fn the_first_test_vector_of_rfc_8032_holds() {
    let mut seed = [0; 32];
    hex::decode_to_slice(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        &mut seed,
    )
    .unwrap();
    let secret = SecretKey::from_seed(seed);
    assert_eq!(
        secret.public_key().to_string(),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
    assert_eq!(
        secret.sign(b"").to_string(),
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    );
}

#[test]
fn a_changed_message_key_or_signature_is_refused() {
    let secret = SecretKey::from_seed([3; 32]);
    let (key, signature) = (secret.public_key(), secret.sign(b"pay 5"));
    assert_eq!(key.verify(b"pay 5", &signature), Ok(()));
    assert_eq!(
        key.verify(b"pay 6", &signature),
        Err(KeyError::BadSignature)
    );
    for at in 0..64 {
        let mut changed = signature;
        changed.0[at] ^= 1;
        assert!(key.verify(b"pay 5", &changed).is_err());
    }
    let other = SecretKey::from_seed([4; 32]).public_key();
    assert!(other.verify(b"pay 5", &signature).is_err());
}

/// ZIP-215 accepts points of small order and encodings that aren't canonical; strict verifiers
/// refuse them, so this shows which rules are in force.
#[test]
fn small_order_points_follow_zip_215() {
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut signature = [0; 64];
    signature[0] = 1;
    assert_eq!(
        PublicKey(identity).verify(b"Zcash", &Signature(signature)),
        Ok(())
    );
    // The identity's y coordinate written as 1 + p: not canonical, still accepted.
    let mut not_canonical = [0xff; 32];
    not_canonical[0] = 0xee;
    not_canonical[31] = 0x7f;
    assert_eq!(
        PublicKey(not_canonical).verify(b"Zcash", &Signature(signature)),
        Ok(())
    );
    // The scalar, in contrast, must be below the group order.
    signature[32..].copy_from_slice(&[0xff; 32]);
    assert!(
        PublicKey(identity)
            .verify(b"Zcash", &Signature(signature))
            .is_err()
    );
}

#[test]
fn a_secret_key_is_not_printed() {
    let secret = SecretKey::from_seed([0xab; 32]);
    assert!(!format!("{secret:?}").contains("abab"));
}
