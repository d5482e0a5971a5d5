//! The bundled models as miners: what they are asked and how well they do.

use std::path::Path;

use lilliput_crypto::Digest;
use lilliput_graph::Model;
use lilliput_import::{Calibration, Options, import};
use lilliput_types::Registration;

use super::Classifier;
use crate::images::{Images, Side};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models"))
}

fn classifier(path: &str) -> Classifier {
    let read = |path: &str| std::fs::read(folder().join(path)).unwrap();
    let calibration = Calibration::parse(&read("digits/calibration.json")).unwrap();
    let imported = import(&read(path), &calibration, &Options::default()).unwrap();
    Classifier::new(Model {
        name: path.to_owned(),
        hiding: None,
        graph: imported.graph,
        weights: imported.weights,
    })
    .unwrap()
}

fn digits(shift_max: u8, noise_max: u8) -> Images {
    let mut pictures = Vec::new();
    for entry in std::fs::read_dir(folder().join("digits/images")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let label = name.split_once("label").unwrap().1.parse().unwrap();
        let file = std::io::BufReader::new(std::fs::File::open(&path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut grey = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut grey).unwrap();
        pictures.push((grey, label));
    }
    pictures.sort();
    let side = Side {
        height: 28,
        width: 28,
    };
    let mut images = Images::new(side, pictures).unwrap();
    (images.shift_max, images.noise_max) = (shift_max, noise_max);
    images
}

/// Right answers of a hundred.
fn right(classifier: &Classifier, images: &Images) -> u32 {
    let asked = (0..100).map(|number| images.draw(&Digest([3; 32]), Registration(1), number));
    asked
        .map(|drawn| {
            let label = classifier.label(&drawn.question.input).unwrap();
            u32::from([label] == drawn.probe.truth[..])
        })
        .sum()
}

#[test]
fn moved_and_noisy_digits_are_known_and_the_larger_model_knows_them_better() {
    let (digits_model, mlp) = (classifier("digits/digits.onnx"), classifier("mlp/mlp.onnx"));
    let mut gap = 0;
    for (shift, noise) in [(2, 32), (3, 64), (3, 90), (4, 90), (4, 120)] {
        let images = digits(shift, noise);
        let (good, small) = (right(&digits_model, &images), right(&mlp, &images));
        println!("moved by {shift}, noise {noise}: digits {good}, mlp {small} of 100");
        gap += i64::from(good) - i64::from(small);
        if (shift, noise) == (2, 32) {
            assert!(good >= 97, "{good}");
        }
    }
    assert!(gap > 0, "{gap}");
}

#[test]
fn what_is_no_picture_is_refused() {
    let model = classifier("mlp/mlp.onnx");
    assert!(model.label(&[0; 784]).is_ok());
    let refused = |input: &[i64]| model.label(input).unwrap_err();
    assert!(refused(&[0; 783]).contains("784"));
    assert!(refused(&[]).contains("784"));
    let mut bright = [0; 784];
    bright[783] = 256;
    assert!(refused(&bright).contains("256"));
    bright[783] = i64::MIN;
    assert!(refused(&bright).contains("grey"));
}
