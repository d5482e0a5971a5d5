//! Operators of transformers and their kin, each against a few lines that say what it means.

use lilliput_import::onnx::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, ValueInfoProto,
    data_type,
};
use lilliput_import::{Calibration, ImportError, Imported, Options, import};
use prost::Message as _;

use crate::build::{ints, node, tensor, value};
use crate::reference::answers;

/// Floats may differ by this part of the expected range.
const TOLERANCE: f64 = 0.01;

/// Numbers between -1 and 1 that follow no pattern a test could lean on.
fn numbers(count: usize, seed: usize) -> Vec<f64> {
    let number = |index: usize| ((index + 1 + 31 * seed) as f64 * 0.618_033_988_749_895).fract();
    (0..count).map(|index| number(index) * 2.0 - 1.0).collect()
}

fn typed(name: &str, dims: &[i64], elem_type: i32) -> ValueInfoProto {
    let mut port = value(name, dims);
    let tensor = port.r#type.as_mut().unwrap().tensor_type.as_mut().unwrap();
    tensor.elem_type = elem_type;
    port
}

fn whole(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        i: value,
        r#type: 2,
        ..AttributeProto::default()
    }
}

fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        s: value.as_bytes().to_vec(),
        r#type: 3,
        ..AttributeProto::default()
    }
}

/// A node with several outputs and its attributes.
fn wide(op: &str, inputs: &[&str], outputs: &[&str], attributes: &[AttributeProto]) -> NodeProto {
    NodeProto {
        output: outputs.iter().map(|&output| output.into()).collect(),
        attribute: attributes.to_vec(),
        ..node(op, "only", inputs, "")
    }
}

fn file(nodes: Vec<NodeProto>, inputs: Vec<ValueInfoProto>, outputs: &[&str]) -> ModelProto {
    ModelProto {
        ir_version: 11,
        graph: Some(GraphProto {
            node: nodes,
            name: "family".into(),
            input: inputs,
            output: outputs.iter().map(|name| value(name, &[])).collect(),
            ..GraphProto::default()
        }),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: 24,
        }],
        ..ModelProto::default()
    }
}

fn imported(
    model: &ModelProto,
    sample: &[Vec<f64>],
    fixed: &[&str],
) -> Result<Imported, ImportError> {
    let options = Options {
        table_entries: 1 << 18,
        fixed: fixed.iter().map(|&name| name.into()).collect(),
        ..Options::default()
    };
    let samples = Calibration::from_samples(vec![sample.to_vec()]);
    import(&model.encode_to_vec(), &samples, &options)
}

fn run(model: &ModelProto, sample: &[Vec<f64>]) -> Vec<Vec<f64>> {
    answers(&imported(model, sample, &[]).unwrap(), sample)
}

#[track_caller]
fn close(got: &[f64], expected: &[f64]) {
    assert_eq!(got.len(), expected.len());
    let least = expected.iter().copied().fold(f64::INFINITY, f64::min);
    let most = expected.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for (place, (got, expected)) in got.iter().zip(expected).enumerate() {
        let allowed = TOLERANCE * (most - least).max(1e-3);
        assert!(
            (got - expected).abs() <= allowed,
            "number {place} is {got}, {expected} is right"
        );
    }
}

/// `a [rows, inner]` times `b [inner, columns]`.
fn product(a: &[f64], b: &[f64], inner: usize) -> Vec<f64> {
    let columns = b.len() / inner;
    let row = |row: &[f64]| -> Vec<f64> {
        (0..columns)
            .map(|column| (0..inner).map(|k| row[k] * b[k * columns + column]).sum())
            .collect()
    };
    a.chunks_exact(inner).flat_map(row).collect()
}

/// One head of attention: `seen` says which keys a query sees.
fn head([q, k, v]: [&[f64]; 3], width: usize, seen: impl Fn(usize, usize) -> bool) -> Vec<f64> {
    let keys = k.len() / width;
    let values = v.len() / keys;
    let mut out = Vec::new();
    for (query, q) in q.chunks_exact(width).enumerate() {
        let score = |k: &[f64]| -> f64 { q.iter().zip(k).map(|(q, k)| q * k).sum() };
        let scale = (width as f64).sqrt();
        let powers: Vec<f64> = k
            .chunks_exact(width)
            .enumerate()
            .map(|(key, k)| {
                if seen(query, key) {
                    (score(k) / scale).exp()
                } else {
                    0.0
                }
            })
            .collect();
        let sum: f64 = powers.iter().sum();
        for column in 0..values {
            let mixed: f64 = (0..keys)
                .map(|key| powers[key] * v[key * values + column])
                .sum();
            out.push(if sum > 0.0 { mixed / sum } else { 0.0 });
        }
    }
    out
}

