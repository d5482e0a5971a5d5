//! The inverse of the normal distribution at ranks: Wichura's AS 241 in integers, within 2^-40.

use crate::number::Number;

/// Values of vectors have 32 fraction bits.
pub(super) const VECTOR_BITS: u32 = 32;

// Coefficients with 48 fraction bits.
const CENTRE: [i128; 8] = [
    953_393_146_486_255,
    37_476_047_869_057_903,
    554_953_516_820_476_698,
    3_865_128_182_844_635_763,
    12_925_880_913_390_817_804,
    18_933_631_305_104_095_528,
    9_409_870_483_814_293_474,
    706_243_495_979_462_406,
];
const CENTRE_BELOW: [i128; 8] = [
    281_474_976_710_656,
    11_910_143_773_783_402,
    193_425_946_929_692_390,
    1_518_331_199_503_245_072,
    5_971_152_256_983_734_037,
    11_064_189_054_875_988_514,
    8_086_518_738_380_773_309,
    1_471_127_636_893_460_774,
];
const MIDDLE: [i128; 8] = [
    400_661_927_597_351,
    1_303_324_237_409_383,
    1_623_969_096_042_843,
    1_026_778_022_256_729,
    357_602_207_020_891,
    68_055_223_988_408,
    6_396_193_739_131,
    218_015_039_855,
];
const MIDDLE_BELOW: [i128; 8] = [
    281_474_976_710_656,
    577_922_065_290_377,
    471_860_381_034_083,
    194_152_244_550_702,
    41_687_563_315_680,
    4_278_044_317_027,
    154_133_954_494,
    295_760,
];

/// 0.425, 0.425 squared and 1.6 with 48 fraction bits.
const CENTRE_EDGE: Number = Number::from_bits(119_626_865_102_029);
const CENTRE_EDGE_SQUARE: Number = Number::from_bits(50_841_417_668_362);
const MIDDLE_START: Number = Number::from_bits(450_359_962_737_050);

/// The inverse normal, and its power 1.5 with the sign kept, at every rank among `count` values.
pub(super) struct NormalTable {
    /// By doubled rank: see [`super::ranks::doubled_ranks`].
    pub(super) gaussian: Vec<i64>,
    pub(super) powered: Vec<i64>,
}

impl NormalTable {
    pub(super) fn new(count: usize) -> Self {
        let (gaussian, powered) = (0..=2 * count)
            .map(|doubled| {
                let value = inverse_normal(doubled as u64, 2 * count as u64);
                (to_vector(value), to_vector(powered(value)))
            })
            .unzip();
        Self { gaussian, powered }
    }
}

/// `sign(x) |x|^1.5`.
pub(super) fn powered(value: Number) -> Number {
    let size = value.abs();
    let power = size.times(size.sqrt());
    if value < Number::ZERO { -power } else { power }
}

/// To 32 fraction bits, rounded to nearest so that opposite values stay opposite.
pub(super) fn to_vector(value: Number) -> i64 {
    let shift = crate::number::FRACTION_BITS - VECTOR_BITS;
    let size = (value.abs().to_bits() + (1 << (shift - 1))) >> shift;
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    if value < Number::ZERO { -size } else { size }
}

/// At `numerator / denominator`, for a denominator up to 2^22; zero at 0 and 1, which no rank has.
fn inverse_normal(numerator: u64, denominator: u64) -> Number {
    if numerator == 0 || numerator >= denominator {
        return Number::ZERO;
    }
    // By symmetry below one half only: opposite ranks get opposite values.
    if 2 * numerator > denominator {
        return -inverse_normal(denominator - numerator, denominator);
    }
    let (numerator, denominator) = (i128::from(numerator), i128::from(denominator));
    let offset = Number::ratio(denominator - 2 * numerator, 2 * denominator);
    let size = if offset <= CENTRE_EDGE {
        let rest = CENTRE_EDGE_SQUARE - offset.times(offset);
        offset.times(fraction(&CENTRE, &CENTRE_BELOW, rest))
    } else {
        let logarithm = Number::ratio(denominator, numerator).ln();
        let rest = logarithm.sqrt() - MIDDLE_START;
        fraction(&MIDDLE, &MIDDLE_BELOW, rest)
    };
    -size
}

fn fraction(above: &[i128; 8], below: &[i128; 8], at: Number) -> Number {
    polynomial(above, at).over(polynomial(below, at))
}

fn polynomial(coefficients: &[i128; 8], at: Number) -> Number {
    coefficients.iter().rev().fold(Number::ZERO, |sum, &bits| {
        sum.times(at) + Number::from_bits(bits)
    })
}

#[cfg(test)]
mod tests {
    use super::{NormalTable, VECTOR_BITS};
    use crate::float::inverse_normal;

    #[test]
    fn the_table_is_near_the_exact_inverse_and_antisymmetric() {
        for count in [1, 2, 7, 1_000, 200_000] {
            let table = NormalTable::new(count);
            for doubled in (1..2 * count).step_by(1 + count / 500) {
                let exact = inverse_normal(doubled as f64 / (2 * count) as f64);
                let got = table.gaussian[doubled] as f64 / (1_u64 << VECTOR_BITS) as f64;
                assert!(
                    (got - exact).abs() < 2e-10,
                    "{doubled} of {count}: {got} {exact}"
                );
                let power = exact.signum() * exact.abs().powf(1.5);
                let got = table.powered[doubled] as f64 / (1_u64 << VECTOR_BITS) as f64;
                assert!(
                    (got - power).abs() < 4e-10,
                    "{doubled} of {count}: {got} {power}"
                );
                assert_eq!(
                    table.gaussian[doubled],
                    -table.gaussian[2 * count - doubled]
                );
            }
        }
    }
}
