//! The golden vectors in `specs/vectors`: bytes that may not change by accident.

use lilliput_crypto::{PublicKey, SecretKey};
use lilliput_types::codec::{decode, encode};
use lilliput_types::{
    AccountKey, Address, SignedTransaction, TRANSACTION_LEN_MAX, Transaction, TransactionId,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddressCase {
    seed: String,
    public_key: PublicKey,
    address: Address,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransactionCase {
    name: String,
    seed: String,
    transaction: Transaction,
    id: TransactionId,
    sign_bytes: String,
    signed: String,
}

fn read(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/vectors");
    std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
}

fn secret(seed: &str) -> SecretKey {
    let mut bytes = [0; 32];
    hex::decode_to_slice(seed, &mut bytes).unwrap();
    SecretKey::from_seed(bytes)
}

#[test]
fn addresses_follow_from_keys_as_published() {
    let cases: Vec<AddressCase> = serde_json::from_str(&read("addresses.json")).unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let key = secret(&case.seed).public_key();
        assert_eq!(key, case.public_key);
        assert_eq!(AccountKey::Ed25519(key).address(), case.address);
    }
}

#[test]
fn transactions_encode_hash_and_sign_as_published() {
    let cases: Vec<TransactionCase> = serde_json::from_str(&read("transactions.json")).unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let TransactionCase {
            name, transaction, ..
        } = case;
        assert_eq!(transaction.id(), case.id, "{name}");
        assert_eq!(
            hex::encode(transaction.sign_bytes()),
            case.sign_bytes,
            "{name}"
        );
        let signed = transaction.sign(&secret(&case.seed));
        assert_eq!(hex::encode(encode(&signed)), case.signed, "{name}");
        let bytes = hex::decode(&case.signed).unwrap();
        let read: SignedTransaction = decode(&bytes, TRANSACTION_LEN_MAX).unwrap();
        assert_eq!(read, signed, "{name}");
    }
}