#[test]
fn layer_normalization_gives_means_and_inverse_deviations() {
    let sample = [numbers(24, 1), numbers(4, 2), numbers(4, 3)];
    let ports = vec![value("x", &[2, 3, 4]), value("s", &[4]), value("b", &[4])];
    let outputs = ["y", "mean", "inverse"];
    let only = wide("LayerNormalization", &["x", "s", "b"], &outputs, &[]);
    let got = run(&file(vec![only], ports, &outputs), &sample);
    let (mut y, mut means, mut inverses) = (vec![], vec![], vec![]);
    for row in sample[0].chunks_exact(4) {
        let mean = row.iter().sum::<f64>() / 4.0;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 4.0;
        let inverse = 1.0 / (variance + 1e-5).sqrt();
        y.extend((0..4).map(|i| (row[i] - mean) * inverse * sample[1][i] + sample[2][i]));
        means.push(mean);
        inverses.push(inverse);
    }
    close(&got[0], &y);
    close(&got[1], &means);
    close(&got[2], &inverses);
}

#[test]
fn rms_normalization_divides_by_the_root_of_all_axes_behind() {
    let sample = [numbers(24, 4), numbers(12, 5)];
    let ports = vec![value("x", &[2, 3, 4]), value("s", &[3, 4])];
    let only = wide("RMSNormalization", &["x", "s"], &["y"], &[whole("axis", 1)]);
    let got = run(&file(vec![only], ports, &["y"]), &sample);
    let mut y = vec![];
    for row in sample[0].chunks_exact(12) {
        let square = row.iter().map(|x| x * x).sum::<f64>() / 12.0 + 1e-5;
        y.extend(
            row.iter()
                .zip(&sample[1])
                .map(|(x, s)| x / square.sqrt() * s),
        );
    }
    close(&got[0], &y);
}

#[test]
fn attention_continues_a_cache_and_sees_nothing_ahead() {
    // Two heads of queries on one of keys, two positions behind three.
    let sample = [
        numbers(2 * 2 * 4, 1),
        numbers(2 * 4, 2),
        numbers(2 * 4, 3),
        numbers(3 * 4, 4),
        numbers(3 * 4, 5),
    ];
    let ports = vec![
        value("q", &[1, 2, 2, 4]),
        value("k", &[1, 1, 2, 4]),
        value("v", &[1, 1, 2, 4]),
        value("pk", &[1, 1, 3, 4]),
        value("pv", &[1, 1, 3, 4]),
    ];
    let outputs = ["y", "key", "value"];
    let inputs = ["q", "k", "v", "", "pk", "pv"];
    let only = wide("Attention", &inputs, &outputs, &[whole("is_causal", 1)]);
    let got = run(&file(vec![only], ports, &outputs), &sample);
    let keys = [&sample[3][..], &sample[1][..]].concat();
    let values = [&sample[4][..], &sample[2][..]].concat();
    let y: Vec<f64> = sample[0]
        .chunks_exact(8)
        .flat_map(|q| head([q, &keys, &values], 4, |query, key| key <= query + 3))
        .collect();
    close(&got[0], &y);
    close(&got[1], &keys);
    close(&got[2], &values);
}

