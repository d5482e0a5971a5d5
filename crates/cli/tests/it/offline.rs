//! Import, prove, verify: no network, hostile files.

use std::fs;

use lilliput_crypto::Digest;
use lilliput_types::Address;
use serde_json::{Value, json};

use crate::world::{Imported, arg, json as run_json, models, next, refused, run};

/// Byte changes tried on one proof.
const CHANGES: u64 = 200;

#[test]
fn a_proof_verifies_without_the_weights_and_shows_the_executors_output() {
    let model = Imported::digits();
    let input = model.input("in.json", 1);
    let (proof, proved) = model.prove(&input, "p.lproof");
    fs::remove_file(model.path("model.lmodel")).unwrap();
    let key = model.path("model.lvk");
    let output = model.path("out.json");
    fs::write(&output, proved.to_string()).unwrap();
    let opening = model.path("p.lproof.opening");
    let verify = ["verify", "--key", arg(&key), "--proof", arg(&proof)];
    let verify = [&verify[..], &["--opening", arg(&opening)]].concat();
    let verified = run_json(
        &[
            &verify[..],
            &["--input", arg(&input), "--output", arg(&output)],
        ]
        .concat(),
        0,
    );
    assert_eq!(verified["valid"], true);
    assert_eq!(verified["output"], proved["output"]);
    assert!(verified["security_bits"].as_f64().unwrap() >= 100.0);
    assert!(verified["verify_ms"].is_number() && proved["prove_ms"].is_number());
    assert!(proved["proof_bytes"].as_u64().unwrap() <= 400 << 10);
    let plain = run(&verify);
    let said = String::from_utf8(plain.stdout).unwrap();
    assert_eq!(plain.status.code(), Some(0));
    assert!(said.contains(verified["input_commitment"].as_str().unwrap()));
    assert!(said.contains(verified["output_digest"].as_str().unwrap()));
}

#[test]
fn another_input_or_output_is_exit_code_3() {
    let model = Imported::digits();
    let input = model.input("in.json", 1);
    let other = model.input("other.json", 2);
    let (proof, proved) = model.prove(&input, "p.lproof");
    let key = model.path("model.lvk");
    let opening = model.path("p.lproof.opening");
    let verify = ["verify", "--key", arg(&key), "--proof", arg(&proof)];
    let verify = [&verify[..], &["--opening", arg(&opening)]].concat();
    let refused_input = run_json(&[&verify[..], &["--input", arg(&other)]].concat(), 3);
    assert_eq!(refused_input["valid"], false);
    let mut numbers = proved["output"].as_array().unwrap().clone();
    numbers[0] = json!(numbers[0].as_f64().unwrap() + 1.0);
    let output = model.path("out.json");
    fs::write(&output, Value::Array(numbers).to_string()).unwrap();
    run_json(&[&verify[..], &["--output", arg(&output)]].concat(), 3);
}

#[test]
fn a_proof_for_another_job_or_model_is_exit_code_3() {
    let model = Imported::digits();
    let (proof, _) = model.prove(&model.input("in.json", 1), "p.lproof");
    let key = model.path("model.lvk");
    let zeros = "0".repeat(63);
    let job = format!("{zeros}1");
    let chain = format!("{zeros}2");
    let provider = Address(Digest([7; 32])).to_string();
    let verify = ["verify", "--key", arg(&key), "--proof", arg(&proof)];
    let context = ["--chain", &chain, "--job", &job, "--provider", &provider];
    let said = refused(&[&verify[..], &context].concat(), 3);
    assert!(said.contains("another context"), "{said}");
    let (onnx, out) = (models().join("mlp/mlp.onnx"), model.path("mlp"));
    let calibration = models().join("digits/calibration.json");
    run_json(
        &[
            "model",
            "import",
            arg(&onnx),
            "--calibrate",
            arg(&calibration),
            "--out",
            arg(&out),
        ],
        0,
    );
    let other_key = out.join("model.lvk");
    run_json(
        &["verify", "--key", arg(&other_key), "--proof", arg(&proof)],
        3,
    );
}

