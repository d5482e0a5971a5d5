//! One value, one encoding: round trips, and everything else is refused.

use lilliput_types::codec::{DecodeError, decode, encode};
use lilliput_types::{
    Amount, BLOB_LEN_MAX, Blob, List, SignedTransaction, Submission, TRANSACTION_LEN_MAX, Text,
    Transaction,
};
use proptest::prelude::*;

use crate::samples::{secret, transaction};

proptest! {
    #[test]
    fn transactions_round_trip_in_bytes_and_json(a: u8, b: u8, amount: u128) {
        let value = transaction(a, b, Amount(amount));
        let bytes = encode(&value);
        prop_assert_eq!(&decode::<Transaction>(&bytes, 1 << 16).unwrap(), &value);
        let json = serde_json::to_string(&value).unwrap();
        prop_assert_eq!(serde_json::from_str::<Transaction>(&json).unwrap(), value);
    }

    #[test]
    fn bytes_that_decode_are_the_bytes_that_encode(a: u8, at: prop::sample::Index, new: u8) {
        let mut bytes = encode(&transaction(a, 200, Amount(7)));
        let at = at.index(bytes.len());
        bytes[at] = new;
        if let Ok(value) = decode::<Transaction>(&bytes, 1 << 16) {
            prop_assert_eq!(encode(&value), bytes);
        }
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = decode::<SignedTransaction>(&bytes, TRANSACTION_LEN_MAX);
        let _ = Submission::decode(&bytes);
    }
}

#[test]
fn every_cut_and_every_trailing_byte_is_refused() {
    let signed = transaction(3, 4, Amount(5)).sign(&secret(3));
    let bytes = encode(&signed);
    for length in 0..bytes.len() {
        assert!(decode::<SignedTransaction>(&bytes[..length], 1 << 16).is_err());
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(
        decode::<SignedTransaction>(&longer, 1 << 16),
        Err(DecodeError::TrailingBytes { count: 1 })
    );
    let max = bytes.len() - 1;
    assert_eq!(
        decode::<SignedTransaction>(&bytes, max),
        Err(DecodeError::TooLong { max, got: max + 1 })
    );
}

#[test]
fn a_short_input_cannot_claim_a_long_list_text_or_blob() {
    let huge = u32::MAX.to_le_bytes();
    assert!(decode::<List<u8, 10>>(&huge, 100).is_err());
    assert!(decode::<Text<10>>(&huge, 100).is_err());
    assert!(decode::<Blob>(&huge, 100).is_err());
    assert!(decode::<Blob>(&BLOB_LEN_MAX.to_le_bytes(), 100).is_err());
    assert!(decode::<List<u8, 2>>(&[3, 0, 0, 0, 1, 2, 3], 100).is_err());
    assert!(decode::<Text<9>>(&[1, 0, 0, 0, b'\n'], 100).is_err());
}

#[test]
fn amounts_are_json_numbers_until_javascript_would_round_them() {
    let json = |number: u128| serde_json::to_string(&Amount(number)).unwrap();
    assert_eq!(json(0), "0");
    assert_eq!(json((1 << 53) - 1), "9007199254740991");
    assert_eq!(json(1 << 53), "\"9007199254740992\"");
    let read = |text: &str| serde_json::from_str::<Amount>(text);
    assert_eq!(read("12").unwrap(), Amount(12));
    assert_eq!(read("\"12\"").unwrap(), Amount(12));
    for bad in ["-1", "1.5", "\"\"", "\"012\"", "\"1e3\"", "\"+1\"", "null"] {
        assert!(read(bad).is_err(), "{bad}");
    }
}

#[test]
fn arithmetic_is_checked() {
    let most = Amount(u128::MAX);
    assert!(most.plus(Amount(1)).is_err());
    assert!(Amount(1).minus(Amount(2)).is_err());
    assert!(most.times(2).is_err());
    assert_eq!(most.fraction(1, 1), Some(most));
    assert_eq!(most.fraction(1, 0), None);
    assert_eq!(Amount(999).fraction(1, 1000), Some(Amount(0)));
    assert_eq!(Amount(1001).fraction(999, 1000), Some(Amount(999)));
}