#[test]
fn who_sees_nothing_answers_with_zeros() {
    let mask = vec![1.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    let sample = [numbers(8, 1), numbers(12, 2), numbers(12, 3), mask.clone()];
    let ports = vec![
        value("q", &[1, 2, 4]),
        value("k", &[1, 3, 4]),
        value("v", &[1, 3, 4]),
        typed("mask", &[2, 3], data_type::BOOL),
    ];
    let heads = [whole("q_num_heads", 1), whole("kv_num_heads", 1)];
    let only = wide("Attention", &["q", "k", "v", "mask"], &["y"], &heads);
    let got = run(&file(vec![only], ports, &["y"]), &sample);
    let seen = |query: usize, key: usize| mask[query * 3 + key] != 0.0;
    let y = head([&sample[0], &sample[1], &sample[2]], 4, seen);
    assert_eq!(y[4..], [0.0; 4]);
    close(&got[0], &y);
}

#[test]
fn flex_attention_runs_the_graphs_it_holds() {
    // Scores lowered by a constant for the second key, shares doubled; names hide those outside.
    let graph = |nodes, initializer| {
        Some(GraphProto {
            node: nodes,
            name: "inner".into(),
            initializer: vec![initializer],
            input: vec![value("q", &[])],
            output: vec![value("out", &[])],
        })
    };
    let lower = graph(
        vec![node("Add", "lower", &["q", "c"], "out")],
        tensor("c", &[3], &[0.0, -1.5, 0.0]),
    );
    let double = graph(
        vec![node("Mul", "double", &["q", "c"], "out")],
        tensor("c", &[], &[2.0]),
    );
    let holds = |name: &str, g| AttributeProto {
        name: name.into(),
        g,
        r#type: 5,
        ..AttributeProto::default()
    };
    let sample = [numbers(8, 1), numbers(12, 2), numbers(12, 3)];
    let ports = vec![
        value("q", &[1, 1, 2, 4]),
        value("k", &[1, 1, 3, 4]),
        value("v", &[1, 1, 3, 4]),
    ];
    let attributes = [holds("score_mod", lower), holds("prob_mod", double)];
    let mut only = wide("FlexAttention", &["q", "k", "v"], &["y"], &attributes);
    only.domain = "ai.onnx.preview".into();
    // The name is the outer one again.
    let after = node("Identity", "after", &["q"], "same");
    let got = run(&file(vec![only, after], ports, &["y", "same"]), &sample);
    let mut y = vec![];
    for q in sample[0].chunks_exact(4) {
        let score = |key: usize| {
            let k = &sample[1][4 * key..][..4];
            let score: f64 = q.iter().zip(k).map(|(q, k)| q * k).sum();
            (score / 2.0 - if key == 1 { 1.5 } else { 0.0 }).exp()
        };
        let sum: f64 = (0..3).map(score).sum();
        let shares: Vec<f64> = (0..3).map(|key| 2.0 * score(key) / sum).collect();
        y.extend(product(&shares, &sample[2], 3));
    }
    close(&got[0], &y);
    close(&got[1], &sample[0]);
}

#[test]
fn a_graph_nested_too_deeply_is_refused() {
    let mut inner = wide("Identity", &["x"], &["y"], &[]);
    for _ in 0..40 {
        let graph = GraphProto {
            node: vec![inner],
            input: vec![value("x", &[])],
            output: vec![value("y", &[])],
            ..GraphProto::default()
        };
        let holds = AttributeProto {
            name: "score_mod".into(),
            g: Some(graph),
            r#type: 5,
            ..AttributeProto::default()
        };
        inner = wide("FlexAttention", &["x", "x", "x"], &["y"], &[holds]);
        inner.domain = "ai.onnx.preview".into();
    }
    let model = file(vec![inner], vec![value("x", &[1, 1, 2, 2])], &["y"]);
    let error = imported(&model, &[numbers(4, 1)], &[]).unwrap_err();
    assert!(error.to_string().contains("nested too deeply"), "{error}");
}

#[test]
fn transforms_of_frames_are_those_of_the_window() {
    let sample = [numbers(10, 3)];
    let mut model = file(
        vec![wide("STFT", &["x", "step", "w"], &["y"], &[])],
        vec![value("x", &[1, 10, 1])],
        &["y"],
    );
    let window = [0.5, 1.0, 1.0, 0.25];
    let graph = model.graph.as_mut().unwrap();
    graph.initializer.push(tensor("w", &[4], &window));
    let mut step = tensor("step", &[], &[]);
    step.data_type = data_type::INT64;
    step.raw_data = 3i64.to_le_bytes().to_vec();
    graph.initializer.push(step);
    let got = run(&model, &sample);
    let mut y = vec![];
    for start in [0, 3, 6] {
        for bin in 0..3 {
            let angle = |at: usize| -std::f64::consts::TAU * (bin * at) as f64 / 4.0;
            let part = |wave: fn(f64) -> f64| -> f64 {
                (0..4)
                    .map(|at| sample[0][start + at] * f64::from(window[at]) * wave(angle(at)))
                    .sum()
            };
            y.extend([part(f64::cos), part(f64::sin)]);
        }
    }
    close(&got[0], &y);
}

#[test]
fn scores_with_an_infinite_mask_written_out_keep_their_bits() {
    // `Where(mask, scores, -inf)` and a softmax that something reads.
    let sample = [numbers(12, 6), vec![1.0, 1.0, 0.0, 1.0], numbers(8, 7)];
    let ports = vec![
        value("x", &[3, 4]),
        typed("mask", &[1, 4], data_type::BOOL),
        value("v", &[4, 2]),
    ];
    let nodes = vec![
        node("Where", "hide", &["mask", "x", "low"], "h"),
        node("Softmax", "shares", &["h"], "s"),
        node("MatMul", "mix", &["s", "v"], "y"),
    ];
    let mut model = file(nodes, ports, &["y"]);
    let low = tensor("low", &[], &[f32::NEG_INFINITY]);
    model.graph.as_mut().unwrap().initializer.push(low);
    let got = run(&model, &sample);
    let mut shares = vec![];
    for row in sample[0].chunks_exact(4) {
        let power = |at: usize| sample[1][at] * row[at].exp();
        let sum: f64 = (0..4).map(power).sum();
        shares.extend((0..4).map(|at| power(at) / sum));
    }
    close(&got[0], &product(&shares, &sample[2], 4));
}

#[test]
fn rotary_embedding_turns_pairs_by_the_angles_of_positions() {
    // One batch, one head, three rows of four columns in neighbouring pairs.
    let (cosines, sines) = (numbers(12, 2), numbers(12, 3));
    let positions = vec![5.0, 0.0, 3.0];
    let sample = [
        numbers(12, 1),
        cosines.clone(),
        sines.clone(),
        positions.clone(),
    ];
    let ports = vec![
        value("x", &[1, 1, 3, 4]),
        value("cos", &[6, 2]),
        value("sin", &[6, 2]),
        typed("at", &[1, 3], data_type::INT64),
    ];
    let inputs = ["x", "cos", "sin", "at"];
    let only = wide(
        "RotaryEmbedding",
        &inputs,
        &["y"],
        &[whole("interleaved", 1)],
    );
    let got = run(&file(vec![only], ports, &["y"]), &sample);
    let mut y = vec![];
    for (row, at) in sample[0].chunks_exact(4).zip(&positions) {
        for pair in 0..2 {
            let place = *at as usize * 2 + pair;
            let (c, s) = (cosines[place], sines[place]);
            let (a, b) = (row[2 * pair], row[2 * pair + 1]);
            y.extend([a * c - b * s, a * s + b * c]);
        }
    }
    close(&got[0], &y);
}

#[test]
fn gather_takes_indices_that_a_run_decides() {
    let sample = [numbers(24, 1), vec![2.0, -3.0]];
    let ports = vec![value("x", &[2, 3, 4]), typed("at", &[2], data_type::INT64)];
    let only = wide("Gather", &["x", "at"], &["y"], &[whole("axis", 1)]);
    let got = run(&file(vec![only], ports, &["y"]), &sample);
    let x = &sample[0];
    let y = [&x[8..12], &x[..4], &x[20..24], &x[12..16]].concat();
    close(&got[0], &y);
}

#[test]
fn matrix_products_broadcast_lists_and_batches() {
    let sample = [numbers(12, 1), numbers(4, 2)];
    let ports = vec![value("a", &[3, 1, 4]), value("b", &[4])];
    let only = wide("MatMul", &["a", "b"], &["y"], &[]);
    let got = run(&file(vec![only], ports, &["y"]), &sample);
    close(&got[0], &product(&sample[0], &sample[1], 4));
    // [2, 1, 3] on [4, 3, 2]-matrices: every batch of the left with the one on the right.
    let sample = [numbers(6, 3), numbers(24, 4)];
    let ports = vec![value("a", &[2, 1, 1, 3]), value("b", &[4, 3, 2])];
    let only = wide("MatMul", &["a", "b"], &["y"], &[]);
    let got = run(&file(vec![only], ports, &["y"]), &sample);
    let rows = sample[0].chunks_exact(3);
    let y: Vec<f64> = rows
        .flat_map(|row| {
            sample[1]
                .chunks_exact(6)
                .flat_map(move |b| product(row, b, 3))
        })
        .collect();
    close(&got[0], &y);
}

#[test]
fn causal_convolution_carries_its_last_positions() {
    let sample = [numbers(10, 1), numbers(6, 2), numbers(2, 3), numbers(4, 4)];
    let ports = vec![
        value("x", &[1, 2, 5]),
        value("w", &[2, 1, 3]),
        value("b", &[2]),
        value("past", &[1, 2, 2]),
    ];
    let inputs = ["x", "w", "b", "past"];
    let outputs = ["y", "state"];
    let only = wide(
        "CausalConvWithState",
        &inputs,
        &outputs,
        &[text("activation", "silu")],
    );
    let got = run(&file(vec![only], ports, &outputs), &sample);
    let (mut y, mut state) = (vec![], vec![]);
    for channel in 0..2 {
        let past = &sample[3][2 * channel..][..2];
        let row = [past, &sample[0][5 * channel..][..5]].concat();
        for at in 0..5 {
            let taps = (0..3).map(|tap| row[at + tap] * sample[1][3 * channel + tap]);
            let sum = taps.sum::<f64>() + sample[2][channel];
            y.push(sum / (1.0 + (-sum).exp()));
        }
        state.extend(&row[5..]);
    }
    close(&got[0], &y);
    close(&got[1], &state);
}

#[test]
fn linear_attention_writes_every_position_into_its_state() {
    // One head, keys and values of two columns, three positions, a correction and a decay.
    let sample = [
        numbers(6, 1),
        numbers(6, 2),
        numbers(6, 3),
        vec![-0.1, -0.5, -0.2],
        vec![0.9, 0.4, 0.7],
    ];
    let ports = vec![
        value("q", &[1, 3, 2]),
        value("k", &[1, 3, 2]),
        value("v", &[1, 3, 2]),
        value("g", &[1, 3, 1]),
        value("beta", &[1, 3, 1]),
    ];
    let inputs = ["q", "k", "v", "", "g", "beta"];
    let outputs = ["y", "state"];
    let heads = [whole("q_num_heads", 1), whole("kv_num_heads", 1)];
    let only = wide("LinearAttention", &inputs, &outputs, &heads);
    let got = run(&file(vec![only], ports, &outputs), &sample);
    let mut state = [[0.0; 2]; 2];
    let mut y = vec![];
    for at in 0..3 {
        let pair = |index: usize| [sample[index][2 * at], sample[index][2 * at + 1]];
        let ([q, k, v], decay) = ([pair(0), pair(1), pair(2)], sample[3][at].exp());
        state
            .as_flattened_mut()
            .iter_mut()
            .for_each(|entry| *entry *= decay);
        let known: Vec<f64> = (0..2)
            .map(|m| k[0] * state[0][m] + k[1] * state[1][m])
            .collect();
        for (key, row) in state.iter_mut().enumerate() {
            for (m, entry) in row.iter_mut().enumerate() {
                *entry += k[key] * sample[4][at] * (v[m] - known[m]);
            }
        }
        y.extend((0..2).map(|m| (q[0] * state[0][m] + q[1] * state[1][m]) / 2f64.sqrt()));
    }
    close(&got[0], &y);
    close(&got[1], &state.concat());
}

#[test]
fn a_logarithm_of_powers_is_taken_without_the_powers() {
    let sample = [vec![0.0, 40.0, 38.0, 5.0, -20.0, 1.0]];
    let nodes = vec![
        node("Exp", "powers", &["x"], "p"),
        NodeProto {
            attribute: vec![ints("axes", &[1]), whole("keepdims", 0)],
            ..node("ReduceSum", "sum", &["p"], "s")
        },
        node("Log", "log", &["s"], "y"),
    ];
    let mut model = file(nodes, vec![value("x", &[2, 3])], &["y"]);
    model.opset_import[0].version = 11;
    let got = run(&model, &sample);
    let y: Vec<f64> = sample[0]
        .chunks_exact(3)
        .map(|row| row.iter().map(|x| x.exp()).sum::<f64>().ln())
        .collect();
    close(&got[0], &y);
}

#[test]
fn bits_of_sixteen_are_exact_and_more_are_refused() {
    let (a, b) = (
        [-32768i64, 32767, -1, 1234, -4321, 255],
        [1i64, -32768, 4660, -77, 22136, 256],
    );
    let list = |numbers: &[i64]| -> Vec<f64> { numbers.iter().map(|&x| x as f64).collect() };
    let sample = [list(&a), list(&b)];
    for (op, bits) in [
        ("BitwiseAnd", (|a, b| a & b) as fn(i64, i64) -> i64),
        ("BitwiseOr", |a, b| a | b),
        ("BitwiseXor", |a, b| a ^ b),
    ] {
        let ports = |element| vec![typed("a", &[6], element), typed("b", &[6], element)];
        let only = wide(op, &["a", "b"], &["y"], &[]);
        let model = file(vec![only.clone()], ports(data_type::INT16), &["y"]);
        let y: Vec<f64> = a.iter().zip(b).map(|(&a, b)| bits(a, b) as f64).collect();
        assert_eq!(run(&model, &sample)[0], y, "{op}");
        // Beyond what a value of the graph holds: never rounded.
        let mut sample = sample.clone();
        sample[0][0] = -2_000_000_000.0;
        let model = file(vec![only], ports(data_type::INT32), &["y"]);
        let error = imported(&model, &sample, &[]).unwrap_err();
        assert!(error.to_string().contains("29 bits"), "{error}");
    }
}

#[test]
fn bits_are_read_as_those_of_other_integers() {
    let sample = [vec![-128.0, -1.0, 0.0, 127.0]];
    let only = |to: i32| wide("BitCast", &["x"], &["y"], &[whole("to", to.into())]);
    let ports = || vec![typed("x", &[4], data_type::INT8)];
    let model = file(vec![only(data_type::UINT8)], ports(), &["y"]);
    assert_eq!(run(&model, &sample)[0], [128.0, 255.0, 0.0, 127.0]);
    let model = file(vec![only(data_type::FLOAT)], ports(), &["y"]);
    assert!(imported(&model, &sample, &[]).is_err());
}

#[test]
fn scatters_combine_what_meets_at_a_place() {
    let sample = [numbers(5, 1), vec![1.0, 1.0, 3.0], vec![1.5, -2.0, 0.25]];
    let ports = vec![
        value("x", &[5]),
        typed("at", &[3], data_type::INT64),
        value("u", &[3]),
    ];
    for (reduction, combine) in [
        ("mul", (|a, b| a * b) as fn(f64, f64) -> f64),
        ("max", f64::max),
        ("min", f64::min),
    ] {
        let attributes = [text("reduction", reduction)];
        let only = wide("ScatterElements", &["x", "at", "u"], &["y"], &attributes);
        let model = file(vec![only], ports.clone(), &["y"]);
        let imported = imported(&model, &sample, &["at"]).unwrap();
        let free = [sample[0].clone(), sample[2].clone()];
        let mut y = sample[0].clone();
        for (at, update) in sample[1].iter().zip(&sample[2]) {
            let place = *at as usize;
            y[place] = combine(y[place], *update);
        }
        close(&answers(&imported, &free)[0], &y);
    }
}

#[test]
fn bytes_by_their_own_scale_are_those_of_the_format() {
    let sample = [vec![0.0, 2.0, -3.0, -2.0, 1.0, 0.5]];
    let outputs = ["y", "scale", "zero"];
    let only = wide("DynamicQuantizeLinear", &["x"], &outputs, &[]);
    let got = run(&file(vec![only], vec![value("x", &[6])], &outputs), &sample);
    // 5 / 255 a step, zero at 153.
    assert_eq!(got[0], [153.0, 255.0, 0.0, 51.0, 204.0, 179.0]);
    assert!((got[1][0] - 5.0 / 255.0).abs() < 1e-4);
    assert_eq!(got[2], [153.0]);
}

#[test]
fn a_refusal_says_what_to_do() {
    let ports = || vec![value("x", &[1, 4])];
    let model = file(vec![wide("Loop", &["x"], &["y"], &[])], ports(), &["y"]);
    let error = imported(&model, &[numbers(4, 1)], &[]).unwrap_err();
    assert!(error.advice().contains("unrolled"), "{}", error.advice());
    let only = wide(
        "LayerNormalization",
        &["x", "x"],
        &["y", "m", "d", "extra"],
        &[],
    );
    let model = file(vec![only], ports(), &["y"]);
    let error = imported(&model, &[numbers(4, 1)], &[]).unwrap_err();
    assert!(error.to_string().contains("output 'extra'"), "{error}");
}
