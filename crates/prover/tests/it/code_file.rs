//! Encoded weights in a file.

use std::fs;

use lilliput_prover::pcs::file::CodeFileError;
use lilliput_prover::setup::Hiding;
use lilliput_prover::{ProveError, ProvingKey, SetupError, prove, setup};
use lilliput_verifier::Context;

use crate::end_to_end::{HIDING, request};
use crate::nets::mlp;

#[test]
fn proofs_from_a_file_are_the_same_and_a_damaged_file_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("model.lcode");
    let model = mlp(1, &[20, 13, 10]);
    let (in_memory, key) = setup(&model.graph, model.weights.clone(), &HIDING).expect("keys");
    let open = |hiding: &Hiding| {
        ProvingKey::with_code_file(key.clone(), model.weights.clone(), hiding, &path)
    };
    let from_file = open(&HIDING).expect("the file is made");
    let request = request(Context::OFFLINE);
    let expected = prove(&in_memory, &request, &model.inputs).expect("a proof");
    let again = prove(&from_file, &request, &model.inputs).expect("a proof");
    assert!(expected.encode() == again.encode());

    let other = Hiding::Weights {
        seed: [9; 32],
        openings: 100,
    };
    assert!(matches!(open(&other), Err(SetupError::OtherWeights)));

    let mut bytes = fs::read(&path).expect("the file");
    let end = bytes.len();
    bytes[64..end - 64].iter_mut().for_each(|byte| *byte ^= 1);
    fs::write(&path, &bytes).expect("written");
    let damaged = open(&HIDING).expect("the header holds");
    let refused = prove(&damaged, &request, &model.inputs).expect_err("rows are changed");
    let ProveError::Settle(source) = refused else {
        panic!("{refused}");
    };
    assert!(source.to_string().contains("damaged"), "{source}");

    fs::write(&path, &bytes[..100]).expect("written");
    let cut_off = open(&HIDING).expect_err("the file is cut off");
    let expected = matches!(cut_off, SetupError::CodeFile(CodeFileError::Damaged));
    assert!(expected, "{cut_off}");
}