#[test]
fn every_changed_byte_of_a_proof_is_exit_code_3() {
    let model = Imported::digits();
    let (proof, _) = model.prove(&model.input("in.json", 1), "p.lproof");
    let key = model.path("model.lvk");
    let good = fs::read(&proof).unwrap();
    let changed = model.path("changed.lproof");
    let mut state = 2026;
    for round in 0..CHANGES {
        state = next(state);
        let place = usize::try_from(state % good.len() as u64).unwrap();
        let mut bytes = good.clone();
        bytes[place] ^= 1 << ((state >> 32) % 8);
        fs::write(&changed, &bytes).unwrap();
        let output = run(&[
            "verify",
            "--key",
            arg(&key),
            "--proof",
            arg(&changed),
            "--json",
        ]);
        assert_eq!(
            output.status.code(),
            Some(3),
            "change {round} at byte {place}"
        );
    }
}

#[test]
fn cut_off_proofs_and_keys_are_exit_code_3() {
    let model = Imported::digits();
    let (proof, _) = model.prove(&model.input("in.json", 1), "p.lproof");
    let key = model.path("model.lvk");
    let (good_proof, good_key) = (fs::read(&proof).unwrap(), fs::read(&key).unwrap());
    let cut = model.path("cut");
    for part in [0, 1, 2, 10, 50, 99] {
        fs::write(&cut, &good_proof[..good_proof.len() * part / 100]).unwrap();
        refused(&["verify", "--key", arg(&key), "--proof", arg(&cut)], 3);
        fs::write(&cut, &good_key[..good_key.len() * part / 100]).unwrap();
        refused(&["verify", "--key", arg(&cut), "--proof", arg(&proof)], 3);
    }
    let mut long = good_proof;
    long.push(0);
    fs::write(&cut, &long).unwrap();
    refused(&["verify", "--key", arg(&key), "--proof", arg(&cut)], 3);
}

#[test]
fn a_key_whose_range_proof_fails_is_exit_code_3() {
    let model = Imported::digits();
    let (proof, _) = model.prove(&model.input("in.json", 1), "p.lproof");
    let mut key = fs::read(model.path("model.lvk")).unwrap();
    // The range proof is what a key ends with.
    let place = key.len() - 100;
    key[place] ^= 1;
    let changed = model.path("changed.lvk");
    fs::write(&changed, key).unwrap();
    refused(
        &["verify", "--key", arg(&changed), "--proof", arg(&proof)],
        3,
    );
}

#[test]
fn hostile_models_are_exit_code_2_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let digits = fs::read(models().join("digits").join("digits.onnx")).unwrap();
    let path = folder.path().join("m.onnx");
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        refused(&["model", "check", arg(&path)], 2)
    };
    for part in [1, 30, 70, 99] {
        check(&digits[..digits.len() * part / 100]);
    }
    check(b"not a model");
    // Operator names stand in the file as text: one letter makes an unknown one.
    let unknown = replaced(&digits, b"MaxPool", b"MaxPoal");
    let said = check(&unknown);
    assert!(said.contains("MaxPoal") && said.contains("node"), "{said}");
    let said = check(&with_shape(&[1_000_000, 1_000]));
    assert!(said.contains("1000000"), "{said}");
    // Most of the file is weights; whatever the alignment, these bytes hold a NaN.
    let mut nan = digits;
    let middle = nan.len() / 2;
    nan[middle..middle + 8].fill(0xff);
    let said = check(&nan);
    assert!(said.contains("not a finite number"), "{said}");
    refused(
        &["model", "check", arg(&folder.path().join("absent.onnx"))],
        2,
    );
}

