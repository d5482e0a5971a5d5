//! Several samples in one proof: their answers, or the score alone.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::world::{Imported, arg, json as run_json, models, refused};

const SAMPLES: usize = 12;

/// The first pictures of the calibration, as a file in the model's folder.
fn pictures(model: &Imported) -> PathBuf {
    let bytes = fs::read(models().join("digits/calibration.json")).unwrap();
    let all: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    let path = model.path("pictures.json");
    fs::write(&path, json!(all[..SAMPLES]).to_string()).unwrap();
    path
}

fn labels(model: &Imported, name: &str, labels: &[usize]) -> PathBuf {
    let path = model.path(name);
    fs::write(&path, json!(labels).to_string()).unwrap();
    path
}

fn largest(output: &Value) -> usize {
    let numbers: Vec<f64> = serde_json::from_value(output.clone()).unwrap();
    let places = 0..numbers.len();
    places
        .max_by(|&left, &right| {
            numbers[left]
                .total_cmp(&numbers[right])
                .then(right.cmp(&left))
        })
        .unwrap()
}

fn prove(folder: &Path, input: &Path, proof: &Path, more: &[&str], exit: i32) -> Value {
    let model = folder.join("model.lmodel");
    let all = ["prove", "--model", arg(&model), "--input", arg(input)];
    run_json(&[&all[..], &["--out", arg(proof)], more].concat(), exit)
}

fn verify(folder: &Path, proof: &Path, more: &[&str], exit: i32) -> Value {
    let key = folder.join("model.lvk");
    let all = ["verify", "--key", arg(&key), "--proof", arg(proof)];
    run_json(&[&all[..], more].concat(), exit)
}

#[test]
fn answers_and_scores_of_many_samples_are_proven_and_checked() {
    let model = Imported::digits();
    let folder = model.path("");
    let input = pictures(&model);
    let batch = model.path("batch.lproof");
    let proved = prove(&folder, &input, &batch, &[], 0);
    let outputs = proved["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), SAMPLES);
    let checked = verify(&folder, &batch, &[], 0);
    assert_eq!(checked["outputs"], proved["outputs"]);
    let opening = model.path("batch.lproof.opening");
    let opened = ["--opening", arg(&opening), "--input", arg(&input)];
    verify(&folder, &batch, &opened, 0);

    let mut own: Vec<usize> = outputs.iter().map(largest).collect();
    let truth = own.clone();
    own[3] = (own[3] + 1) % 10;
    own[7] = (own[7] + 5) % 10;
    let given = labels(&model, "labels.json", &own);
    let proof = model.path("score.lproof");
    let proved = prove(&folder, &input, &proof, &["--labels", arg(&given)], 0);
    assert_eq!(proved["score"]["right"], SAMPLES - 2);
    let checked = verify(&folder, &proof, &[], 0);
    assert_eq!(checked["score"], proved["score"]);
    assert_eq!(checked["score"]["samples"], SAMPLES);

    // What it is about can be confirmed with the opening alone, and only that.
    let opening = model.path("score.lproof.opening");
    let about = ["--input", arg(&input), "--labels", arg(&given)];
    let opened = [&["--opening", arg(&opening)], &about[..]].concat();
    verify(&folder, &proof, &opened, 0);
    assert_eq!(verify(&folder, &proof, &about, 3)["unconfirmed"], "input");
    let others = labels(&model, "truth.json", &truth);
    let others = [
        "--opening",
        arg(&opening),
        "--input",
        arg(&input),
        "--labels",
        arg(&others),
    ];
    verify(&folder, &proof, &others, 3);
    let unlabelled = ["--opening", arg(&opening), "--input", arg(&input)];
    verify(&folder, &proof, &unlabelled, 3);

    let explained = run_json(
        &[
            "explain",
            arg(&proof),
            "--key",
            arg(&model.path("model.lvk")),
        ],
        0,
    );
    let states = explained["states"].to_string();
    assert!(
        states.contains("the right label for 10 of the 12 samples"),
        "{states}"
    );

    another_models_score_is_about_the_same_data(&model, &input, &given, &checked);
}

/// Two models on one data set: one commitment, so that their scores can stand in one table.
fn another_models_score_is_about_the_same_data(
    model: &Imported,
    input: &Path,
    labels: &Path,
    first: &Value,
) {
    let (onnx, other) = (models().join("mlp/mlp.onnx"), model.path("mlp"));
    let calibration = models().join("digits/calibration.json");
    let import = [
        "model",
        "import",
        arg(&onnx),
        "--calibrate",
        arg(&calibration),
    ];
    run_json(&[&import[..], &["--out", arg(&other)]].concat(), 0);
    let proof = model.path("mlp.lproof");
    let opening = model.path("score.lproof.opening");
    let more = ["--labels", arg(labels), "--input-seed", arg(&opening)];
    let proved = prove(&other, input, &proof, &more, 0);
    let checked = verify(&other, &proof, &[], 0);
    assert_eq!(checked["score"], proved["score"]);
    assert_eq!(checked["input_commitment"], first["input_commitment"]);
    assert_ne!(checked["model"], first["model"]);
}

#[test]
fn labels_that_fit_nothing_are_refused_before_an_opening_is_used() {
    let model = Imported::digits();
    let input = pictures(&model);
    let proof = model.path("p.lproof");
    let lmodel = model.path("model.lmodel");
    let prove = [
        "prove",
        "--model",
        arg(&lmodel),
        "--input",
        arg(&input),
        "--out",
        arg(&proof),
    ];
    for (text, said) in [
        ("[1, 2]", "2 labels for 12 samples"),
        ("[0,0,0,0,0,0,0,0,0,0,0,1.5]", "label 11 is 1.5"),
        ("[0,0,0,0,0,0,0,0,0,0,0,-1]", "label 11 is -1"),
        (
            "[0,0,0,0,0,0,0,0,0,0,0,10]",
            "label 11 is 10, the model has classes 0 to 9",
        ),
        ("{}", "failed to read the labels"),
    ] {
        let labels = model.path("labels.json");
        fs::write(&labels, text).unwrap();
        let stderr = refused(&[&prove[..], &["--labels", arg(&labels)]].concat(), 2);
        assert!(stderr.contains(said), "{stderr}");
    }
    let used = run_json(&[&prove[..]].concat(), 0);
    assert_eq!(used["opening"], 0, "no refusal used an opening");
}
