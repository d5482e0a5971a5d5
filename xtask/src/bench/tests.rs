use lilliput_import::{Calibration, FloatModel, Options, import};
use prost::Message as _;

use super::measure::Spread;
use super::networks::{block, perceptron};
use super::work::ALL;

#[test]
fn networks_are_the_same_bytes_everywhere() {
    let hash = |bytes: Vec<u8>| blake3::hash(&bytes).to_hex()[..16].to_owned();
    let written = |network: super::networks::Network| {
        let samples = network.calibration().to_string();
        hash([network.model.encode_to_vec(), samples.into_bytes()].concat())
    };
    let hashes = [
        written(perceptron("p", &[8, 16, 4])),
        written(block("b", 4)),
    ];
    assert_eq!(hashes, ["acc00662f0d6dc66", "7d141b25ca7c0350"]);
}

#[test]
fn a_perceptron_is_imported_with_all_its_parameters() {
    let network = perceptron("p", &[8, 16, 4]);
    let bytes = network.model.encode_to_vec();
    FloatModel::read(&bytes).expect("the file is read");
    let samples = Calibration::parse(network.calibration().to_string().as_bytes())
        .expect("the samples are read");
    let imported = import(&bytes, &samples, &Options::default()).expect("it is imported");
    assert_eq!(imported.report.parameters, 8 * 16 + 16 + 16 * 4 + 4);
}

#[test]
fn names_of_rows_are_their_own() {
    let mut names: Vec<&str> = ALL.iter().map(|work| work.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), ALL.len());
}

#[test]
fn the_median_of_an_odd_number_of_runs_is_the_middle() {
    let spread = Spread::of(vec![3.0, 1.0, 2.0, 9.0, 4.0]);
    assert_eq!((spread.least, spread.median, spread.most), (1.0, 3.0, 9.0));
}

#[test]
fn a_block_is_imported_with_all_its_parameters() {
    let network = block("b", 4);
    let bytes = network.model.encode_to_vec();
    let samples = Calibration::parse(network.calibration().to_string().as_bytes())
        .expect("the samples are read");
    let imported = import(&bytes, &samples, &Options::default()).expect("it is imported");
    let norms = 2 * 2 * 64;
    let attention = 4 * (64 * 64 + 64);
    let matrices = 64 * 256 + 256 + 256 * 64 + 64;
    assert_eq!(imported.report.parameters, norms + attention + matrices);
}
