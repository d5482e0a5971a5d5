use p3_field::{BasedVectorSpace, Field, PrimeCharacteristicRing, PrimeField32};

use super::{EF, EXTENSION_BITS, EXTENSION_DEGREE, F, MODULUS, base_from_i64, extension_from_i64};

#[test]
fn constants_agree_with_the_field_library() {
    assert_eq!(F::ORDER_U32, MODULUS);
    assert_eq!(<EF as BasedVectorSpace<F>>::DIMENSION, EXTENSION_DEGREE);
    let bits = 5.0 * f64::from(MODULUS).log2();
    assert!(f64::from(EXTENSION_BITS) <= bits && bits < f64::from(EXTENSION_BITS) + 1.0);
    assert_eq!(EF::bits(), 155);
}

#[test]
fn negative_integers_are_additive_inverses() {
    for value in [
        0,
        1,
        127,
        1 << 30,
        i64::from(MODULUS) - 1,
        i64::from(MODULUS),
        i64::MAX,
    ] {
        assert_eq!(base_from_i64(value) + base_from_i64(-value), F::ZERO);
        assert_eq!(extension_from_i64(-value), EF::from(base_from_i64(-value)));
    }
    assert_eq!(base_from_i64(i64::from(MODULUS) + 5), base_from_i64(5));
}
