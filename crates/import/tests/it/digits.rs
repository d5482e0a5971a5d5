//! The bundled model: the same bytes on every machine, and its pictures answered.
//!
//! The bytes must not depend on the vector code that the compiler chose. To see it, run these tests
//! both ways: `cargo test -p lilliput-import digits` takes the flags of `.cargo/config.toml`,
//! `RUSTFLAGS="-C target-cpu=x86-64" cargo test -p lilliput-import digits` takes the oldest ones.

use lilliput_graph::Model;
use lilliput_import::{Calibration, Imported, Options, import};
use serde_json::Value;

use crate::reference::answers;

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");

fn imported(name: &str) -> Imported {
    let onnx = std::fs::read(format!("{MODELS}/{name}/{name}.onnx")).unwrap();
    let calibration = std::fs::read(format!("{MODELS}/digits/calibration.json")).unwrap();
    let calibration = Calibration::parse(&calibration).unwrap();
    import(&onnx, &calibration, &Options::default()).unwrap()
}

fn published() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/models.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Hashes of the graph and of the whole file.
fn fingerprint(name: &str) -> Value {
    let imported = imported(name);
    let graph = blake3::hash(&imported.graph.graph().encode());
    let report = imported.report;
    let model = Model {
        name: name.into(),
        hiding: None,
        graph: imported.graph,
        weights: imported.weights,
    };
    let file = model.encode().unwrap();
    assert_eq!(Model::decode(&file).unwrap(), model);
    serde_json::json!({
        "graph_blake3": graph.to_hex().as_str(),
        "lmodel_blake3": blake3::hash(&file).to_hex().as_str(),
        "activation_bits": report.activation_bits,
        "parameters": report.parameters,
        "lookups": report.lookups,
        "table_entries": report.table_entries,
    })
}

#[test]
fn digits_are_imported_to_the_published_bytes() {
    let computed = fingerprint("digits");
    assert_eq!(computed, published()["digits"], "computed {computed:#}");
}

#[test]
fn mlp_is_imported_to_the_published_bytes() {
    let computed = fingerprint("mlp");
    assert_eq!(computed, published()["mlp"], "computed {computed:#}");
}

#[test]
fn digits_answers_its_pictures() {
    let imported = imported("digits");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for entry in std::fs::read_dir(format!("{MODELS}/digits/images")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let label: usize = name.split_once("label").unwrap().1.parse().unwrap();
        let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let image = pixels
            .iter()
            .map(|&pixel| f64::from(pixel) / 255.0)
            .collect();
        let scores = answers(&imported, &[image]).remove(0);
        let best = (0..10).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        if best != Some(label) {
            wrong.push(name);
        }
        seen += 1;
    }
    assert_eq!(seen, 30);
    assert!(wrong.is_empty(), "{wrong:?}");
}
