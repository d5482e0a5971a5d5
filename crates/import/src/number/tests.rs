use lilliput_graph::{Range, Shape};

use super::*;

fn input() -> Input {
    Input {
        name: "x".into(),
        shape: Shape(vec![4]),
        range: Range { lo: -10, hi: 10 },
        scale: scale_from_f64(0.5).unwrap(),
        zero: 0,
    }
}

#[test]
fn scales_keep_every_bit() {
    for number in [
        1.0,
        0.1,
        1.0 / 255.0,
        3e-300,
        7e300,
        f64::MIN_POSITIVE,
        f64::MAX,
    ] {
        let scale = scale_from_f64(number).unwrap();
        assert!(scale.is_canonical());
        assert_eq!(scale_to_f64(scale), number);
    }
}

#[test]
fn what_is_no_scale_is_refused() {
    for number in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-310] {
        assert_eq!(scale_from_f64(number), None);
    }
}

#[test]
fn numbers_are_rounded_and_saturate() {
    let quantized = quantize_input(&input(), &[0.24, -0.26, 5.2, -99.0]).unwrap();
    assert_eq!(quantized.values, [0, -1, 10, -10]);
    assert_eq!(quantized.saturated, 1);
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let short = quantize_input(&input(), &[1.0]);
    assert!(matches!(
        short,
        Err(NumberError::Length {
            expected: 4,
            got: 1,
            ..
        })
    ));
    let nan = quantize_input(&input(), &[0.0, 0.0, f64::NAN, 0.0]);
    assert!(matches!(
        nan,
        Err(NumberError::NotFinite { position: 2, .. })
    ));
}

#[test]
fn a_softmax_sums_to_one_in_each_row() {
    let output = Output {
        name: "y".into(),
        tensor: lilliput_graph::TensorId(0),
        scale: scale_from_f64(0.01).unwrap(),
        shape: Shape(vec![2, 3]),
        post: Post::Softmax,
    };
    let numbers = dequantize(&output, &[100, 200, 300, 5_000_000, 0, -5_000_000]);
    assert!((numbers[..3].iter().sum::<f64>() - 1.0).abs() < 1e-12);
    assert!((numbers[2] - 0.665_240_955_8).abs() < 1e-9);
    assert_eq!(numbers[3..], [1.0, 0.0, 0.0]);
}