#[test]
fn a_check_says_what_a_proof_costs_and_lists_every_node_in_the_way() {
    let folder = models().join("digits");
    let path = folder.join("digits.onnx");
    let said = run_json(&["model", "check", arg(&path)], 0);
    assert_eq!(said["supported"], true);
    assert_eq!(said["made_up_samples"], true);
    assert_eq!(said["missing"], json!([]));
    let cost = &said["cost"];
    for name in ["memory_bytes", "proof_bytes", "lookups", "cells", "weights"] {
        assert!(cost[name].as_u64().unwrap() > 1_000, "{name}: {cost}");
    }
    let seconds = cost["prove_cpu_seconds"].as_f64().unwrap();
    assert!((0.01..10.0).contains(&seconds), "{seconds}");
    let digits = fs::read(&path).unwrap();
    let unknown = replaced(&replaced(&digits, b"MaxPool", b"MaxPoal"), b"Gemm", b"Gomm");
    let temporary = tempfile::tempdir().unwrap();
    let changed = temporary.path().join("m.onnx");
    fs::write(&changed, unknown).unwrap();
    let said = run_json(&["model", "check", arg(&changed)], 2);
    assert_eq!(said["supported"], false);
    let missing = said["missing"].as_array().unwrap();
    let operators: Vec<&str> = missing
        .iter()
        .map(|node| node["operator"].as_str().unwrap())
        .collect();
    assert!(
        operators.contains(&"MaxPoal") && operators.contains(&"Gomm"),
        "{operators:?}"
    );
    refused(&["model", "check", arg(&path), "--shape", "x=1xmany"], 2);
    refused(&["model", "check", arg(&path), "--fix", "absent"], 2);
}

#[test]
fn wrong_numbers_are_exit_code_2() {
    let model = Imported::digits();
    let digits = models().join("digits").join("digits.onnx");
    let (lmodel, out) = (model.path("model.lmodel"), model.path("o.lproof"));
    let file = model.path("numbers.json");
    for content in [
        r#"{"input_data": [[1, 2, 3]]}"#,
        r#"{"input_data": []}"#,
        r#"{"input_data": [["a"]]}"#,
        r#"{"input_data": [[1e999]]}"#,
        "[",
        "",
    ] {
        fs::write(&file, content).unwrap();
        refused(
            &[
                "prove",
                "--model",
                arg(&lmodel),
                "--input",
                arg(&file),
                "--out",
                arg(&out),
            ],
            2,
        );
        refused(
            &[
                "model",
                "import",
                arg(&digits),
                "--calibrate",
                arg(&file),
                "--out",
                arg(&model.path("again")),
            ],
            2,
        );
    }
    assert!(!out.exists() && !model.path("again").exists());
}
/// The same bytes with one text in place of another of the same length.
fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = bytes
        .windows(old.len())
        .position(|window| window == old)
        .unwrap();
    bytes[place..place + new.len()].copy_from_slice(new);
    bytes
}

/// An ONNX file of one Relu over an input of this shape.
fn with_shape(shape: &[u64]) -> Vec<u8> {
    let dimensions = shape
        .iter()
        .flat_map(|&length| message(1, &number(1, length)));
    let shape = message(2, &dimensions.collect::<Vec<u8>>());
    let kind = message(1, &[number(1, 1), shape].concat());
    let port = |name: &[u8]| [message(1, name), message(2, &kind)].concat();
    let node = [
        message(1, b"x"),
        message(2, b"y"),
        message(3, b"only"),
        message(4, b"Relu"),
    ];
    let graph = [
        message(1, &node.concat()),
        message(2, b"graph"),
        message(11, &port(b"x")),
        message(12, &port(b"y")),
    ];
    let opset = message(8, &number(2, 17));
    [number(1, 8), message(7, &graph.concat()), opset].concat()
}

/// A length-delimited protobuf field.
fn message(field: u64, content: &[u8]) -> Vec<u8> {
    let mut bytes = varint(field << 3 | 2);
    bytes.extend(varint(content.len() as u64));
    bytes.extend(content);
    bytes
}

/// A number as a protobuf field.
fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 128 {
        bytes.push((value % 128) as u8 | 128);
        value /= 128;
    }
    bytes.push(value as u8);
    bytes
}
