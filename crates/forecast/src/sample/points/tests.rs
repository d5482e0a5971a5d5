use super::{BITS, DIMENSIONS_MAX, Points, Sampling, direction_numbers};
use crate::program::BLOCK;

/// Unscrambled points in the order of the index.
fn plain(index: usize, dimension: usize) -> u32 {
    let directions = direction_numbers(dimension);
    (0..BITS)
        .filter(|bit| index >> bit & 1 == 1)
        .fold(0, |point, bit| point ^ directions[bit])
}

#[test]
fn the_first_points_are_the_published_ones() {
    // In the order of the Gray code these are the first points of `new-joe-kuo-6.21201` in eight dimensions.
    let published: [[u32; 8]; 4] = [
        [0; 8],
        [1 << 31; 8],
        [
            3 << 30,
            1 << 30,
            1 << 30,
            1 << 30,
            3 << 30,
            3 << 30,
            1 << 30,
            3 << 30,
        ],
        [
            1 << 30,
            3 << 30,
            3 << 30,
            3 << 30,
            1 << 30,
            1 << 30,
            3 << 30,
            1 << 30,
        ],
    ];
    for (step, expected) in published.iter().enumerate() {
        let gray = step ^ step >> 1;
        let got: [u32; 8] = std::array::from_fn(|dimension| plain(gray, dimension));
        assert_eq!(&got, expected, "point {step}");
    }
    let fifth: [u32; 8] = std::array::from_fn(|dimension| plain(4 ^ 4 >> 1, dimension));
    assert_eq!(
        fifth,
        [
            1_610_612_736,
            1_610_612_736,
            2_684_354_560,
            3_758_096_384,
            1_610_612_736,
            536_870_912,
            1_610_612_736,
            3_758_096_384
        ]
    );
}

#[test]
fn every_scrambled_dimension_puts_one_point_in_each_equal_part() {
    let mut points = Points::new(Sampling::Sobol, DIMENSIONS_MAX, 7, 3);
    let mut column = [0; BLOCK];
    for dimension in 0..DIMENSIONS_MAX {
        for block in [0, 5] {
            points.fill(dimension, block, &mut column);
            let mut parts: Vec<u32> = column
                .iter()
                .map(|point| point >> (32 - BLOCK.ilog2()))
                .collect();
            parts.sort_unstable();
            assert!(
                parts
                    .iter()
                    .enumerate()
                    .all(|(index, part)| *part as usize == index),
                "dimension {dimension}"
            );
        }
    }
}

#[test]
fn the_first_two_dimensions_form_a_net() {
    let mut points = Points::new(Sampling::Sobol, 2, 1, 0);
    let (mut first, mut second) = ([0; BLOCK], [0; BLOCK]);
    points.fill(0, 0, &mut first);
    points.fill(1, 0, &mut second);
    for bits in 1..BLOCK.ilog2() {
        let other = BLOCK.ilog2() - bits;
        let mut cells: Vec<u32> = first
            .iter()
            .zip(&second)
            .map(|(a, b)| (a >> (32 - bits)) << other | b >> (32 - other))
            .collect();
        cells.sort_unstable();
        cells.dedup();
        assert_eq!(cells.len(), BLOCK);
    }
}

#[test]
fn replicas_and_seeds_differ_and_repeat() {
    let draw = |seed, replica| {
        let mut column = [0; BLOCK];
        Points::new(Sampling::Sobol, 1, seed, replica).fill(0, 0, &mut column);
        column
    };
    assert_eq!(draw(1, 0), draw(1, 0));
    assert_ne!(draw(1, 0), draw(1, 1));
    assert_ne!(draw(1, 0), draw(2, 0));
}
