use lilliput_verifier::codec::{CodecError, Reader, Writer};
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::pcs::{Opening, OpeningError, Root, VARIABLES_MIN, verify};
use lilliput_verifier::point::evaluate;
use lilliput_verifier::transcript::Transcript;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Commitment;

struct Case {
    variables: usize,
    root: Root,
    point: Vec<EF>,
    value: EF,
    bytes: Vec<u8>,
}

fn case(variables: usize) -> Case {
    let mut rng = ChaCha8Rng::seed_from_u64(variables as u64);
    let values: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
    let commitment = Commitment::new(values).unwrap();
    let mut transcript = Transcript::new("test");
    commitment.root().absorb("root", &mut transcript);
    let point = transcript.challenge_point("point", variables);
    let value = evaluate(commitment.values(), &point);
    let opening = commitment.open(&point, &mut transcript).unwrap();
    let mut writer = Writer::new();
    opening.encode(&mut writer);
    Case {
        variables,
        root: commitment.root(),
        point,
        value,
        bytes: writer.finish(),
    }
}

impl Case {
    fn decode(&self, bytes: &[u8]) -> Result<Opening, CodecError> {
        let mut reader = Reader::new(bytes);
        let opening = Opening::decode(&mut reader, self.variables)?;
        reader.finish()?;
        Ok(opening)
    }

    fn check(&self, root: Root, value: EF, opening: &Opening) -> Result<(), OpeningError> {
        let mut transcript = Transcript::new("test");
        root.absorb("root", &mut transcript);
        let point = transcript.challenge_point("point", self.variables);
        verify(
            &root,
            self.variables,
            &point,
            value,
            opening,
            &mut transcript,
        )
    }
}

#[test]
fn openings_of_every_shape_of_schedule_verify_and_reencode_to_the_same_bytes() {
    for variables in (VARIABLES_MIN..=14).chain([17, 18, 20]) {
        let case = case(variables);
        let opening = case.decode(&case.bytes).unwrap();
        case.check(case.root, case.value, &opening).unwrap();
        let mut writer = Writer::new();
        opening.encode(&mut writer);
        assert_eq!(writer.finish(), case.bytes);
    }
}

#[test]
fn a_wrong_value_root_point_or_size_is_refused() {
    let case = case(12);
    let opening = case.decode(&case.bytes).unwrap();
    assert!(
        case.check(case.root, case.value + EF::ONE, &opening)
            .is_err()
    );
    let mut root = case.root;
    root.0[31] ^= 1;
    assert!(case.check(root, case.value, &opening).is_err());
    let transcript = || Transcript::new("test");
    let other = |variables, point: &[EF]| {
        verify(
            &case.root,
            variables,
            point,
            case.value,
            &opening,
            &mut transcript(),
        )
    };
    assert!(matches!(
        other(12, &case.point[1..]),
        Err(OpeningError::Point { .. })
    ));
    let longer = [case.point.clone(), vec![EF::ONE]].concat();
    assert!(other(13, &longer).is_err());
    assert_eq!(other(7, &case.point[5..]), Err(OpeningError::Variables(7)));
    assert_eq!(other(99, &[]), Err(OpeningError::Variables(99)));
}

#[test]
fn every_sampled_byte_change_is_refused() {
    for variables in [9, 13] {
        let case = case(variables);
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for round in 0..300 {
            let mut bytes = case.bytes.clone();
            // Some at the very ends, where the small parts are.
            let at = match round {
                0..100 => round,
                100..200 => bytes.len() - 1 - (round - 100) * 7,
                _ => rng.random_range(0..bytes.len()),
            };
            bytes[at] ^= 1 << rng.random_range(0..8);
            if let Ok(opening) = case.decode(&bytes) {
                assert!(
                    case.check(case.root, case.value, &opening).is_err(),
                    "byte {at}"
                );
            }
        }
    }
}

#[test]
fn cut_and_random_bytes_are_refused_without_a_panic() {
    let case = case(13);
    for length in (0..case.bytes.len()).step_by(997) {
        assert!(case.decode(&case.bytes[..length]).is_err());
    }
    let mut longer = case.bytes.clone();
    longer.push(0);
    assert_eq!(case.decode(&longer).unwrap_err(), CodecError::Trailing(1));
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..50 {
        // Words below the modulus get past the decoder's field elements.
        let words = case.bytes.len() / 4;
        let noise: Vec<u8> = (0..words)
            .flat_map(|_| rng.random_range(0..0x7f00_0000u32).to_le_bytes())
            .collect();
        if let Ok(opening) = case.decode(&noise) {
            assert!(case.check(case.root, case.value, &opening).is_err());
        }
        let spliced = [&case.bytes[..rng.random_range(0..case.bytes.len())], &noise].concat();
        if let Ok(opening) = case.decode(&spliced[..case.bytes.len()]) {
            assert!(case.check(case.root, case.value, &opening).is_err());
        }
    }
}

#[test]
fn unsupported_sizes_are_refused_at_commitment() {
    assert_eq!(
        Commitment::new(vec![F::ONE; 128]).unwrap_err(),
        OpeningError::Variables(7)
    );
    assert_eq!(
        Commitment::new(vec![F::ONE; 300]).unwrap_err(),
        OpeningError::Variables(8)
    );
    assert_eq!(
        Commitment::new(Vec::new()).unwrap_err(),
        OpeningError::Variables(0)
    );
}
