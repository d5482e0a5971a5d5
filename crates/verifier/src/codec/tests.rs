use p3_field::PrimeCharacteristicRing;

use super::{CodecError, Reader, Writer};
use crate::field::{EF, F, MODULUS, base_from_i64};

#[test]
fn elements_come_back_as_written() {
    let values = [-1, 0, 1, 2, 3].map(base_from_i64);
    let extension = EF::new(values);
    let mut writer = Writer::new();
    writer.bases(&values);
    writer.extensions(&[extension, EF::ONE]);
    writer.bytes(b"end");
    let bytes = writer.finish();
    assert_eq!(bytes.len(), 5 * 4 + 2 * 20 + 3);
    let mut reader = Reader::new(&bytes);
    assert_eq!(reader.bases(5).unwrap(), values);
    assert_eq!(reader.extensions(2).unwrap(), [extension, EF::ONE]);
    assert_eq!(reader.clone().finish(), Err(CodecError::Trailing(3)));
    assert_eq!(&reader.array::<3>().unwrap(), b"end");
    reader.finish().unwrap();
}

#[test]
fn unreduced_elements_are_refused() {
    for value in [MODULUS, MODULUS + 1, u32::MAX] {
        let bytes = value.to_le_bytes();
        assert_eq!(
            Reader::new(&bytes).base(),
            Err(CodecError::NotCanonical(value))
        );
    }
    let largest = (MODULUS - 1).to_le_bytes();
    assert_eq!(Reader::new(&largest).base(), Ok(-F::ONE));
}

#[test]
fn a_hostile_length_fails_before_it_allocates() {
    let error = Reader::new(&[0; 8]).extensions(usize::MAX).unwrap_err();
    assert_eq!(
        error,
        CodecError::Truncated {
            expected: usize::MAX,
            got: 8
        }
    );
    assert!(Reader::new(&[0; 8]).bytes(9).is_err());
    assert!(Reader::new(&[0; 3]).base().is_err());
}
