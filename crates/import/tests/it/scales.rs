//! Numbers of very different sizes in one tensor, as language models have them.

use lilliput_graph::{Op, Table};
use lilliput_import::onnx::{GraphProto, TensorProto};
use lilliput_import::{Calibration, FloatModel, Imported, Options, import};

use crate::build::{changed, node, tensor, value};
use crate::reference::answers;

const ROWS: usize = 8;

/// Numbers between -1 and 1 that look random.
fn noise(seed: usize, count: usize) -> Vec<f32> {
    let mut state = (seed as u32).wrapping_mul(2_654_435_761) + 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as f32 / 8_388_608.0 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// Rows of `width` numbers, the first of which is `first(row)`.
fn sample(seed: usize, width: usize, first: impl Fn(usize) -> f64) -> Vec<Vec<f64>> {
    let mut numbers: Vec<f64> = noise(seed, ROWS * width)
        .into_iter()
        .map(f64::from)
        .collect();
    for row in 0..ROWS {
        numbers[row * width] = first(row);
    }
    vec![numbers]
}

fn file(
    width: i64,
    outputs: i64,
    weights: Vec<TensorProto>,
    nodes: &[(&str, &[&str], &str)],
) -> Vec<u8> {
    changed(|graph: &mut GraphProto| {
        graph.node = nodes
            .iter()
            .map(|&(op, inputs, output)| node(op, output, inputs, output))
            .collect();
        graph.initializer = weights;
        graph.input = vec![value("x", &[1, ROWS as i64, width])];
        graph.output = vec![value("y", &[1, ROWS as i64, outputs])];
    })
}

fn imported(onnx: &[u8], samples: &[Vec<Vec<f64>>], activation_bits: u8) -> Imported {
    let calibration = Calibration::from_samples(samples.to_vec());
    let options = Options {
        activation_bits,
        ..Options::default()
    };
    import(onnx, &calibration, &options).unwrap()
}

/// The least cosine of a row of the answer to the same row in floats.
fn least_cosine(onnx: &[u8], imported: &Imported, samples: &[Vec<Vec<f64>>]) -> f64 {
    let float = FloatModel::read(onnx).unwrap();
    let mut least = 1.0f64;
    for sample in samples {
        let (ours, exact) = (answers(imported, sample), float.run(sample).unwrap());
        let width = exact[0].len() / ROWS;
        for (a, b) in ours[0].chunks(width).zip(exact[0].chunks(width)) {
            least = least.min(cosine(a, b));
        }
    }
    least
}

/// A matrix `[inputs, outputs]`, its weights small but one, which brings the first input into column 5.
fn matrix_with_one_large_weight(inputs: usize, outputs: usize, large: f32) -> Vec<f32> {
    let mut matrix = noise(7, inputs * outputs);
    matrix.iter_mut().for_each(|weight| *weight *= 0.1);
    matrix[..outputs].fill(0.0);
    matrix[5] = large;
    matrix
}

#[test]
fn rows_beside_much_larger_ones_keep_their_direction_through_a_normalisation() {
    let (inputs, width) = (128, 64);
    let matrix = matrix_with_one_large_weight(inputs, width, 30.0);
    let mut mixed = noise(8, width * 16);
    mixed[5 * 16..6 * 16].fill(0.0);
    let onnx = file(
        inputs as i64,
        16,
        vec![
            tensor("a", &[inputs as i64, width as i64], &matrix),
            tensor("scale", &[width as i64], &vec![1.0; width]),
            tensor("b", &[width as i64, 16], &mixed),
        ],
        &[
            ("MatMul", &["x", "a"], "stream"),
            ("LayerNormalization", &["stream", "scale"], "normal"),
            ("MatMul", &["normal", "b"], "y"),
        ],
    );
    // Column 5 holds 30 in the first row, 6 in the second, little in the others.
    let first = |row: usize| [1.0, 0.2].get(row).copied().unwrap_or(0.0);
    let samples: Vec<_> = (0..6).map(|seed| sample(seed, inputs, first)).collect();
    let imported = imported(&onnx, &samples[..4], 8);
    let float = FloatModel::read(&onnx).unwrap();
    for sample in &samples {
        let (ours, exact) = (answers(&imported, sample), float.run(sample).unwrap());
        for row in 1..ROWS {
            let row = row * 16..(row + 1) * 16;
            let cosine = cosine(&ours[0][row.clone()], &exact[0][row]);
            assert!(cosine > 0.995, "{cosine}");
        }
    }
}

#[test]
fn one_large_weight_does_not_make_the_others_coarse() {
    let (inputs, outputs) = (128, 16);
    let matrix = matrix_with_one_large_weight(inputs, outputs, 10.0);
    let onnx = file(
        inputs as i64,
        outputs as i64,
        vec![tensor("a", &[inputs as i64, outputs as i64], &matrix)],
        &[("MatMul", &["x", "a"], "y")],
    );
    let with = |part: f64| move |row: usize| if row == 0 { part } else { 0.0 };
    let samples: Vec<_> = (0..4).map(|seed| sample(seed, inputs, with(0.5))).collect();
    let imported = imported(&onnx, &samples, 12);
    let float = FloatModel::read(&onnx).unwrap();
    let unseen = sample(9, inputs, with(0.25));
    let (ours, exact) = (answers(&imported, &unseen), float.run(&unseen).unwrap());
    assert!((ours[0][5] - exact[0][5]).abs() < 0.1, "{}", ours[0][5]);
    for (place, (ours, exact)) in ours[0].iter().zip(&exact[0]).enumerate() {
        // The others reach about 2.
        assert!(place == 5 || (ours - exact).abs() < 0.01, "{ours} {exact}");
    }
}

#[test]
fn softmaxes_of_different_scales_share_one_table_of_powers() {
    let scores = |seed: usize, size: f32| -> Vec<f32> {
        let numbers = noise(seed, 16 * 8).into_iter();
        numbers.map(|number| number * size).collect()
    };
    let onnx = file(
        16,
        4,
        vec![
            tensor("a", &[16, 8], &scores(1, 3.0)),
            tensor("b", &[16, 8], &scores(2, 2.0)),
            tensor("c", &[8, 4], &noise(3, 32)),
        ],
        &[
            ("MatMul", &["x", "a"], "first_scores"),
            ("MatMul", &["x", "b"], "second_scores"),
            ("Softmax", &["first_scores"], "first"),
            ("Softmax", &["second_scores"], "second"),
            ("MatMul", &["first", "c"], "first_mixed"),
            ("MatMul", &["second", "c"], "second_mixed"),
            ("Add", &["first_mixed", "second_mixed"], "y"),
        ],
    );
    let samples: Vec<_> = (0..6).map(|seed| sample(seed, 16, |_| 0.5)).collect();
    let imported = imported(&onnx, &samples[..4], 12);
    let tables = &imported.graph.graph().tables;
    let powers = tables.iter().filter(
        |table| matches!(table, Table::Values { values, .. } if values.last() == Some(&4095)),
    );
    assert_eq!(powers.count(), 1);
    let least = least_cosine(&onnx, &imported, &samples);
    assert!(least > 0.9999, "{least}");
}

#[test]
fn a_function_rounds_what_saturates_before_it() {
    let (inputs, outputs) = (256, 32);
    let weights = noise(4, inputs * outputs);
    let onnx = file(
        inputs as i64,
        outputs as i64,
        vec![tensor("a", &[inputs as i64, outputs as i64], &weights)],
        &[("MatMul", &["x", "a"], "sums"), ("Sigmoid", &["sums"], "y")],
    );
    // Small numbers beside what an input may be.
    let first = |row: usize| if row == 0 { 40.0 } else { 0.0 };
    let samples: Vec<_> = (0..4).map(|seed| sample(seed, inputs, first)).collect();
    let imported = imported(&onnx, &samples, 10);
    let values = (ROWS * outputs) as u64;
    assert!(imported.report.lookups <= 3 * values);
    let graph = imported.graph.graph();
    assert!(graph.nodes.iter().any(|node| {
        matches!(node.op, Op::Lookup { shift, table, .. }
            if shift > 0 && matches!(graph.tables[usize::from(table)], Table::Values { .. }))
    }));
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
