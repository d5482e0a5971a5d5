//! Questions: hidden, in range, never twice, and the same again from their seed.

use std::collections::BTreeSet;

use lilliput_crypto::Digest;
use lilliput_types::Registration;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

use super::{Images, ImagesError, Side, moved};
use crate::ask::input_digest;

const SIDE: Side = Side {
    height: 3,
    width: 4,
};

fn set() -> Images {
    let picture = |grey: u8| vec![grey; 12];
    Images::new(SIDE, vec![(picture(10), 1), (picture(200), 2)]).unwrap()
}

/// An array of numpy's, version 1.
fn numpy(kind: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_question_follows_from_its_seed_and_binds_its_truth(seed in any::<[u8; 32]>(), miner in any::<u64>(), number in any::<u32>()) {
        let (seed, miner) = (Digest(seed), Registration(miner));
        let drawn = set().draw(&seed, miner, number);
        prop_assert_eq!(&drawn, &set().draw(&seed, miner, number));
        prop_assert_eq!(drawn.question.id, drawn.probe.id());
        prop_assert_eq!(drawn.probe.input, input_digest(&drawn.question.input));
        prop_assert_eq!(drawn.question.input.len(), 12);
        assert!(drawn.question.input.iter().all(|grey| (0..=255).contains(grey)));
        assert!(matches!(drawn.probe.truth[..], [1 | 2]));
    }
}

#[test]
fn no_question_comes_twice() {
    let set = set();
    let mut inputs = BTreeSet::new();
    for seed in [Digest([1; 32]), Digest([2; 32])] {
        for miner in [Registration(1), Registration(2)] {
            for number in 0..64 {
                let drawn = set.draw(&seed, miner, number);
                assert!(inputs.insert(drawn.probe.input), "{miner} {number}");
            }
        }
    }
}

#[test]
fn a_picture_moves_and_black_comes_in() {
    let side = Side {
        height: 2,
        width: 2,
    };
    let picture = [1, 2, 3, 4];
    assert_eq!(moved(side, &picture, 0, 0), [1, 2, 3, 4]);
    assert_eq!(moved(side, &picture, 1, 0), [0, 0, 1, 2]);
    assert_eq!(moved(side, &picture, 0, -1), [2, 0, 4, 0]);
    assert_eq!(moved(side, &picture, -2, 3), [0, 0, 0, 0]);
}

#[test]
fn numpy_files_are_read_with_either_range_and_compared() {
    let labels = numpy("<i8", "(1,)", &7_i64.to_le_bytes());
    let side = Side {
        height: 1,
        width: 2,
    };
    let bytes = numpy("|u1", "(1, 1, 2)", &[0, 255]);
    let set = Images::from_files(side, &bytes, &labels).unwrap();
    assert_eq!(set.pictures, [(vec![0, 255], 7)]);
    let halves = [0.5_f32.to_le_bytes(), 1_f32.to_le_bytes()].concat();
    let set = Images::from_files(side, &numpy("<f4", "(1, 2)", &halves), &labels).unwrap();
    assert_eq!(set.pictures, [(vec![128, 255], 7)]);
    let refused = |images: &[u8], labels: &[u8]| Images::from_files(side, images, labels);
    let two = numpy("|u1", "(2, 2)", &[0, 1, 2, 3]);
    assert!(matches!(
        refused(&two, &labels),
        Err(ImagesError::Labels {
            pictures: 2,
            labels: 1
        })
    ));
    let dark = numpy("<i2", "(1, 2)", &[255, 255, 9, 0]);
    assert!(matches!(
        refused(&dark, &labels),
        Err(ImagesError::Value { .. })
    ));
    let half = numpy("<f8", "(1,)", &0.5_f64.to_le_bytes());
    assert!(matches!(
        refused(&bytes, &half),
        Err(ImagesError::Value { .. })
    ));
    assert!(matches!(
        refused(b"{}", &labels),
        Err(ImagesError::Numbers(_))
    ));
    assert!(matches!(
        Images::new(side, vec![(vec![0], 1)]),
        Err(ImagesError::Size { got: 1, .. })
    ));
    assert!(matches!(
        Images::new(side, Vec::new()),
        Err(ImagesError::Count { got: 0 })
    ));
}
